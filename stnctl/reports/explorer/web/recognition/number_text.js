/** Numbers as the page writes them. */

/**
 * Return a number with a minus sign, and 0 without a sign.
 * @param {number} value
 * @param {number} [digits] number of decimals
 */
export function numberText(value, digits = 0) {
  return withMinusSigns(value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, ""));
}

/**
 * Return a text with the hyphens before its numbers as minus signs.
 * @param {string} text
 */
export function withMinusSigns(text) {
  return text.replace(/-(?=\d)/g, "−");
}

/**
 * Return a share as text, such as "97.3 %".
 * @param {number} share
 */
export function percent(share) {
  return `${numberText(100 * share, 1)} %`;
}

/**
 * Return an angle with its direction, such as "20° clockwise".
 * @param {number} degrees clockwise
 * @param {number} [digits] number of decimals
 */
export function turned(degrees, digits = 0) {
  const size = Math.abs(degrees).toFixed(digits);
  if (Number(size) === 0) return "0°";
  return `${size}° ${degrees > 0 ? "clockwise" : "counterclockwise"}`;
}
