/**
 * Regular grids of target points, and the normalized and the pixel frame, as in
 * stnctl.geometry.grid. Sizes are [height, width]; points are (x, y), x to the right, y down.
 */

/** @typedef {[number, number]} Size [height, width] */

/**
 * Return the pixels per normalized unit along x and y of a map.
 * @param {Size} size
 * @param {boolean} alignCorners
 * @returns {[number, number]} [x, y]
 */
export function halfSpan([height, width], alignCorners) {
  const less = alignCorners ? 1 : 0;
  return [Math.max((width - less) / 2, 0.5), Math.max((height - less) / 2, 0.5)];
}

/**
 * Return the normalized coordinates of the pixel centers of an axis.
 * @param {number} length number of pixels
 * @param {boolean} alignCorners
 */
export function axisPoints(length, alignCorners) {
  const span = Math.max(alignCorners ? length - 1 : length, 1);
  return Float64Array.from({ length }, (_, k) => ((k - (length - 1) / 2) * 2) / span);
}

/**
 * Return a normalized point of a map in its pixel frame.
 * @param {number} x
 * @param {number} y
 * @param {Size} size
 * @param {boolean} alignCorners
 * @returns {[number, number]} [x, y]
 */
export function toPixels(x, y, size, alignCorners) {
  const [halfX, halfY] = halfSpan(size, alignCorners);
  return [x * halfX + (size[1] - 1) / 2, y * halfY + (size[0] - 1) / 2];
}

/**
 * Return a point in the pixel frame of a map as a normalized point.
 * @param {number} x
 * @param {number} y
 * @param {Size} size
 * @param {boolean} alignCorners
 * @returns {[number, number]} [x, y]
 */
export function fromPixels(x, y, size, alignCorners) {
  const [halfX, halfY] = halfSpan(size, alignCorners);
  return [(x - (size[1] - 1) / 2) / halfX, (y - (size[0] - 1) / 2) / halfY];
}
