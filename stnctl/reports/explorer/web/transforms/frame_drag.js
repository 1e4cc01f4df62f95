/**
 * Dragging of the frame, the outline on U of the region that V shows. A handle that moves gives
 * the corners new places; theta is the one of the family that comes closest.
 */

import { fitTheta } from "./fit.js";
import { homographyToCorners } from "./homography.js";

/** @typedef {import("../geometry/transform.js").Transform} Transform */
/** @typedef {[number, number]} Point */
/** @typedef {{ kind: import("./families.js").HandleKind, index: number }} Handle */

/** The corners of V, clockwise from the top left. @type {Point[]} */
export const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]];

/** Middles of the edges of V: top, right, bottom, left; edge k is from corner k to k + 1. */
/** @type {Point[]} */
export const EDGES = [[0, -1], [1, 0], [0, 1], [-1, 0]];

/** Distance of the knob from the center of V; the edge is at 1. */
export const KNOB = 1.35;

const [DRAGGED, PINNED, LOOSE] = [1, 0.3, 1e-4];

/**
 * Return the theta after a handle has been dragged.
 * @param {object} drag
 * @param {Transform} drag.transform
 * @param {number[]} drag.theta at the start
 * @param {Handle} drag.handle
 * @param {Point} drag.from where the drag began on U, normalized
 * @param {Point} drag.to where the pointer is now
 * @param {number} drag.aspect pixels in a normalized unit along y, divided by those along x
 * @returns {number[]}
 */
export function draggedTheta({ transform, theta, handle, from, to, aspect }) {
  const delta = /** @type {Point} */ ([to[0] - from[0], to[1] - from[1]]);
  if (handle.kind === "points") {
    const next = [...theta];
    next[2 * handle.index] += delta[0];
    next[2 * handle.index + 1] += delta[1];
    return next;
  }
  const corners = CORNERS.map(([x, y]) => transform.point(theta, x, y));
  const free = transform.name === "projective";
  const moved = movedCorners(corners, handle, { delta, from, to, aspect, free });
  if (!moved.every(({ place }) => place.every(Number.isFinite))) return theta;
  if (free) return homographyToCorners(CORNERS, moved.map(({ place }) => place)) ?? theta;
  const pairs = moved.map(({ place, weight }, k) => ({
    x: CORNERS[k][0], y: CORNERS[k][1], sourceX: place[0], sourceY: place[1], weight,
  }));
  return fitTheta(transform, pairs, theta, freeParameters(transform, handle));
}

/**
 * Return the parameters that a handle changes. In the family of the article, shears can replace a
 * part of the rotation, so each handle has its own numbers.
 * @param {Transform} transform
 * @param {Handle} handle
 */
function freeParameters({ name, parameters }, { kind, index }) {
  if (name !== "article") return parameters;
  if (kind === "knob") return ["angle"];
  if (kind === "middle") return ["tx", "ty"];
  if (kind === "corners") return ["tx", "ty", "s"];
  return ["tx", "ty", "s", index % 2 === 0 ? "kx" : "ky"];
}

/**
 * @param {Point[]} corners @param {Handle} handle
 * @param {{ delta: Point, from: Point, to: Point, aspect: number, free: boolean }} drag
 * @returns {{ place: Point, weight: number }[]}
 */
function movedCorners(corners, { kind, index }, { delta, from, to, aspect, free }) {
  if (kind === "middle") return corners.map((corner) => ({ place: plus(corner, delta), weight: 1 }));
  if (kind === "knob") {
    const center = mean(corners);
    /** @param {Point} point */
    const angle = (point) => Math.atan2((point[1] - center[1]) * aspect, point[0] - center[0]);
    const turn = angle(to) - angle(from);
    return corners.map((corner) => ({ place: turned(corner, center, turn, aspect), weight: 1 }));
  }
  if (kind === "edges") {
    return corners.map((corner, k) => {
      const isMoved = k === index || k === (index + 1) % 4;
      return { place: isMoved ? plus(corner, delta) : corner, weight: isMoved ? 1 : PINNED };
    });
  }
  const target = plus(corners[index], delta);
  if (free) {
    return corners.map((corner, k) => ({ place: k === index ? target : corner, weight: 1 }));
  }
  const [next, pinned, before] = [1, 2, 3].map((step) => (index + step) % 4);
  const [across, down] = [minus(corners[next], corners[pinned]), minus(corners[before], corners[pinned])];
  const [a, b] = shares(minus(target, corners[pinned]), across, down);
  /** @type {{ place: Point, weight: number }[]} */
  const moved = [];
  moved[index] = { place: target, weight: DRAGGED };
  moved[pinned] = { place: corners[pinned], weight: PINNED };
  moved[next] = { place: plus(corners[pinned], times(across, a)), weight: LOOSE };
  moved[before] = { place: plus(corners[pinned], times(down, b)), weight: LOOSE };
  return moved;
}

/** @param {Point} vector @param {Point} first @param {Point} second @returns {Point} */
function shares(vector, first, second) {
  const area = first[0] * second[1] - first[1] * second[0];
  if (Math.abs(area) < 1e-9) return [1, 1];
  return [
    (vector[0] * second[1] - vector[1] * second[0]) / area,
    (first[0] * vector[1] - first[1] * vector[0]) / area,
  ];
}

/** @param {Point} point @param {Point} center @param {number} angle @param {number} aspect
 * @returns {Point} */
function turned(point, center, angle, aspect) {
  const [x, y] = [point[0] - center[0], (point[1] - center[1]) * aspect];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [center[0] + cos * x - sin * y, center[1] + (sin * x + cos * y) / aspect];
}

/** @param {Point[]} points @returns {Point} */
function mean(points) {
  const sum = points.reduce(plus);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** @param {Point} a @param {Point} b @returns {Point} */
const plus = (a, b) => [a[0] + b[0], a[1] + b[1]];

/** @param {Point} a @param {Point} b @returns {Point} */
const minus = (a, b) => [a[0] - b[0], a[1] - b[1]];

/** @param {Point} a @param {number} factor @returns {Point} */
const times = (a, factor) => [a[0] * factor, a[1] * factor];
