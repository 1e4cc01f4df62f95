/** Images in a sprite: one picture with a tile for each channel of each image. */

/** @typedef {import("../network/decode.js").Tensor} Tensor */

/**
 * Return the images of a sprite, (H, W, C) each, from 0 to 1.
 * @param {import("../network/run.js").Sprite} sprite
 * @returns {Promise<Tensor[]>}
 */
export async function loadSprite({ url, count, height, width, channels, columns }) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const drawing = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  drawing.drawImage(picture, 0, 0);
  return Array.from({ length: count }, (_, index) => {
    const data = new Float32Array(height * width * channels);
    for (let channel = 0; channel < channels; channel++) {
      const tile = index * channels + channel;
      const [left, top] = [(tile % columns) * width, Math.floor(tile / columns) * height];
      const pixels = drawing.getImageData(left, top, width, height).data;
      for (let k = 0; k < height * width; k++) data[k * channels + channel] = pixels[4 * k] / 255;
    }
    return { shape: [height, width, channels], data };
  });
}
