/** V of the current state, as pixels. */

import { makeSampler } from "../geometry/sampler.js";
import { familyTransform } from "./families.js";

/** @typedef {import("./image_source.js").SourceImage} SourceImage */
/** @typedef {import("./slices.js").SamplingState} SamplingState */
/** @typedef {import("./slices.js").TransformState} TransformState */

/**
 * The current warp: its parts, and V.
 * @typedef {object} CurrentWarp
 * @property {SourceImage} image
 * @property {TransformState} state
 * @property {import("../geometry/transform.js").Transform} transform
 * @property {SamplingState} sampling
 * @property {[number, number]} inputSize [height, width] of U
 * @property {[number, number]} outputSize [height, width] of V
 * @property {import("../geometry/sampler.js").RowPoints} rows
 * @property {import("../geometry/sampler.js").Sampler} sampler
 */

/** Return a function from the state to the current warp. It keeps U prefiltered for the next one. */
export function createWarper() {
  /** @type {{ key: any[], sampler: import("../geometry/sampler.js").Sampler | null }} */
  let kept = { key: [], sampler: null };

  /**
   * @param {SourceImage} image
   * @param {TransformState} state
   * @param {SamplingState} sampling
   * @param {[number, number] | null} output
   * @returns {CurrentWarp}
   */
  return function currentWarp(image, state, sampling, output) {
    const { U } = image;
    /** @type {[number, number]} */
    const inputSize = [U.height, U.width];
    const outputSize = output ?? inputSize;
    const { family, points, theta } = state;
    const transform = familyTransform(family, points, inputSize, sampling.alignCorners);
    const key = [U, sampling];
    if (!kept.sampler || key.some((part, k) => part !== kept.key[k])) {
      kept = { key, sampler: samplerOf(image, sampling) };
    }
    const sampler = /** @type {import("../geometry/sampler.js").Sampler} */ (kept.sampler);
    const rows = transform.rows(theta, outputSize, sampling.alignCorners);
    return { image, state, transform, sampling, inputSize, outputSize, rows, sampler };
  };
}

/** @param {SourceImage} image @param {SamplingState} sampling */
function samplerOf({ U, isOpaque }, { interpolation, padding, fill, alignCorners }) {
  const gray = padding === "value" ? fill * 255 : 0;
  const opacity = padding === "value" || isOpaque ? 255 : 0;
  const isFilled = padding === "value" || padding === "zeros";
  return makeSampler(isOpaque ? U : weighted(U), {
    interpolation,
    padding: isFilled ? "value" : padding,
    fillValue: [gray, gray, gray, opacity],
    alignCorners,
  });
}

/**
 * Write V to the pixels of a canvas; there, colors are not multiplied by opacity.
 * @param {CurrentWarp} warp
 * @param {ImageData} pixels of the size of V
 */
export function writeOutput({ sampler, rows, outputSize, image }, pixels) {
  const { width, height, data: bytes } = pixels;
  if (image.isOpaque) {
    const V = { height, width, channels: 4, data: /** @type {Uint8ClampedArray} */ (bytes) };
    sampler.read(rows, outputSize, V);
    return;
  }
  const { data } = sampler.read(rows, outputSize);
  for (let k = 0; k < data.length; k += 4) {
    const opacity = Math.min(Math.max(data[k + 3], 0), 255);
    for (let c = 0; c < 3; c++) bytes[k + c] = opacity > 0 ? (data[k + c] / opacity) * 255 : 0;
    bytes[k + 3] = opacity;
  }
}

/**
 * Return a map with colors multiplied by opacity, so that transparent pixels do not bleed.
 * @param {import("../geometry/map.js").PixelMap} U
 */
function weighted({ height, width, channels, data }) {
  const found = Float32Array.from(data);
  for (let k = 0; k < found.length; k++) {
    if (k % 4 < 3) found[k] = (data[k] * data[k - (k % 4) + 3]) / 255;
  }
  return { height, width, channels, data: found };
}
