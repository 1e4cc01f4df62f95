/** Formulas in plain HTML. */

import { element } from "../app/dom.js";

/**
 * Return a text with subscripts: "_x" or "_{xy}" in the source.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function formulaNodes(text) {
  return text.split(/(_\{\w+\}|_\w)/).map((part) =>
    part.startsWith("_") ? element("sub", {}, part.replace(/[_{}]/g, "")) : part);
}
