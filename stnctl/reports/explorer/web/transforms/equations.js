/** Equations 1 and 3 to 7 of the paper, in plain HTML, with the numbers of the current pixel. */

import { element } from "../app/dom.js";
import { halfSpan } from "../geometry/grid.js";
import { formulaNodes } from "./formula.js";
import { fixed, signed } from "./number_words.js";
import { parameterWords } from "./parameter_words.js";
import { products } from "./tap_table.js";

/** @typedef {import("./magnifier.js").Look} Look */

/**
 * @typedef {object} Equation
 * @property {string} number in the paper, or ""
 * @property {string} formula
 * @property {string} sentence
 * @property {(look: Look) => string} here the formula with the numbers of a pixel
 */

/** @type {Equation[]} */
const EQUATIONS = [
  {
    number: "1",
    formula: "x = a x_V + b y_V + t_x, y = c x_V + d y_V + t_y",
    sentence: "The affine map. (x_V, y_V) is the place of the pixel in V, and (x, y) its source point "
      + "in U, both from −1 to 1. Other transforms have their own formula here, the one below the "
      + "sliders.",
    here: mapHere,
  },
  {
    number: "",
    formula: "x_i = (x + 1)(W − 1) / 2 with align_corners, x_i = ((x + 1) W − 1) / 2 without",
    sentence: "From −1…1 to pixels of U, which has W columns, the first with number 0. With "
      + "align_corners, −1 and 1 are the centers of the first and the last column; without, they are "
      + "their outer edges. The same holds for y and the H rows.",
    here: pixelsHere,
  },
  {
    number: "3",
    formula: "V_i = Σ_n Σ_m U_{nm} k(x_i − m) k(y_i − n)",
    sentence: "Pixel i of V is a weighted sum of the pixels of U: n counts rows, m counts columns, "
      + "and (x_i, y_i) is the source point in pixels. The kernel k gives the weights. Nearly all "
      + "are 0; the table above has the others. The paper also writes the channel c, which is left out "
      + "here: each color has its own sum.",
    here: sumHere,
  },
  {
    number: "4",
    formula: "V_i = Σ_n Σ_m U_{nm} δ(⌊x_i + 0.5⌋ − m) δ(⌊y_i + 0.5⌋ − n)",
    sentence: "Nearest: δ is 1 at 0 and else 0, so only the nearest pixel counts. V has steps and "
      + "its derivative with respect to theta is 0: a network with it can't learn to move the frame.",
    here: ({ found }) => `⌊${fixed(found.x, 2)} + 0.5⌋ = ${fixed(Math.floor(found.x + 0.5), 0)}, `
      + `⌊${fixed(found.y, 2)} + 0.5⌋ = ${fixed(Math.floor(found.y + 0.5), 0)}`,
  },
  {
    number: "5",
    formula: "V_i = Σ_n Σ_m U_{nm} max(0, 1 − |x_i − m|) max(0, 1 − |y_i − n|)",
    sentence: "Bilinear: the four pixels around the source point; the closer, the more. V is an "
      + "average of them, so it looks blurred where it shows U larger.",
    here: ({ found }) => {
      const [x, y] = [found.x - Math.floor(found.x), found.y - Math.floor(found.y)];
      return `the point is ${fixed(x, 2)} to the right of a column and ${fixed(y, 2)} below a row, `
        + `so the weights are ${fixed(1 - x, 2)} and ${fixed(x, 2)} across, ${fixed(1 - y, 2)} and `
        + `${fixed(y, 2)} down`;
    },
  },
  {
    number: "6",
    formula: "∂V_i/∂U_{nm} = max(0, 1 − |x_i − m|) max(0, 1 − |y_i − n|)",
    sentence: "The derivative with respect to a pixel of U is its weight. So the layers before a "
      + "transformer can learn.",
    here: (look) => {
      const [largest] = products(look).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
      const isArea = look.warp.sampling.interpolation === "area";
      const pixel = isArea ? "the first average" : `the pixel in row and column ${largest.place}`;
      return `if ${pixel} grows by 1, V grows by ${fixed(largest.weight, 3)}`;
    },
  },
  {
    number: "7",
    formula: "∂V_i/∂x_i = Σ_n Σ_m U_{nm} max(0, 1 − |y_i − n|) g, with g = 1 if m ≥ x_i, g = −1 if "
      + "m < x_i, and g = 0 if |m − x_i| ≥ 1",
    sentence: "The derivative with respect to the source point: the pixels on the right minus those on "
      + "the left, each times its weight down. At whole x_i the formula gives U itself, which is no "
      + "slope; there, the page takes the slope to the right. The same holds for y, with the slope "
      + "down.",
    here: (look) => {
      const [across, down] = pixelSlopes(look);
      return `∂V/∂x = ${signed(across)} and ∂V/∂y = ${signed(down)}`;
    },
  },
  {
    number: "",
    formula: "∂V_i/∂θ = ∂V_i/∂x_i · ∂x_i/∂θ + ∂V_i/∂y_i · ∂y_i/∂θ",
    sentence: "By the chain rule, the derivative reaches theta, and through theta the localization "
      + "network, which learns to move the frame.",
    here: chainHere,
  },
];

