/**
 * Sampling of rows of V with a kernel. The results are those of the taps of the sampler, without
 * the derivatives.
 */

import { roundToEven, rounding, within } from "./interpolation.js";
import { locate } from "./padding.js";

/** @typedef {import("./map.js").PixelMap} PixelMap */

/**
 * Return a function that writes the pixels of a row of V, from index `first` on.
 * @param {PixelMap} source U, prefiltered for the kernel
 * @param {import("./interpolation.js").Kernel} kernel
 * @param {Required<import("./sampler.js").SamplerOptions>} options
 * @param {Float64Array} fill value outside U of each channel
 * @param {number} margin number of pixels that the prefilter has added before U
 */
export function makeKernelReader(source, kernel, options, fill, margin) {
  const { channels, width } = source;
  // One kind of array for all maps: mixed kinds take several times longer.
  const bytes = source.data instanceof Uint8ClampedArray;
  const data = bytes ? Float32Array.from(source.data) : source.data;
  const { count } = kernel;
  const [acrossWeight, downWeight] = [new Float64Array(4), new Float64Array(4)];
  const [columns, rows] = [new Int32Array(4), new Int32Array(4)];
  const sum = new Float64Array(channels);
  let line = new Float64Array(0);
  const placeX = axisPlacer(source.width, acrossWeight, columns);
  const placeY = axisPlacer(source.height, downWeight, rows);

  /**
   * @param {number} length number of pixels of the axis of the source
   * @param {Float64Array} weight
   * @param {Int32Array} index
   */
  function axisPlacer(length, weight, index) {
    const error = rounding(length - 2 * margin);
    const { rounds, shift, weights } = kernel;
    const offset = kernel.offset + margin;
    return (/** @type {number} */ x) => {
      const near = within(rounds ? roundToEven(x) : x + shift);
      const below = Math.floor(near + error);
      const rest = near - below;
      weights(rest >= error ? rest : 0, weight);
      const first = below + offset;
      if (first >= 0 && first + count <= length) {
        for (let k = 0; k < count; k++) index[k] = first + k;
        return true;
      }
      for (let k = 0; k < count; k++) {
        index[k] = locate(first + k, length, options.padding, options.alignCorners);
      }
      return false;
    };
  }

  /** @param {Float64Array} target @param {number} place */
  function writeInner(target, place) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let opacity = 0;
    for (let i = 0; i < count; i++) {
      let at = (rows[i] * width + columns[0]) * 4;
      for (let j = 0; j < count; j++, at += 4) {
        const weight = downWeight[i] * acrossWeight[j];
        red += weight * data[at];
        green += weight * data[at + 1];
        blue += weight * data[at + 2];
        opacity += weight * data[at + 3];
      }
    }
    target[place] = red;
    target[place + 1] = green;
    target[place + 2] = blue;
    target[place + 3] = opacity;
  }

  /** @param {Float64Array} target @param {number} place */
  function writeAny(target, place) {
    sum.fill(0);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const weight = downWeight[i] * acrossWeight[j];
        const outside = rows[i] < 0 || columns[j] < 0;
        const at = (rows[i] * width + columns[j]) * channels;
        for (let c = 0; c < channels; c++) sum[c] += weight * (outside ? fill[c] : data[at + c]);
      }
    }
    for (let c = 0; c < channels; c++) target[place + c] = sum[c];
  }

  /**
   * @param {Float64Array} xs pixel coordinates of a row of V
   * @param {Float64Array} ys
   * @param {PixelMap["data"]} target data of V
   * @param {number} first
   */
  return function readRow(xs, ys, target, first) {
    if (line.length !== xs.length * channels) line = new Float64Array(xs.length * channels);
    for (let k = 0; k < xs.length; k++) {
      const insideX = placeX(xs[k]);
      const insideY = placeY(ys[k]);
      if (insideX && insideY && channels === 4) writeInner(line, k * channels);
      else writeAny(line, k * channels);
    }
    target.set(line, first * channels);
  };
}
