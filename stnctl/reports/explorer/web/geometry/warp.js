/** The warp: grid generator and sampler in sequence. */

import { makeSampler } from "./sampler.js";
import { makeTransform } from "./transforms.js";

/** @typedef {import("./map.js").PixelMap} PixelMap */

/**
 * @typedef {object} WarpOptions
 * @property {string | import("./transform.js").Transform} [transform] a name, default affine
 * @property {[number, number]} [outputSize] [height, width] of V, default that of U
 */

/**
 * Return V: U read at the points of the grid of theta.
 * @param {PixelMap} U
 * @param {import("./transform.js").Theta} theta
 * @param {WarpOptions & import("./sampler.js").SamplerOptions} [options]
 * @returns {PixelMap}
 */
export function warp(U, theta, options = {}) {
  const { transform = "affine", outputSize = [U.height, U.width], ...sampling } = options;
  const family = typeof transform === "string" ? makeTransform(transform) : transform;
  const rows = family.rows(theta, outputSize, sampling.alignCorners ?? true);
  return makeSampler(U, sampling).read(rows, outputSize);
}
