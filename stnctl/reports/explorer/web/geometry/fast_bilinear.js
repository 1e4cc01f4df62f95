/**
 * Fast bilinear sampling of opaque color images with four bytes a pixel, for views of 512 × 512
 * pixels. The results are those of the sampler, rounded.
 */

import { fold } from "./padding.js";
import { within } from "./interpolation.js";

/** @typedef {import("./map.js").PixelMap} PixelMap */

/**
 * Return a function that writes the pixels of a row of V, from index `first` on; null if U or the
 * options need the general sampler.
 * @param {PixelMap} U
 * @param {Required<import("./sampler.js").SamplerOptions>} options
 * @param {Float64Array} fill
 */
export function makeFastReader(U, options, fill) {
  const bytes = U.channels === 4 && U.data instanceof Uint8ClampedArray;
  if (!bytes || options.interpolation !== "bilinear") return null;
  const { height, width } = U;
  const inside = options.padding === "border" || options.padding === "reflection";
  const source = framed(U, inside ? null : fill);
  const stride = width + 3;
  const [low, highX, highY] = inside ? [0, width - 1, height - 1] : [-1, width, height];

  /**
   * @param {Float64Array} xs pixel coordinates of a row of V
   * @param {Float64Array} ys
   * @param {PixelMap["data"]} data of V
   * @param {number} first index of the row's first pixel
   */
  return function readRow(xs, ys, data, first) {
    const target = new Uint32Array(data.buffer, data.byteOffset + first * 4, xs.length);
    if (options.padding === "reflection") {
      for (let k = 0; k < xs.length; k++) {
        xs[k] = fold(within(xs[k]), width, options.alignCorners)[0];
        ys[k] = fold(within(ys[k]), height, options.alignCorners)[0];
      }
    }
    for (let k = 0; k < xs.length; k++) {
      let x = xs[k];
      let y = ys[k];
      x = (x >= low ? (x > highX ? highX : x) : low) + 1; // NaN is low
      y = (y >= low ? (y > highY ? highY : y) : low) + 1;
      const column = x | 0;
      const row = y | 0;
      const place = row * stride + column;
      const across = x - column;
      const down = y - row;
      const d = across * down;
      const c = down - d;
      const b = across - d;
      const a = 1 - across - c;
      const p = source[place];
      const q = source[place + 1];
      const r = source[place + stride];
      const s = source[place + stride + 1];
      // A byte after the other, rounded: red, green, blue, opacity.
      target[k] =
        (a * (p & 255) + b * (q & 255) + c * (r & 255) + d * (s & 255) + 0.5)
        | ((a * ((p >> 8) & 255) + b * ((q >> 8) & 255) + c * ((r >> 8) & 255)
          + d * ((s >> 8) & 255) + 0.5) << 8)
        | ((a * ((p >> 16) & 255) + b * ((q >> 16) & 255) + c * ((r >> 16) & 255)
          + d * ((s >> 16) & 255) + 0.5) << 16)
        | ((a * (p >>> 24) + b * (q >>> 24) + c * (r >>> 24) + d * (s >>> 24) + 0.5) << 24);
    }
  };
}

/**
 * Return the pixels of U with one more pixel before and two after each axis: the fill value, or the
 * pixels at the edge.
 * @param {PixelMap} U
 * @param {Float64Array | null} fill
 */
function framed({ height, width, data }, fill) {
  const found = new Uint8ClampedArray((height + 3) * (width + 3) * 4);
  for (let row = 0; row < height + 3; row++) {
    for (let column = 0; column < width + 3; column++) {
      const y = Math.min(Math.max(row - 1, 0), height - 1);
      const x = Math.min(Math.max(column - 1, 0), width - 1);
      const outside = fill && (y !== row - 1 || x !== column - 1);
      for (let c = 0; c < 4; c++) {
        const place = (row * (width + 3) + column) * 4 + c;
        found[place] = outside ? fill[c] : data[(y * width + x) * 4 + c];
      }
    }
  }
  return new Int32Array(found.buffer);
}
