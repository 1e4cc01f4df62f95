/** Numbers as texts: with a true minus sign, and without a minus at 0. */

/**
 * Return a number with a fixed number of digits; in powers of ten if it is very large.
 * @param {number} value
 * @param {number} digits
 */
export function fixed(value, digits) {
  const text = Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(1);
  return Number(text) === 0 ? text.replace("-", "") : withMinus(text);
}

/** Return a text with true minus signs before its numbers. @param {string} text */
export function withMinus(text) {
  return text.replace(/-(?=\d)/g, "−");
}

/**
 * Return a number with one digit and its sign.
 * @param {number} value
 */
export function signed(value) {
  const text = fixed(value, 1);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}
