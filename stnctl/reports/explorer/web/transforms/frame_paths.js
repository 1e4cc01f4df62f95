/** SVG paths of the frame and of the sampled points, in shares of the stage. */

import { CORNERS, KNOB } from "./frame_drag.js";
import { onStage, SHARES } from "./stage.js";

/** @typedef {import("./warped_image.js").CurrentWarp} CurrentWarp */

const POINTS_PER_EDGE = 24;
const MOST_DOTS = 21;

/** Places farther away than this are not drawn, in sides of the stage. */
const FARTHEST = 20;

/**
 * Return the largest share of the stage for U at which the middle and two corners of the frame are
 * in sight.
 * @param {CurrentWarp} warp
 */
export function fittingShare(warp) {
  const fits = SHARES.find((share) => {
    const [middle, ...corners] = [[0, 0], ...CORNERS].map(([x, y]) =>
      place(warp, x, y, share).every((part) => part >= 0 && part <= 1));
    return middle && corners.filter(Boolean).length >= 2;
  });
  return fits ?? SHARES[SHARES.length - 1];
}

/**
 * Return the paths of the outline of the sampled region, of its top edge, and of the knob's stem.
 * @param {CurrentWarp} warp
 * @param {number} share of the stage that U takes
 */
export function outline(warp, share) {
  const edges = CORNERS.map(([x, y], k) => {
    const [nextX, nextY] = CORNERS[(k + 1) % 4];
    return Array.from({ length: POINTS_PER_EDGE + 1 }, (_, n) => {
      const part = n / POINTS_PER_EDGE;
      return place(warp, x + part * (nextX - x), y + part * (nextY - y), share);
    });
  });
  return {
    frame: line(edges.flat()),
    top: line(edges[0]),
    stem: line([place(warp, 0, -1, share), place(warp, 0, -KNOB, share)]),
  };
}

/**
 * Return the path of a dot at the source points of pixels of V: of all pixels, or of some of them
 * at equal distances.
 * @param {CurrentWarp} warp
 * @param {number} share of the stage that U takes
 */
export function sampledPoints(warp, share) {
  const [height, width] = warp.outputSize;
  const x = new Float64Array(width);
  const y = new Float64Array(width);
  let path = "";
  for (const row of chosen(height)) {
    warp.rows(row, x, y);
    for (const column of chosen(width)) {
      const at = onStage([x[column], y[column]], warp.inputSize, warp.sampling.alignCorners, share);
      if (isNear(at)) path += `M${text(at)}h0`;
    }
  }
  return path;
}

/** @param {number} length @returns {number[]} indices of an axis */
function chosen(length) {
  const count = Math.min(length, MOST_DOTS);
  const last = Math.max(count - 1, 1);
  return Array.from({ length: count }, (_, k) => Math.round((k * (length - 1)) / last));
}

/** @param {CurrentWarp} warp @param {number} x @param {number} y @param {number} share */
function place({ transform, state, inputSize, sampling }, x, y, share) {
  return onStage(transform.point(state.theta, x, y), inputSize, sampling.alignCorners, share);
}

/** @param {[number, number][]} places */
function line(places) {
  let path = "";
  let command = "M";
  for (const at of places) {
    if (isNear(at)) path += `${command}${text(at)}`;
    command = isNear(at) ? "L" : "M";
  }
  return path;
}

/** @param {[number, number]} place */
const isNear = (place) => place.every((share) => Math.abs(share) < FARTHEST);

/** @param {[number, number]} place */
const text = (place) => place.map((share) => share.toFixed(4)).join(" ");
