/** The theta of a family that comes closest to given source points. */

import { solve } from "../geometry/linear_system.js";

/** @typedef {import("../geometry/transform.js").Transform} Transform */

/**
 * A target point of V, the point of U that it should have, normalized, and its weight.
 * @typedef {{ x: number, y: number, sourceX: number, sourceY: number, weight: number }} Pair
 */

const ITERATIONS = 60;
const SMALLEST_STEP = 1e-12;

/**
 * Return theta with the least squared distance of the source points, found from a first theta by
 * the Levenberg-Marquardt method.
 * @param {Transform} transform
 * @param {Pair[]} pairs
 * @param {number[]} start
 * @param {string[]} [free] names of the parameters that may change; default all
 * @returns {number[]}
 */
export function fitTheta(transform, pairs, start, free = transform.parameters) {
  const mask = transform.parameters.map((name) => (free.includes(name) ? 1 : 0));
  let theta = start;
  let error = squaredError(transform, pairs, theta);
  let damping = 1e-6;
  for (let k = 0; k < ITERATIONS && damping < 1e6; k++) {
    const step = dampedStep(transform, pairs, { theta, damping, mask });
    const next = theta.map((value, n) => value + step[n]);
    const found = squaredError(transform, pairs, next);
    if (!(found <= error)) {
      damping *= 10;
      continue;
    }
    const change = Math.max(...step.map(Math.abs));
    [theta, error] = [next, found];
    damping = Math.max(damping / 10, 1e-12);
    if (change < SMALLEST_STEP) break;
  }
  return theta;
}

/** @param {Transform} transform @param {Pair[]} pairs @param {number[]} theta */
function squaredError(transform, pairs, theta) {
  return pairs.reduce((sum, { x, y, sourceX, sourceY, weight }) => {
    const [px, py] = transform.point(theta, x, y);
    return sum + weight * ((px - sourceX) ** 2 + (py - sourceY) ** 2);
  }, 0);
}

/** @param {Transform} transform @param {Pair[]} pairs
 * @param {{ theta: number[], damping: number, mask: number[] }} state */
function dampedStep(transform, pairs, { theta, damping, mask }) {
  const n = theta.length;
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const { x, y, sourceX, sourceY, weight } of pairs) {
    const [px, py] = transform.point(theta, x, y);
    const slopes = transform.jacobian(theta, x, y);
    const [dx, dy] = [slopes.dx, slopes.dy].map((row) => row.map((value, k) => value * mask[k]));
    for (let i = 0; i < n; i++) {
      right[i] += weight * (dx[i] * (sourceX - px) + dy[i] * (sourceY - py));
      for (let j = 0; j < n; j++) normal[i * n + j] += weight * (dx[i] * dx[j] + dy[i] * dy[j]);
    }
  }
  for (let i = 0; i < n; i++) normal[i * n + i] += damping;
  return Array.from(solve(normal, right, n));
}
