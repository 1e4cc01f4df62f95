/** Maps: arrays of pixels with their size. */

/**
 * A map, row by row, with the channels of a pixel next to each other. Pixels in a
 * Uint8ClampedArray are from 0 to 255; V of such a map is rounded. Other arrays are not rounded.
 * @typedef {object} PixelMap
 * @property {number} height
 * @property {number} width
 * @property {number} channels
 * @property {Float32Array | Float64Array | Uint8ClampedArray} data
 */

/**
 * Return a new map of zeros with the kind of array of another one.
 * @param {PixelMap} like
 * @param {[number, number]} size [height, width]
 * @returns {PixelMap}
 */
export function emptyMap(like, [height, width]) {
  const Kind = /** @type {any} */ (like.data.constructor);
  const { channels } = like;
  return { height, width, channels, data: new Kind(height * width * channels) };
}
