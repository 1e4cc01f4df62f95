/** Padding: the pixels outside U, as in stnctl.geometry.padding. */

/** @typedef {"zeros" | "border" | "reflection" | "value"} PaddingName */

/** @type {PaddingName[]} */
export const PADDINGS = ["zeros", "border", "reflection", "value"];

/**
 * Return the index of the pixel to read for an index inside or outside an axis; -1 if the value
 * outside U is to be read instead.
 * @param {number} index
 * @param {number} size number of pixels of the axis
 * @param {PaddingName} padding
 * @param {boolean} alignCorners
 */
export function locate(index, size, padding, alignCorners) {
  if (index >= 0 && index < size) return index;
  if (padding === "border") return index < 0 ? 0 : size - 1;
  if (padding !== "reflection") return -1;
  const period = alignCorners ? Math.max(2 * size - 2, 1) : 2 * size;
  const within = modulo(index, period);
  return within < size ? within : 2 * (size - 1) + (alignCorners ? 0 : 1) - within;
}

/**
 * Return a pixel coordinate mirrored into the axis, and its derivative, 1 or -1.
 * @param {number} x
 * @param {number} size number of pixels of the axis
 * @param {boolean} alignCorners
 * @returns {[number, number]}
 */
export function fold(x, size, alignCorners) {
  const [first, span] = alignCorners ? [0, size - 1] : [-0.5, size];
  const within = modulo(x - first, Math.max(2 * span, 1));
  return within <= span ? [first + within, 1] : [first + 2 * span - within, -1];
}

/**
 * Return the remainder with the sign of the divisor, as % in Python.
 * @param {number} value
 * @param {number} divisor
 */
function modulo(value, divisor) {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}
