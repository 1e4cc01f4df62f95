/** Places on the stage: U in the middle, and a margin for points outside U. */

import { fromPixels, toPixels } from "../geometry/grid.js";

/** @typedef {[number, number]} Point */

/** Shares of the stage that U takes on each axis: the usual one, and those for a far frame. */
export const SHARES = [0.68, 0.34, 0.17];

/**
 * Return the place of a normalized point of U, as shares of the width and height of the stage.
 * @param {Point} point
 * @param {[number, number]} size [height, width] of U
 * @param {boolean} alignCorners
 * @param {number} share of the stage that U takes
 * @returns {Point}
 */
export function onStage([x, y], size, alignCorners, share) {
  const [column, row] = toPixels(x, y, size, alignCorners);
  const margin = (1 - share) / 2;
  return [
    margin + (share * (column + 0.5)) / size[1],
    margin + (share * (row + 0.5)) / size[0],
  ];
}

/**
 * Return the normalized point of U at a place on the stage: the inverse of `onStage`.
 * @param {Point} place
 * @param {[number, number]} size [height, width] of U
 * @param {boolean} alignCorners
 * @param {number} share of the stage that U takes
 * @returns {Point}
 */
export function fromStage([left, top], size, alignCorners, share) {
  const margin = (1 - share) / 2;
  const column = ((left - margin) / share) * size[1] - 0.5;
  const row = ((top - margin) / share) * size[0] - 0.5;
  return fromPixels(column, row, size, alignCorners);
}
