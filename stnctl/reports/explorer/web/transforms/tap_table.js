/** The pixels that the sampler reads for a pixel of V, with their weights and the sum. */

import { element } from "../app/dom.js";
import { averagedPixels } from "../geometry/area.js";
import { fixed } from "./number_words.js";

/** @typedef {import("./magnifier.js").Look} Look */

/** Largest number of products that the line below V lists. */
const MOST_PRODUCTS = 4;

const VALUE_NOTE = "Values are brightness, from 0 (black) to 255.";
const SPLINE_NOTE = "A spline does not weight the pixels themselves but coefficients, chosen so that "
  + "it passes through all pixels.";
const AREA_NOTE = "Area weights averages of 1, 2, 4, … pixels, so that V does not flicker where it "
  + "shows U smaller.";

export function createTapTable() {
  const body = element("tbody");
  const placeHead = element("th", { scope: "col" });
  const valueHead = element("th", { scope: "col" });
  const table = element(
    "table", { class: "numbers", id: "taps" },
    element("thead", {}, element("tr", {},
      placeHead, valueHead,
      element("th", { scope: "col" }, "Weight"), element("th", { scope: "col" }, "Product"))),
    body,
  );
  const note = element("p", { class: "muted" });
  const sumLine = element("span", { class: "sum-line numbers", id: "sum" });
  return {
    sumLine,
    root: element("div", {}, element("h4", {}, "The sum that gives V"), table, note),

    /** Update the sum in one line. @param {Look} look */
    updateLine(look) {
      const found = products(look);
      const sum = fixed(found.reduce((total, { product }) => total + product, 0), 0);
      const terms = found.map(({ weight, value }) => `${fixed(weight, 2)} × ${fixed(value, 0)}`);
      sumLine.textContent = found.length <= MOST_PRODUCTS
        ? `This pixel: ${terms.join(" + ")} = ${sum}`
        : `This pixel: a sum of ${found.length} products = ${sum}`;
    },

    /** @param {Look} look */
    update(look) {
      const { interpolation } = look.warp.sampling;
      const isSpline = interpolation === "quadratic" || interpolation === "cubic";
      const isArea = interpolation === "area";
      placeHead.textContent = isArea ? "Rows, columns" : "Row, column";
      valueHead.textContent = isSpline ? "Coefficient" : isArea ? "Average" : "Value of U";
      note.textContent = isSpline ? SPLINE_NOTE : isArea ? AREA_NOTE : VALUE_NOTE;
      const found = products(look);
      const sum = found.reduce((total, { product }) => total + product, 0);
      const shown = Math.round(Math.min(Math.max(sum, 0), 255));
      const isClipped = sum < -0.5 || sum > 255.5;
      body.replaceChildren(
        ...found.map(({ place, value, factors, product }) =>
          line([place, fixed(value, 1), factors, fixed(product, 2)])),
        element("tr", { class: "sum" },
          element("th", { scope: "row", colspan: 3 },
            isClipped ? `V, shown as ${shown}: the sum is outside 0 to 255` : "V, the sum"),
          element("td", { id: "pixel-value" }, fixed(sum, 2))),
      );
    },
  };
}

/** Return the products that sum to V. @param {Look} look */
export function products({ warp, found, channel }) {
  const isArea = warp.sampling.interpolation === "area";
  const { columns, rows } = found;
  const all = [];
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < columns.count; j++) {
      const weight = columns.weight[j] * rows.weight[i];
      if (isArea && weight === 0) continue;
      const value = warp.sampler.pixel(rows.index[i], columns.index[j], channel);
      all.push({
        place: isArea
          ? averagePlace(rows.index[i], columns.index[j], warp)
          : pixelPlace(rows.first + i, columns.first + j, warp.inputSize),
        value, weight, product: weight * value,
        factors: `${fixed(rows.weight[i], 3)} × ${fixed(columns.weight[j], 3)}`,
      });
    }
  }
  return all;
}

/** @param {number} row @param {number} column @param {[number, number]} size */
function pixelPlace(row, column, size) {
  const inside = row >= 0 && column >= 0 && row < size[0] && column < size[1];
  return `${fixed(row, 0)}, ${fixed(column, 0)}${inside ? "" : " (outside)"}`;
}

/**
 * @param {number} row @param {number} column indices among the averages
 * @param {import("./warped_image.js").CurrentWarp} warp
 */
function averagePlace(row, column, { inputSize, sampling }) {
  const ranges = [row, column].map((index, axis) =>
    averagedPixels(index, inputSize[axis], sampling.padding));
  if (ranges.includes(null)) return "outside";
  return ranges.map((range) => [...new Set(range)].join("–")).join(", ");
}

/** @param {string[]} texts */
function line(texts) {
  return element("tr", {}, ...texts.map((text) => element("td", {}, text)));
}
