/** Equations 3 to 7 of the paper, in plain HTML. */

import { element } from "../app/dom.js";

/** Number, formula, and a sentence. @type {[string, string, string][]} */
const EQUATIONS = [
  ["3", "V_i = Σ_n Σ_m U_{nm} k(x_i − m) k(y_i − n)",
    "Pixel i of V is a weighted sum of the pixels of U: n counts rows, m counts columns, and "
    + "(x_i, y_i) is the source point in pixels. The kernel k gives the weights. Nearly all are 0; "
    + "the table has the others."],
  ["4", "V_i = Σ_n Σ_m U_{nm} δ(⌊x_i + 0.5⌋ − m) δ(⌊y_i + 0.5⌋ − n)",
    "Nearest: δ is 1 at 0 and else 0, so only the nearest pixel counts. The derivative to theta is "
    + "0: a network with it can't learn to move the frame."],
  ["5", "V_i = Σ_n Σ_m U_{nm} max(0, 1 − |x_i − m|) max(0, 1 − |y_i − n|)",
    "Bilinear: the four pixels around the source point; the closer, the more. Between pixels, V is "
    + "an average of them, so it looks blurred where it shows U larger."],
  ["6", "∂V_i/∂U_{nm} = max(0, 1 − |x_i − m|) max(0, 1 − |y_i − n|)",
    "The derivative to a pixel of U is its weight. So the layers before a transformer can learn."],
  ["7", "∂V_i/∂x_i = Σ_n Σ_m U_{nm} max(0, 1 − |y_i − n|) · (1 if m ≥ x_i, else −1; 0 if |m − x_i| ≥ 1)",
    "The derivative to the source point: the pixels on the right minus those on the left. The same "
    + "holds for y."],
  ["", "∂V_i/∂θ = ∂V_i/∂x_i · ∂x_i/∂θ + ∂V_i/∂y_i · ∂y_i/∂θ",
    "By the chain rule, the derivative reaches theta, and through theta the localization network, "
    + "which learns to move the frame."],
];

/** Return the equations as a list of terms and descriptions. */
export function equations() {
  return element(
    "details", { class: "equations" },
    element("summary", {}, "The same as equations 3 to 7 of the paper"),
    element("dl", {}, ...EQUATIONS.flatMap(([number, formula, sentence]) => [
      element("dt", {}, element("span", { class: "formula" }, ...formulaNodes(formula)),
        number ? element("span", { class: "muted" }, ` (${number})`) : null),
      element("dd", {}, ...formulaNodes(sentence)),
    ])),
  );
}

/**
 * Return a text with subscripts: "_x" or "_{xy}" in the source.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function formulaNodes(text) {
  return text.split(/(_\{\w+\}|_\w)/).map((part) => {
    if (!part.startsWith("_")) return part;
    return element("sub", {}, part.replace(/[_{}]/g, ""));
  });
}
