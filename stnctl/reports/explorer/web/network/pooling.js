// Pools of blocks of pixels, and the average of each channel.

/** @typedef {import("./decode.js").Tensor} Tensor */

/**
 * Return the maximum or the average of each block; incomplete blocks are dropped.
 * @param {Tensor} x (H, W, C)
 * @param {string} kind "max" or "average"
 * @param {number} size side of the blocks
 * @param {number[]} shape shape of the result, (H', W', C)
 * @returns {Tensor}
 */
export function pool(x, kind, size, shape) {
  const [, width, channels] = x.shape;
  const [rows, columns] = shape;
  const isMaximum = kind === "max";
  const data = new Float32Array(rows * columns * channels).fill(isMaximum ? -Infinity : 0);
  for (let row = 0; row < rows * size; row++) {
    for (let column = 0; column < columns * size; column++) {
      const from = (row * width + column) * channels;
      const block = Math.floor(row / size) * columns + Math.floor(column / size);
      const to = block * channels;
      for (let c = 0; c < channels; c++) {
        const value = x.data[from + c];
        data[to + c] = isMaximum ? Math.max(data[to + c], value) : data[to + c] + value;
      }
    }
  }
  if (!isMaximum) for (let i = 0; i < data.length; i++) data[i] /= size * size;
  return { shape, data };
}

/**
 * Return the average of each channel, (C).
 * @param {Tensor} x (H, W, C)
 * @returns {Tensor}
 */
export function globalAverage(x) {
  const channels = x.shape[2];
  const sums = new Float64Array(channels);
  for (let i = 0; i < x.data.length; i++) sums[i % channels] += x.data[i];
  const count = x.data.length / channels;
  return { shape: [channels], data: Float32Array.from(sums, (sum) => sum / count) };
}
