/** Formulas in plain HTML. */

import { element } from "../app/dom.js";

/**
 * Return a text with subscripts: "_x" or "_{xy}" in the source, after one letter.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function formulaNodes(text) {
  return text.split(/(?<![a-z]{2})(_\{\w+\}|_\w)/).map((part) =>
    /^_(\{\w+\}|\w)$/.test(part) ? element("sub", {}, part.replace(/[_{}]/g, "")) : part);
}