/** Largest number of products in the line of equation 3. */
const MOST_PRODUCTS = 4;

export function createEquations() {
  const lines = EQUATIONS.map(() => element("span", { class: "numbers" }));
  return {
    root: element(
      "div", { class: "equations", id: "equations" },
      element("h4", {}, "The same as equations 1 and 3 to 7 of the paper"),
      element("dl", {}, ...EQUATIONS.flatMap(({ number, formula, sentence }, k) => [
        element("dt", {}, element("span", { class: "formula" }, ...formulaNodes(formula)),
          number ? element("span", { class: "muted" }, ` (${number})`) : null),
        element("dd", {}, ...formulaNodes(sentence), " Here: ", lines[k], "."),
      ])),
    ),
    /** @param {Look} look */
    update(look) {
      EQUATIONS.forEach(({ here }, k) => {
        lines[k].replaceChildren(...formulaNodes(here(look)));
      });
    },
  };
}

/** @param {Look} look */
function mapHere({ warp, target: [x, y], source }) {
  const matrix = warp.transform.matrix(warp.state.theta);
  if (matrix === null || matrix[6] !== 0 || matrix[7] !== 0) {
    return `(${fixed(x, 2)}, ${fixed(y, 2)}) is mapped to (${fixed(source[0], 2)}, `
      + `${fixed(source[1], 2)})`;
  }
  return [0, 1].map((row) => {
    const [fromX, fromY, shift] = matrix.slice(3 * row, 3 * row + 3).map((entry) => fixed(entry, 2));
    return `${"xy"[row]} = ${fromX} × ${fixed(x, 2)} + ${fromY} × ${fixed(y, 2)} + ${shift} = `
      + fixed(source[row], 2);
  }).join(", ");
}

/** @param {Look} look */
function pixelsHere({ warp: { inputSize: [, width], sampling }, source: [x], found }) {
  if (width === 1) return "U has one column";
  const [start, pixels] = [`${fixed(x, 2)} + 1`, `= ${fixed(found.x, 2)}`];
  return sampling.alignCorners
    ? `with align_corners, x_i = (${start})(${width} − 1) / 2 ${pixels}`
    : `without align_corners, x_i = ((${start}) ${width} − 1) / 2 ${pixels}`;
}

/** @param {Look} look */
function sumHere(look) {
  const all = products(look).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const sum = all.reduce((total, { product }) => total + product, 0);
  const terms = all.slice(0, MOST_PRODUCTS)
    .map(({ weight, value }) => `${fixed(weight, 2)} × ${fixed(value, 0)}`);
  return `${terms.join(" + ")}${all.length > MOST_PRODUCTS ? " + …" : ""} = ${fixed(sum, 1)}`;
}

/** Return the derivatives of V to x and y of the source point, per pixel. @param {Look} look */
function pixelSlopes({ warp, found, channel }) {
  const half = halfSpan(warp.inputSize, warp.sampling.alignCorners);
  return [found.dx[channel] / half[0], found.dy[channel] / half[1]];
}

/** Return the chain rule for the parameter with the largest derivative. @param {Look} look */
function chainHere(look) {
  const { warp, slopes } = look;
  const half = halfSpan(warp.inputSize, warp.sampling.alignCorners);
  const [across, down] = pixelSlopes(look);
  const all = warp.transform.parameters.map((name, k) => {
    const [x, y] = [slopes.dx[k] * half[0], slopes.dy[k] * half[1]];
    return { name, x, y, value: across * x + down * y };
  });
  const { name, x, y, value } = all.sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0];
  const symbol = parameterWords(name).symbol.replace("_", "");
  return `for ${symbol}, ${signed(across)} × ${signed(x)} + ${signed(down)} × ${signed(y)} = `
    + `${signed(value)}`;
}
