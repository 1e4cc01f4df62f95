/** The handles of the frame: their places on V, and their names. */

import { CORNERS, EDGES, KNOB } from "./frame_drag.js";
import { FAMILIES } from "./families.js";

/** @typedef {import("./warped_image.js").CurrentWarp} CurrentWarp */
/** @typedef {[number, number]} Point */

/**
 * @typedef {object} FrameHandle
 * @property {import("./families.js").HandleKind} kind
 * @property {number} index among those of its kind
 * @property {Point} target normalized point of V
 * @property {string} label
 */

const CORNER_NAMES = ["Top left", "Top right", "Bottom right", "Bottom left"];
const EDGE_NAMES = ["Top", "Right", "Bottom", "Left"];

/**
 * Return the handles of a family.
 * @param {string} family a key of FAMILIES
 * @param {number} points rows and columns of control points
 * @returns {FrameHandle[]}
 */
export function frameHandles(family, points) {
  return FAMILIES[family].handles.flatMap((kind) => {
    if (kind === "points") return controlPoints(points);
    if (kind === "middle") return [handle(kind, 0, [0, 0], "Middle of the frame")];
    if (kind === "knob") return [handle(kind, 0, [0, -KNOB], "Rotation of the frame")];
    const places = kind === "corners" ? CORNERS : EDGES;
    const names = kind === "corners" ? CORNER_NAMES : EDGE_NAMES;
    const noun = kind === "corners" ? "corner" : "edge";
    return places.map((place, k) => handle(kind, k, place, `${names[k]} ${noun} of the frame`));
  });
}

/** @param {number} count @returns {FrameHandle[]} */
function controlPoints(count) {
  return Array.from({ length: count * count }, (_, k) => {
    const [row, column] = [Math.floor(k / count), k % count];
    /** @type {Point} */
    const place = [(2 * column) / (count - 1) - 1, (2 * row) / (count - 1) - 1];
    return handle("points", k, place, `Control point in row ${row + 1}, column ${column + 1}`);
  });
}

/** @param {FrameHandle["kind"]} kind @param {number} index @param {Point} target
 * @param {string} label @returns {FrameHandle} */
function handle(kind, index, target, label) {
  return { kind, index, target, label };
}
