// Operations that make theta: bounds, the angle of a vector, and the composition of two thetas.

import { makeTransform } from "../geometry/transforms.js";

/** @typedef {import("./decode.js").Tensor} Tensor */
/** @typedef {(number | null)[][] | null} Constraints */

/**
 * Return theta within its bounds; 0 gives the identity.
 * @param {Tensor} raw (num_params)
 * @param {number[]} identity
 * @param {[number, number][]} bounds
 * @returns {Tensor}
 */
export function boundTheta(raw, identity, bounds) {
  const data = raw.data.map((value, k) => {
    const [up, down] = [bounds[k][1] - identity[k], identity[k] - bounds[k][0]];
    const t = Math.tanh(value / 2);
    return identity[k] + (2 * up * t) / (1 + t + ((1 - t) * up) / down);
  });
  return { shape: raw.shape, data };
}

/**
 * Return theta with an angle in the place of the vector (cos, sin) of any length.
 * @param {Tensor} raw (num_params + 1)
 * @param {number} position index of the angle
 * @returns {Tensor}
 */
export function angleTheta(raw, position) {
  const [cos, sin] = [raw.data[position], raw.data[position + 1]];
  const angle = cos || sin ? Math.atan2(sin, cos) : 0;
  const values = [...raw.data.subarray(0, position), angle, ...raw.data.subarray(position + 2)];
  return { shape: [values.length], data: Float32Array.from(values) };
}

/**
 * Return the theta of two warps in sequence: of U by the first theta, of its V by the second one.
 * @param {Tensor} first
 * @param {Tensor} second
 * @param {{outer: string, inner: string, outerConstraints: Constraints,
 *   innerConstraints: Constraints, result: string}} options
 * @returns {Tensor}
 */
export function composeThetas(first, second, options) {
  const outer = matrixOf(first, options.outer, options.outerConstraints);
  const inner = matrixOf(second, options.inner, options.innerConstraints);
  const product = multiplyMatrices(outer, inner);
  if (options.result === "affine")
    return { shape: [6], data: Float32Array.from(product.slice(0, 6)) };
  const last = product[8];
  const data = Float32Array.from(product.slice(0, 8), (value) => (last > 0 ? value / last : NaN));
  return { shape: [8], data };
}

/**
 * Return the product of two 3x3 matrices of 9 numbers.
 * @param {number[]} a
 * @param {number[]} b
 */
export function multiplyMatrices(a, b) {
  return Array.from({ length: 9 }, (_, k) => {
    const [row, column] = [3 * Math.floor(k / 3), k % 3];
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
}

/** @param {Tensor} theta @param {string} name @param {Constraints} constraints */
function matrixOf(theta, name, constraints) {
  const matrix = makeTransform(name, { constraints: constraints ?? undefined }).matrix(theta.data);
  if (matrix === null) throw new Error(`${name} has no matrix, so its thetas can't be composed.`);
  return matrix;
}
