/** The homography through four corners. */

import { solve } from "../geometry/linear_system.js";

/** @typedef {[number, number]} Point */

/** Smallest w at a corner, as a share of the largest one: below it, the horizon is too close. */
const LEAST_DEPTH = 0.02;

/**
 * Return the eight numbers of the homography that maps four points to four others; null if there is
 * none, or if the horizon is at one of them.
 * @param {Point[]} from
 * @param {Point[]} to
 * @returns {number[] | null}
 */
export function homographyToCorners(from, to) {
  const system = new Float64Array(64);
  const right = new Float64Array(8);
  from.forEach(([x, y], k) => {
    const [u, v] = to[k];
    system.set([x, y, 1, 0, 0, 0, -u * x, -u * y], 16 * k);
    system.set([0, 0, 0, x, y, 1, -v * x, -v * y], 16 * k + 8);
    right.set([u, v], 2 * k);
  });
  const theta = Array.from(solve(system, right, 8));
  if (!theta.every(Number.isFinite)) return null;
  const depths = from.map(([x, y]) => theta[6] * x + theta[7] * y + 1);
  return Math.min(...depths) > LEAST_DEPTH * Math.max(...depths) ? theta : null;
}
