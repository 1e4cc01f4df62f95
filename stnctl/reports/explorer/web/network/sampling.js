// Transformers: the grid of theta, turned if the user wants it, and V.

import { halfSpan } from "../geometry/grid.js";
import { makeSampler } from "../geometry/sampler.js";
import { makeTransform } from "../geometry/transforms.js";

/** @typedef {import("./decode.js").Tensor} Tensor */

/**
 * @typedef {object} SamplingOptions
 * @property {string} transform
 * @property {(number | null)[][] | null} constraints
 * @property {[number, number] | null} controlPoints
 * @property {any} interpolation
 * @property {any} padding
 * @property {number} fillValue
 * @property {boolean} alignCorners
 */

/**
 * Return the family of a transformer.
 * @param {SamplingOptions} options
 */
export function familyOf({ transform, constraints, controlPoints }) {
  return makeTransform(transform, {
    constraints: constraints ?? undefined,
    controlPoints: controlPoints ?? undefined,
  });
}

/**
 * Return V (H', W', C) and the grid (H', W', 2), normalized, for U (H, W, C) and theta.
 * @param {Tensor} U
 * @param {ArrayLike<number> & Iterable<number>} theta
 * @param {SamplingOptions} options
 * @param {number[]} shape (H', W', C)
 * @param {number} [turn] angle in radians by which the region on U turns about its center
 * @returns {{V: Tensor, grid: Tensor}}
 */
export function sampleMap(U, theta, options, shape, turn = 0) {
  const [height, width, channels] = U.shape;
  const [rows, columns] = shape;
  const family = familyOf(options);
  const points = family.grid(theta, [rows, columns], options.alignCorners);
  if (turn) {
    const center = family.point(theta, 0, 0);
    turnPoints(points, center, turn, halfSpan([height, width], options.alignCorners));
  }
  const { interpolation, padding, fillValue, alignCorners } = options;
  const map = { height, width, channels, data: U.data };
  const V = makeSampler(map, { interpolation, padding, fillValue, alignCorners }).read(
    (row, x, y) => {
      for (let k = 0; k < columns; k++) {
        x[k] = points[2 * (row * columns + k)];
        y[k] = points[2 * (row * columns + k) + 1];
      }
    },
    [rows, columns],
  );
  return {
    V: { shape, data: Float32Array.from(V.data) },
    grid: { shape: [rows, columns, 2], data: Float32Array.from(points) },
  };
}

/**
 * Return the rotation of the sampled region on U, in radians: the direction of V's x at its center.
 * @param {ArrayLike<number> & Iterable<number>} theta
 * @param {SamplingOptions} options
 * @param {number[]} inputShape (H, W, C)
 */
export function regionAngle(theta, options, [height, width]) {
  const family = familyOf(options);
  const step = 1e-4;
  const [right, left] = [family.point(theta, step, 0), family.point(theta, -step, 0)];
  const [halfX, halfY] = halfSpan([height, width], options.alignCorners);
  return Math.atan2((right[1] - left[1]) * halfY, (right[0] - left[0]) * halfX);
}

/**
 * Turn normalized points about a center; the angle is that of the pixels of U.
 * @param {Float64Array} points x and y alternating
 * @param {[number, number]} center
 * @param {number} angle radians, from x towards y
 * @param {[number, number]} half pixels per normalized unit along x and y
 */
function turnPoints(points, [centerX, centerY], angle, [halfX, halfY]) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let k = 0; k < points.length; k += 2) {
    const x = (points[k] - centerX) * halfX;
    const y = (points[k + 1] - centerY) * halfY;
    points[k] = centerX + (cos * x - sin * y) / halfX;
    points[k + 1] = centerY + (sin * x + cos * y) / halfY;
  }
}
