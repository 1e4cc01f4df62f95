/** Projective transform: a homography, as in stnctl.geometry.transforms.projective. */

import { Transform } from "./transform.js";

/** @typedef {import("./transform.js").Theta} Theta */

/** Smallest denominator w. Points with a smaller w are on or behind the horizon: outside U. */
const NEAREST = 1e-6;

/** Bound of the numerators. */
const FARTHEST = 1e30;

/** Both coordinates of a point on or behind the horizon. */
const OUTSIDE = 1e4;

export class Projective extends Transform {
  constructor() {
    super(
      "projective",
      ["h11", "h12", "h13", "h21", "h22", "h23", "h31", "h32"],
      [[-2, 2], [-2, 2], [-1, 1], [-2, 2], [-2, 2], [-1, 1], [-0.45, 0.45], [-0.45, 0.45]],
    );
  }

  identity() {
    return [1, 0, 0, 0, 1, 0, 0, 0];
  }

  /** @param {Theta} theta */
  matrix(theta) {
    return [...Array.from(theta), 1];
  }

  /** @param {Theta} h @param {number} x @param {number} y @returns {[number, number]} */
  point(h, x, y) {
    const aboveX = h[0] * x + h[1] * y + h[2];
    const aboveY = h[3] * x + h[4] * y + h[5];
    const w = h[6] * x + h[7] * y + 1;
    if (!isInFront(aboveX, aboveY, w)) return [OUTSIDE, OUTSIDE];
    return [aboveX * (1 / w), aboveY * (1 / w)];
  }

  /** @param {Theta} h @param {number} x @param {number} y */
  jacobian(h, x, y) {
    const aboveX = h[0] * x + h[1] * y + h[2];
    const aboveY = h[3] * x + h[4] * y + h[5];
    const w = h[6] * x + h[7] * y + 1;
    const [dx, dy] = [new Float64Array(8), new Float64Array(8)];
    if (!isInFront(aboveX, aboveY, w)) return { dx, dy };
    const [xs, ys] = [aboveX / w, aboveY / w];
    dx.set([x / w, y / w, 1 / w, 0, 0, 0, (-xs * x) / w, (-xs * y) / w]);
    dy.set([0, 0, 0, x / w, y / w, 1 / w, (-ys * x) / w, (-ys * y) / w]);
    return { dx, dy };
  }
}

/** @param {number} aboveX @param {number} aboveY @param {number} w */
function isInFront(aboveX, aboveY, w) {
  return w >= NEAREST && Math.abs(aboveX) < FARTHEST && Math.abs(aboveY) < FARTHEST;
}
