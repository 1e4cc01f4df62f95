/** Places on the stage: U in the middle, and a margin for points outside U. */

import { fromPixels, toPixels } from "../geometry/grid.js";

/** @typedef {[number, number]} Point */

/** Share of the stage that U takes on each axis. */
const SHARE = 0.68;
const MARGIN = (1 - SHARE) / 2;

/** Rectangle of U on the stage, in percent, for CSS. */
export const U_BOX = { start: `${MARGIN * 100}%`, side: `${SHARE * 100}%` };

/**
 * Return the place of a normalized point of U, as shares of the width and height of the stage.
 * @param {Point} point
 * @param {[number, number]} size [height, width] of U
 * @param {boolean} alignCorners
 * @returns {Point}
 */
export function onStage([x, y], size, alignCorners) {
  const [column, row] = toPixels(x, y, size, alignCorners);
  return [
    MARGIN + (SHARE * (column + 0.5)) / size[1],
    MARGIN + (SHARE * (row + 0.5)) / size[0],
  ];
}

/**
 * Return the normalized point of U at a place on the stage: the inverse of `onStage`.
 * @param {Point} place
 * @param {[number, number]} size [height, width] of U
 * @param {boolean} alignCorners
 * @returns {Point}
 */
export function fromStage([left, top], size, alignCorners) {
  const column = ((left - MARGIN) / SHARE) * size[1] - 0.5;
  const row = ((top - MARGIN) / SHARE) * size[0] - 0.5;
  return fromPixels(column, row, size, alignCorners);
}
