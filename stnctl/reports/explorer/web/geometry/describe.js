/** The motion of an image in words, as in stnctl.warping.describe. */

import { halfSpan } from "./grid.js";

/** @typedef {import("./grid.js").Size} Size */

const UNCHANGED = "The image stays as it is.";

/**
 * Return a sentence on the motion of the image, the inverse of theta, in pixels of U.
 * @param {import("./transform.js").Transform} transform
 * @param {import("./transform.js").Theta} theta
 * @param {Size} inputSize [height, width] of U
 * @param {boolean} alignCorners
 */
export function describeEffect(transform, theta, inputSize, alignCorners) {
  const [halfX, halfY] = halfSpan(inputSize, alignCorners);
  const matrix = transform.matrix(theta);
  if (matrix === null) return describeDisplacements(theta, halfX, halfY);
  const [a, b, tx, c, d, ty, g, h] = matrix;
  // The affine approximation at the center, in pixels measured from there.
  const sentence = describeMotion([
    a - tx * g, ((b - tx * h) * halfX) / halfY, tx * halfX,
    ((c - ty * g) * halfY) / halfX, d - ty * h, ty * halfY,
  ]);
  if (g === 0 && h === 0) return sentence;
  return `${sentence.slice(0, -1)} at its center; elsewhere it is seen in perspective.`;
}

/**
 * Return the rotation of the image in degrees, clockwise, as in the sentence on its motion; of a
 * family without a matrix at the center, and 0 of a theta without an inverse.
 * @param {import("./transform.js").Transform} transform
 * @param {import("./transform.js").Theta} theta
 * @param {Size} inputSize [height, width] of U
 * @param {boolean} alignCorners
 */
export function imageAngle(transform, theta, inputSize, alignCorners) {
  const [halfX, halfY] = halfSpan(inputSize, alignCorners);
  const [a, b, c, d] = slopesAtCenter(transform, theta);
  const inverse = invert([a, (b * halfX) / halfY, (c * halfY) / halfX, d]);
  return inverse === null ? 0 : unmirrored(inverse).parts.degrees;
}

/** @param {import("./transform.js").Transform} transform @param {import("./transform.js").Theta} theta */
function slopesAtCenter(transform, theta) {
  const matrix = transform.matrix(theta);
  if (matrix !== null) {
    const [a, b, tx, c, d, ty, g, h] = matrix;
    return [a - tx * g, b - tx * h, c - ty * g, d - ty * h];
  }
  const step = 1e-4;
  const [right, left, below, above] = [[step, 0], [-step, 0], [0, step], [0, -step]].map(([x, y]) =>
    transform.point(theta, x, y));
  return [
    right[0] - left[0], below[0] - above[0], right[1] - left[1], below[1] - above[1],
  ].map((difference) => difference / (2 * step));
}

/** @param {import("./transform.js").Theta} theta @param {number} halfX @param {number} halfY */
function describeDisplacements(theta, halfX, halfY) {
  const lengths = [];
  for (let k = 0; k < theta.length; k += 2) {
    lengths.push(Math.hypot(theta[k] * halfX, theta[k + 1] * halfY));
  }
  const largest = Math.max(...lengths);
  if (!largest) return UNCHANGED;
  const mean = lengths.reduce((sum, length) => sum + length) / lengths.length;
  return `The image is displaced by ${mean.toFixed(1)} px on average, ${largest.toFixed(1)} px at most.`;
}

/** @param {number[]} entries a b tx c d ty, from V to U, in pixels from the center */
function describeMotion([a, b, tx, c, d, ty]) {
  const inverse = invert([a, b, c, d]);
  if (inverse === null) return "V repeats a line or a point of U: this theta has no inverse.";
  const { mirror, parts } = unmirrored(inverse);
  const shift = [-inverse[0] * tx - inverse[1] * ty, -inverse[2] * tx - inverse[3] * ty];
  const words = [...mirror, ...rotationWords(parts), ...sizeWords(parts), ...shiftWords(shift)];
  if (words.length === 0) return UNCHANGED;
  const last = words.pop();
  return `The image ${words.length > 0 ? `${words.join(", ")} and ${last}` : last}.`;
}

/** @param {number[]} matrix a b c d */
function invert([a, b, c, d]) {
  const area = a * d - b * c;
  if (Math.abs(area) <= 1e-9 * Math.hypot(a, c) * Math.hypot(b, d)) return null;
  return [d / area, -b / area, -c / area, a / area];
}

/** @typedef {{ degrees: number, scaleX: number, scaleY: number, shear: number }} Parts */

/** @param {number[]} matrix a b c d */
function unmirrored([a, b, c, d]) {
  if (a * d - b * c > 0) return { mirror: [], parts: decompose([a, b, c, d]) };
  const [sideways, upsideDown] = [decompose([-a, b, -c, d]), decompose([a, -b, c, -d])];
  if (Math.abs(sideways.degrees) <= Math.abs(upsideDown.degrees)) {
    return { mirror: ["is mirrored left to right"], parts: sideways };
  }
  return { mirror: ["is mirrored top to bottom"], parts: upsideDown };
}

/**
 * Return rotation, scales and shear of [[a, b], [c, d]] = R [[1, shear], [0, 1]] diag(sx, sy).
 * @param {number[]} matrix
 * @returns {Parts}
 */
function decompose([a, b, c, d]) {
  const rotation = Math.atan2(c, a);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const scaleY = cos * d - sin * b;
  const singular = Math.abs(scaleY) <= 4 * Number.EPSILON * Math.hypot(b, d);
  return {
    degrees: (rotation * 180) / Math.PI,
    scaleX: Math.hypot(a, c),
    scaleY: singular ? 0 : scaleY,
    shear: singular ? 0 : (cos * b + sin * d) / scaleY,
  };
}

/** @param {Parts} parts */
function rotationWords({ degrees }) {
  if (Math.abs(degrees) < 0.05) return [];
  const direction = degrees > 0 ? "clockwise" : "counterclockwise";
  return [`rotates ${Math.abs(degrees).toFixed(1)}° ${direction}`];
}

/** @param {Parts} parts */
function sizeWords({ scaleX, scaleY, shear }) {
  const words = [];
  if (Math.abs(scaleX - scaleY) >= 0.005) {
    words.push(`is scaled ${factor(scaleX)} times along x, ${factor(scaleY)} times along y`);
  } else if (Math.abs(scaleX - 1) >= 0.005) {
    words.push(`${scaleX > 1 ? "grows" : "shrinks"} to ${factor(scaleX)} times its size`);
  }
  if (Math.abs(shear) >= 0.005) words.push(`is sheared by ${(-shear).toFixed(2)} along x`);
  return words;
}

/** @param {number} value */
function factor(value) {
  return value >= 0.005 ? value.toFixed(2) : value.toPrecision(3);
}

/** @param {number[]} shift */
function shiftWords(shift) {
  const [x, y] = shift.map((value) => Math.round(value * 10) / 10);
  const words = [];
  if (x) words.push(`${Math.abs(x).toFixed(1)} px ${x > 0 ? "right" : "left"}`);
  if (y) words.push(`${Math.abs(y).toFixed(1)} px ${y > 0 ? "down" : "up"}`);
  return words.length > 0 ? [`moves ${words.join(" and ")}`] : [];
}
