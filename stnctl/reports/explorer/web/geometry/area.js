/** Area interpolation: averages of U against aliasing, as in stnctl.geometry.interpolation.area. */

import { rounding, within } from "./interpolation.js";
import { fold, locate } from "./padding.js";
import { fillValues } from "./spline.js";

/** @typedef {import("./map.js").PixelMap} PixelMap */
/** @typedef {import("./sampler.js").SamplerOptions} SamplerOptions */
/** @typedef {import("./sampler.js").AxisTaps} AxisTaps */

/**
 * Return the number of pixels of an axis at each level, down to one pixel.
 * @param {number} size
 */
function levelSizes(size) {
  const sizes = [size];
  for (let width = 2; sizes[sizes.length - 1] > 1; width *= 2) sizes.push(Math.ceil(size / width));
  return sizes;
}

/** @param {string} padding number of pixels of padding to keep at each end of a level */
const rimOf = (padding) => (padding === "border" ? 1 : 0);

/**
 * Return the first and the last pixel of U that an average on an axis has, or null outside U.
 * @param {number} index among the averages, as in the taps
 * @param {number} size number of pixels of the axis of U
 * @param {string} padding
 * @returns {[number, number] | null}
 */
export function averagedPixels(index, size, padding) {
  const rim = rimOf(padding);
  let start = 0;
  for (const [level, count] of levelSizes(size).entries()) {
    const k = index - start - rim;
    if (k < count + rim) {
      const width = 2 ** level;
      return k >= 0 && k < count ? [k * width, Math.min((k + 1) * width, size) - 1] : null;
    }
    start += count + 2 * rim;
  }
  return null;
}

/**
 * Return the averages of 1, 2, 4, ... pixels of U on each axis, next to each other.
 * @param {PixelMap} U
 * @param {Required<SamplerOptions>} options
 */
export function averagedLevels(U, options) {
  const { height, width, channels } = U;
  const down = levelsOfAxis(height, options);
  const tall = new Float32Array(down.total * width * channels);
  for (let n = 0; n < width * channels; n++) {
    const step = width * channels;
    const line = { length: height, from: n, to: n, step, channel: n % channels };
    fillLevels(U.data, tall, { ...down, ...line });
  }
  const across = levelsOfAxis(width, options);
  const found = new Float32Array(down.total * across.total * channels);
  for (let row = 0; row < down.total; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = row * width * channels + channel;
      const to = row * across.total * channels + channel;
      fillLevels(tall, found, { ...across, length: width, from, to, step: channels, channel });
    }
  }
  return { height: down.total, width: across.total, channels, data: found };

  /** @param {number} size @param {Required<SamplerOptions>} given */
  function levelsOfAxis(size, given) {
    const rim = rimOf(given.padding);
    const sizes = levelSizes(size);
    const total = sizes.reduce((sum, n) => sum + n + 2 * rim, 0);
    const fill = fillValues(given.fillValue, channels, given.padding);
    return { sizes, rim, total, fill, padding: given.padding, align: given.alignCorners };
  }
}

/**
 * Write the levels of one line of pixels.
 * @param {ArrayLike<number>} source
 * @param {Float32Array} target
 * @param {{sizes: number[], rim: number, fill: Float64Array, align: boolean, length: number,
 *   padding: import("./padding.js").PaddingName, from: number, to: number, step: number,
 *   channel: number}} line
 */
function fillLevels(source, target, line) {
  const { sizes, rim, fill, padding, align, length, from, step, channel } = line;
  let level = Float64Array.from({ length }, (_, k) => source[from + k * step]);
  /** @param {Float64Array} pixels @param {number} index */
  const beyond = (pixels, index) => {
    const place = locate(index, pixels.length, padding, align);
    return place < 0 ? fill[channel] : pixels[place];
  };
  const [before, after] = [beyond(level, -1), beyond(level, length)];
  let to = line.to;
  for (const size of sizes) {
    if (size !== level.length || size !== length) {
      const last = rim ? after : beyond(level, level.length);
      const finer = level;
      level = Float64Array.from({ length: size }, (_, k) =>
        (finer[2 * k] + (2 * k + 1 < finer.length ? finer[2 * k + 1] : last)) / 2);
    }
    if (rim) target[to] = before;
    for (let k = 0; k < size; k++) target[to + (k + rim) * step] = level[k];
    if (rim) target[to + (size + 1) * step] = after;
    to += (size + 2 * rim) * step;
  }
}

/**
 * Return the number of pixels of U per pixel of V on an axis, for all pixels of V.
 * @param {Float64Array} x pixel coordinates on the axis, row by row
 * @param {[number, number]} size [height, width] of V
 */
export function footprints(x, [height, width]) {
  const found = new Float64Array(x.length);
  for (let row = 0; row < height; row++) {
    const above = Math.min(row, height - 2);
    for (let column = 0; column < width; column++) {
      const left = Math.min(column, width - 2);
      const across = width > 1 ? x[row * width + left + 1] - x[row * width + left] : 0;
      const down = height > 1 ? x[(above + 1) * width + column] - x[above * width + column] : 0;
      found[row * width + column] = Math.sqrt(down * down + across * across);
    }
  }
  return found;
}

/**
 * Return a function that writes the four taps of a point of an axis, two in each of two levels. Its
 * arguments are the pixel coordinate and the footprint.
 * @param {number} size number of pixels of the axis of U
 * @param {Required<SamplerOptions>} options
 * @returns {(x: number, footprint: number, out: AxisTaps) => void}
 */
export function makeAreaTaps(size, { padding, alignCorners }) {
  const rim = rimOf(padding);
  const error = rounding(size);
  // An axis of one pixel has one level only; the coarser one has weight 0.
  const lengths = [...levelSizes(size), 1].map((length) => length + 2 * rim);
  const last = lengths.length - 2;
  const starts = lengths.map((_, k) =>
    lengths.slice(0, Math.min(k, last)).reduce((sum, length) => sum + length, 0));

  /** @param {number} x @param {number} level @param {number} share @param {AxisTaps} out
   * @param {number} first */
  function readLevel(x, level, share, out, first) {
    const width = 2 ** level;
    const near = within((x + 0.5) / width - 0.5);
    const below = Math.floor(near + error);
    const rest = near - below;
    const t = rest >= error ? rest : 0;
    for (let n = 0; n < 2; n++) {
      const index = locate(below + rim + n, lengths[level], padding, alignCorners);
      out.index[first + n] = index < 0 ? -1 : starts[level] + index;
      out.weight[first + n] = share * (n ? t : 1 - t);
      out.slope[first + n] = (n ? share : -share) / width;
    }
  }

  return (x, footprint, out) => {
    const known = Number.isNaN(footprint) ? 1 : footprint;
    const level = Math.log2(Math.min(Math.max(known - error, 1), 2 ** last));
    const finer = Math.min(Math.max(Math.floor(level), 0), Math.max(last - 1, 0));
    const [place, direction] = padding === "reflection" ? fold(x, size, alignCorners) : [x, 1];
    out.count = 4;
    readLevel(place, finer, 1 - (level - finer), out, 0);
    readLevel(place, finer + 1, level - finer, out, 2);
    for (let k = 0; k < 4; k++) out.slope[k] *= direction;
  };
}
