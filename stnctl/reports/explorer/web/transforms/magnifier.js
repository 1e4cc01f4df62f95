/** The pixels of U around a source point, enlarged, with their weights and the slope of V. */

import { element, svgElement } from "../app/dom.js";
import { locate } from "../geometry/padding.js";
import { halfSpan } from "../geometry/grid.js";
import { fixed, signed } from "./number_words.js";

/**
 * A pixel of V that is looked at.
 * @typedef {object} Look
 * @property {import("./warped_image.js").CurrentWarp} warp
 * @property {ReturnType<import("../geometry/sampler.js").Sampler["inspect"]>} found
 * @property {number} channel
 * @property {[number, number]} pixel row and column in V
 * @property {[number, number]} target its normalized point of V
 * @property {[number, number]} source its normalized point of U
 * @property {{ dx: Float64Array, dy: Float64Array }} slopes of the source point to each parameter
 */

const CELLS = 6;
const CELL = 56;

/** Length of the arrow of the steepest slope, in cells, and that slope. */
const [LONGEST, STEEPEST] = [2.4, 255];
const HEAD = 9;

export function createMagnifier() {
  const drawing = svgElement("svg", {
    class: "magnifier", viewBox: `0 0 ${CELLS * CELL} ${CELLS * CELL}`, role: "img",
    "aria-label": "Pixels of U around the source point",
  });
  const slope = element("p", { class: "muted", id: "slope" });
  return {
    root: element("div", {}, element("h4", {}, "Pixels of U around the source point"), drawing, slope),

    /** @param {Look} look */
    update(look) {
      const { found, warp, channel } = look;
      const [left, top] = [Math.floor(found.x) - 2, Math.floor(found.y) - 2];
      const isNear = Math.abs(found.x) < 1e6 && Math.abs(found.y) < 1e6;
      const half = halfSpan(warp.inputSize, warp.sampling.alignCorners);
      const [across, down] = [found.dx[channel] / half[0], found.dy[channel] / half[1]];
      slope.textContent = isNear
        ? `If the source point moves right by one pixel, V changes at the rate ${signed(across)}; `
          + `if it moves down, at ${signed(down)}. The arrow is this slope, ∂V/∂x and ∂V/∂y.`
        : "The source point is far outside U.";
      if (!isNear) return drawing.replaceChildren();
      const x = (found.x - left + 0.5) * CELL;
      const y = (found.y - top + 0.5) * CELL;
      drawing.replaceChildren(
        ...cells(look, left, top), ...weights(look, left, top), arrow(x, y, across, down),
        svgElement("circle", { class: "source", cx: x, cy: y, r: 6 }),
      );
    },
  };
}

/** @param {Look} look @param {number} left @param {number} top */
function* cells({ warp }, left, top) {
  const { sampling, inputSize, image, sampler } = warp;
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const [y, x] = [row + top, column + left];
      const from = [y, x].map((index, axis) =>
        locate(index, inputSize[axis], sampling.padding, sampling.alignCorners));
      const place = (from[0] * inputSize[1] + from[1]) * 4;
      const outside = from[0] < 0 || from[1] < 0;
      const color = [0, 1, 2].map((c) => Math.round(outside ? sampler.fill[c] : image.U.data[place + c]));
      const inside = y >= 0 && x >= 0 && y < inputSize[0] && x < inputSize[1];
      yield svgElement("rect", {
        class: inside ? "cell" : "cell outside", x: column * CELL, y: row * CELL,
        width: CELL, height: CELL, fill: `rgb(${color.join()})`,
      });
    }
  }
}

/** @param {Look} look @param {number} left @param {number} top */
function* weights({ found }, left, top) {
  const { columns, rows } = found;
  if (Number.isNaN(columns.first)) return;
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < columns.count; j++) {
      const [row, column] = [rows.first + i - top, columns.first + j - left];
      yield svgElement("rect", {
        class: "tap", x: column * CELL + 2, y: row * CELL + 2, width: CELL - 4, height: CELL - 4,
      });
      yield svgElement("rect", {
        class: "plate", x: column * CELL + 5, y: (row + 1) * CELL - 24, width: CELL - 10, height: 19,
        rx: 3,
      });
      yield svgElement("text", {
        class: "weight", x: (column + 0.5) * CELL, y: (row + 1) * CELL - 9, "text-anchor": "middle",
      }, fixed(columns.weight[j] * rows.weight[i], 2));
    }
  }
}

/** @param {number} x @param {number} y @param {number} across @param {number} down slopes */
function arrow(x, y, across, down) {
  const slope = Math.hypot(across, down);
  const length = Math.min(slope / STEEPEST, 1) * LONGEST * CELL;
  if (!(length > 1)) return svgElement("path", { class: "arrow" });
  const [ux, uy] = [across / slope, down / slope];
  const full = length + HEAD;
  const [endX, endY] = [x + ux * full, y + uy * full];
  const [backX, backY] = [endX - ux * HEAD, endY - uy * HEAD];
  return svgElement("path", {
    class: "arrow",
    d: `M${x} ${y}L${backX} ${backY}M${endX} ${endY}L${backX - uy * 5} ${backY + ux * 5}`
      + `L${backX + uy * 5} ${backY - ux * 5}Z`,
  });
}
