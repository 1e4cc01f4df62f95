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
    fillLevels(U.data, tall, { ...down, length: height, from: n, to: n, step, channel: n % channels });
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
 * Write the four taps of a point, two in each of two levels.
 * @param {number} x pixel coordinate on the axis
 * @param {number} footprint
 * @param {number} size number of pixels of the axis of U
 * @param {Required<SamplerOptions>} options
 * @param {AxisTaps} out
 */
export function areaTaps(x, footprint, size, options, out) {
  const sizes = levelSizes(size);
  const rim = rimOf(options.padding);
  const last = sizes.length - 1;
  const known = Number.isNaN(footprint) ? 1 : footprint;
  const level = Math.log2(Math.min(Math.max(known - rounding(size), 1), 2 ** last));
  const finer = Math.min(Math.max(Math.floor(level), 0), Math.max(last - 1, 0));
  const blend = level - finer;
  const mirrored = options.padding === "reflection";
  const [place, direction] = mirrored ? fold(x, size, options.alignCorners) : [x, 1];
  out.count = 4;
  for (let k = 0; k < 2; k++) {
    const width = 2 ** (finer + k);
    const length = (sizes[finer + k] ?? 1) + 2 * rim;
    let start = 0;
    for (let n = 0; n < Math.min(finer + k, last); n++) start += sizes[n] + 2 * rim;
    const share = k ? blend : 1 - blend;
    const near = within((place + 0.5) / width - 0.5);
    const below = Math.floor(near + rounding(size));
    const rest = near - below;
    const t = rest >= rounding(size) ? rest : 0;
    for (let n = 0; n < 2; n++) {
      const index = locate(below + rim + n, length, options.padding, options.alignCorners);
      out.index[2 * k + n] = index < 0 ? -1 : start + index;
      out.weight[2 * k + n] = share * (n ? t : 1 - t);
      out.slope[2 * k + n] = (direction * (n ? share : -share)) / width;
    }
  }
}
