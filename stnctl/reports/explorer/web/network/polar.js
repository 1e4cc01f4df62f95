// Operations of the polar localization network (arXiv:1901.11399).

import { makeSampler } from "../geometry/sampler.js";
import { softmax } from "./scores.js";

/** @typedef {import("./decode.js").Tensor} Tensor */

/**
 * Return the log-polar map (angles, radii, C) of a map (H, W, C).
 * @param {Tensor} map
 * @param {number} angles
 * @param {number} radii
 * @returns {Tensor}
 */
export function logPolar(map, angles, radii) {
  const [height, width, channels] = map.shape;
  const smallest = 2 / Math.min(height, width);
  const radius = Float64Array.from({ length: radii }, (_, k) =>
    k === radii - 1 && k > 0 ? 1 : smallest * (1 / smallest) ** (k / Math.max(radii - 1, 1)),
  );
  const sampler = makeSampler({ height, width, channels, data: map.data });
  const polar = sampler.read(
    (row, x, y) => {
      const angle = (2 * Math.PI * row) / angles;
      for (let k = 0; k < radii; k++) {
        x[k] = Math.cos(angle) * radius[k];
        y[k] = Math.sin(angle) * radius[k];
      }
    },
    [angles, radii],
  );
  return { shape: [angles, radii, channels], data: Float32Array.from(polar.data) };
}

/**
 * Return a polar map with a margin: cyclic along the angles, zeros along the radii.
 * @param {Tensor} polar (angles, radii, C)
 * @param {number} margin
 * @returns {Tensor}
 */
export function padCyclic(polar, margin) {
  const [angles, radii, channels] = polar.shape;
  const [rows, columns] = [angles + 2 * margin, radii + 2 * margin];
  const data = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const from = (row - margin + angles) % angles;
    const line = polar.data.subarray(from * radii * channels, (from + 1) * radii * channels);
    data.set(line, (row * columns + margin) * channels);
  }
  return { shape: [rows, columns, channels], data };
}

/**
 * Return the circular centroid (cos, sin) of a heat map (angles, radii, 1).
 * @param {Tensor} heat
 * @returns {Tensor}
 */
export function circularCentroid(heat) {
  const [angles, radii] = heat.shape;
  const means = Array.from({ length: angles }, (_, row) => {
    const line = heat.data.subarray(row * radii, (row + 1) * radii);
    return line.reduce((sum, value) => sum + value, 0) / radii;
  });
  const weights = softmax(means);
  /** @param {(angle: number) => number} part */
  const sum = (part) =>
    weights.reduce((total, weight, row) => total + weight * part((2 * Math.PI * row) / angles), 0);
  return { shape: [2], data: Float32Array.of(sum(Math.cos), sum(Math.sin)) };
}
