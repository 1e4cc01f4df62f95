// Transformers: the grid of theta, turned if the user wants it, and V.

import { imageAngle } from "../geometry/describe.js";
import { axisPoints, halfSpan } from "../geometry/grid.js";
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
 * @param {number} [turn] angle in radians by which the image turns about the center of V, clockwise
 * @returns {{V: Tensor, grid: Tensor}}
 */
export function sampleMap(U, theta, options, shape, turn = 0) {
  const [height, width, channels] = U.shape;
  const [rows, columns] = shape;
  const family = familyOf(options);
  const { interpolation, padding, fillValue, alignCorners } = options;
  const half = halfSpan([height, width], alignCorners);
  const points = turn
    ? turnedGrid(family, theta, [rows, columns], alignCorners, turn, half)
    : family.grid(theta, [rows, columns], alignCorners);
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
 * Return the rotation of the image from U to V in degrees, clockwise, as describeTheta says it.
 * @param {ArrayLike<number> & Iterable<number>} theta
 * @param {SamplingOptions} options
 * @param {number[]} inputShape (H, W, C)
 */
export function motionAngle(theta, options, [height, width]) {
  return imageAngle(familyOf(options), theta, [height, width], options.alignCorners);
}

/**
 * Return the grid of a theta after which the image turns about the center of V.
 *
 * The turn is that of the pixels of U, so that scale, shear and mirror of theta stay.
 * @param {import("../geometry/transform.js").Transform} family
 * @param {ArrayLike<number> & Iterable<number>} theta
 * @param {[number, number]} size [rows, columns] of V
 * @param {boolean} alignCorners
 * @param {number} turn radians, clockwise
 * @param {[number, number]} half pixels of U per normalized unit along x and y
 */
function turnedGrid(family, theta, [rows, columns], alignCorners, turn, [halfX, halfY]) {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [across, down] = [axisPoints(columns, alignCorners), axisPoints(rows, alignCorners)];
  const points = new Float64Array(rows * columns * 2);
  for (let k = 0; k < rows * columns; k++) {
    const x = across[k % columns] * halfX;
    const y = down[Math.floor(k / columns)] * halfY;
    const targetX = (cos * x + sin * y) / halfX;
    const targetY = (cos * y - sin * x) / halfY;
    [points[2 * k], points[2 * k + 1]] = family.point(theta, targetX, targetY);
  }
  return points;
}
