/**
 * Prefilter of the quadratic and the cubic B-spline, as in stnctl.geometry.interpolation.spline.
 */

import { locate } from "./padding.js";

/** @typedef {import("./sampler.js").SamplerOptions} SamplerOptions */

/** Number of coefficients to keep on each side of U. */
const MARGIN = 20;

/** Number of further pixels on each side that the filter needs. */
const REACH = 32;

/**
 * Return the number of coefficients on each side of U; none for reflection, which mirrors them.
 * @param {string} padding
 */
export function splineMargin(padding) {
  return padding === "reflection" ? 0 : MARGIN;
}

/**
 * Return the coefficients of the spline through all pixels of U, with margins.
 * @param {{height: number, width: number, channels: number, data: ArrayLike<number>}} U
 * @param {2 | 3} degree
 * @param {Required<SamplerOptions>} options
 */
export function splineCoefficients(U, degree, options) {
  const { height, width, channels } = U;
  const margin = splineMargin(options.padding);
  const pole = degree === 3 ? Math.sqrt(3) - 2 : Math.sqrt(8) - 3;
  const fill = fillValues(options.fillValue, channels, options.padding);
  const tall = height + 2 * margin;
  const wide = width + 2 * margin;
  const columns = new Float32Array(tall * width * channels);
  const line = new Float64Array(Math.max(tall, wide) + 2 * REACH);
  /** @param {ArrayLike<number>} source @param {Float32Array} target @param {number[]} shape */
  const filter = (source, target, [size, length, step, from, to, channel]) => {
    const count = length + 2 * REACH;
    for (let k = 0; k < count; k++) {
      const place = locate(k - margin - REACH, size, options.padding, options.alignCorners);
      line[k] = place < 0 ? fill[channel] : source[from + place * step];
    }
    for (let k = 1; k < count; k++) line[k] += pole * line[k - 1];
    for (let k = count - 2; k >= 0; k--) line[k] += pole * line[k + 1];
    const gain = (1 - pole) * (1 - pole);
    for (let k = 0; k < length; k++) target[to + k * step] = line[k + REACH] * gain;
  };
  for (let n = 0; n < width * channels; n++) {
    filter(U.data, columns, [height, tall, width * channels, n, n, n % channels]);
  }
  const found = new Float32Array(tall * wide * channels);
  for (let row = 0; row < tall; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = row * width * channels + channel;
      const to = row * wide * channels + channel;
      filter(columns, found, [width, wide, channels, from, to, channel]);
    }
  }
  return { height: tall, width: wide, channels, data: found };
}

/**
 * Return the value outside U of each channel.
 * @param {number | ArrayLike<number>} value
 * @param {number} channels
 * @param {string} padding
 */
export function fillValues(value, channels, padding) {
  const fill = new Float64Array(channels);
  if (padding !== "value") return fill;
  return typeof value === "number" ? fill.fill(value) : Float64Array.from(value);
}
