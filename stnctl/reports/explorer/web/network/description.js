// Theta in words: the motion of the image, as stnctl.warping.describe says it.

import { halfSpan } from "../geometry/grid.js";
import { familyOf } from "./sampling.js";

/**
 * @typedef {import("./sampling.js").SamplingOptions} SamplingOptions
 * @typedef {[number, number, number, number]} Linear a b c d
 * @typedef {{rotation: number, scaleX: number, scaleY: number, shear: number}} Parts degrees
 */

const UNCHANGED = "The image stays as it is.";

/**
 * Return a sentence on the motion of the image, in pixels of U.
 * @param {ArrayLike<number> & Iterable<number>} theta
 * @param {SamplingOptions} options
 * @param {number[]} inputShape (H, W, C)
 */
export function describeTheta(theta, options, [height, width]) {
  const matrix = familyOf(options).matrix(theta);
  const half = halfSpan([height, width], options.alignCorners);
  if (matrix === null) return describeDisplacement(theta, half);
  const [sx, sy] = half;
  const [a, b, tx, c, d, ty, tiltX, tiltY] = matrix;
  const shift = [tx * sx, ty * sy];
  const tilt = [tiltX / sx, tiltY / sy];
  /** @type {Linear} */
  const linear = [
    a - shift[0] * tilt[0],
    (b * sx) / sy - shift[0] * tilt[1],
    (c * sy) / sx - shift[1] * tilt[0],
    d - shift[1] * tilt[1],
  ];
  const sentence = describeMotion(linear, shift);
  if (!tiltX && !tiltY) return sentence;
  return `${sentence.replace(/\.$/, "")} at its center; elsewhere it is seen in perspective.`;
}

/** @param {Linear} linear @param {number[]} shift */
function describeMotion([a, b, c, d], shift) {
  const area = a * d - b * c;
  if (!(Math.abs(area) > 1e-9 * Math.hypot(a, c) * Math.hypot(b, d))) {
    return "V repeats a line or a point of U: this theta has no inverse.";
  }
  /** @type {Linear} */
  const inverse = [d / area, -b / area, -c / area, a / area];
  const { words, parts } = withoutMirror(inverse);
  const moved = [
    -(inverse[0] * shift[0] + inverse[1] * shift[1]),
    -(inverse[2] * shift[0] + inverse[3] * shift[1]),
  ];
  const all = [...words, ...rotationWords(parts), ...sizeWords(parts), ...shiftWords(moved)];
  return all.length ? `The image ${joined(all)}.` : UNCHANGED;
}

/** @param {ArrayLike<number>} theta @param {[number, number]} half */
function describeDisplacement(theta, half) {
  const lengths = Array.from({ length: theta.length / 2 }, (_, k) =>
    Math.hypot(theta[2 * k] * half[0], theta[2 * k + 1] * half[1]),
  );
  const largest = Math.max(...lengths);
  if (!largest) return UNCHANGED;
  const mean = lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
  return `The image is displaced by ${mean.toFixed(1)} px on average, ${largest.toFixed(1)} px at most.`;
}

/**
 * Return words for a mirror image, and the parts of the rest: the mirror that leaves less rotation.
 * @param {Linear} linear
 * @returns {{words: string[], parts: Parts}}
 */
function withoutMirror([a, b, c, d]) {
  if (a * d - b * c > 0) return { words: [], parts: decompose([a, b, c, d]) };
  const sideways = decompose([-a, b, -c, d]);
  const upsideDown = decompose([a, -b, c, -d]);
  return Math.abs(sideways.rotation) <= Math.abs(upsideDown.rotation)
    ? { words: ["is mirrored left to right"], parts: sideways }
    : { words: ["is mirrored top to bottom"], parts: upsideDown };
}

/** @param {Linear} linear rotation · shear · scale @returns {Parts} */
function decompose([a, b, c, d]) {
  const rotation = Math.atan2(c, a);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const scaleY = cos * d - sin * b;
  const shear = scaleY ? (cos * b + sin * d) / scaleY : 0;
  return { rotation: (rotation * 180) / Math.PI, scaleX: Math.hypot(a, c), scaleY, shear };
}

/** @param {Parts} parts */
function rotationWords({ rotation }) {
  if (Math.abs(rotation) < 0.05) return [];
  const direction = rotation > 0 ? "clockwise" : "counterclockwise";
  return [`rotates ${Math.abs(rotation).toFixed(1)}° ${direction}`];
}

/** @param {Parts} parts */
function sizeWords({ scaleX: x, scaleY: y, shear }) {
  const words = [];
  if (Math.abs(x - y) >= 0.005) {
    words.push(`is scaled ${factor(x)} times along x, ${factor(y)} times along y`);
  } else if (Math.abs(x - 1) >= 0.005) {
    words.push(`${x > 1 ? "grows" : "shrinks"} to ${factor(x)} times its size`);
  }
  if (Math.abs(shear) >= 0.005) words.push(`is sheared by ${(-shear).toFixed(2)} along x`);
  return words;
}

/** @param {number} value */
function factor(value) {
  return value >= 0.005 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

/** @param {number[]} shift */
function shiftWords(shift) {
  const [x, y] = shift.map((value) => Number(value.toFixed(1)));
  const words = [];
  if (x) words.push(`${Math.abs(x).toFixed(1)} px ${x > 0 ? "right" : "left"}`);
  if (y) words.push(`${Math.abs(y).toFixed(1)} px ${y > 0 ? "down" : "up"}`);
  return words.length ? [`moves ${words.join(" and ")}`] : [];
}

/** @param {string[]} parts */
function joined(parts) {
  const last = parts[parts.length - 1];
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${last}` : last;
}
