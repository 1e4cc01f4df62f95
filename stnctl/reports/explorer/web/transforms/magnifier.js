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
const [LONGEST, STEEPEST] = [2.1, 255];
const HEAD = 9;

/** Length of the shortest arrow that is drawn, without its head. */
const SHORTEST = 4;

/** Slopes below this are shown as 0. */
const FLAT = 0.05;

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
        ? `${slopeWords(look, across, down)}${isWeighted(look) ? "" : AVERAGES}`
        : "The source point is far outside U.";
      if (!isNear) return drawing.replaceChildren();
      const x = (found.x - left + 0.5) * CELL;
      const y = (found.y - top + 0.5) * CELL;
      drawing.replaceChildren(
        ...cells(look, left, top), ...outlines(look, left, top), arrow(x, y, across, down),
        ...weights(look, left, top),
        svgElement("circle", { class: "source", cx: x, cy: y, r: 6 }),
      );
    },
  };
}

const AVERAGES = " Area interpolation weights averages; a single pixel has no weight of its own. The "
  + "table lists the averages.";

/** @param {Look} look @param {number} across @param {number} down slopes */
function slopeWords({ warp }, across, down) {
  if (warp.sampling.interpolation === "nearest") {
    return "No arrow: with nearest, V stays the same while the source point is in the same pixel.";
  }
  if (Math.hypot(across, down) < FLAT) {
    return "No arrow: U is flat here, so V does not change when the source point moves. Try a pixel "
      + "at an edge.";
  }
  const rates = `V changes by ${signed(across)} per pixel that the source point moves right, and by `
    + `${signed(down)} per pixel that it moves down.`;
  return arrowLength(across, down) >= SHORTEST
    ? `${rates} The arrow is this slope, ∂V/∂x and ∂V/∂y.` : `${rates} Too little for an arrow.`;
}

/** @param {Look} look @returns {boolean} whether the sampler reads pixels, not averages */
function isWeighted({ found }) {
  return !Number.isNaN(found.columns.first);
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
function* taps(look, left, top) {
  if (!isWeighted(look)) return;
  const { columns, rows } = look.found;
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < columns.count; j++) {
      const [row, column] = [rows.first + i - top, columns.first + j - left];
      yield { x: column * CELL, y: row * CELL, weight: columns.weight[j] * rows.weight[i] };
    }
  }
}

/** @param {Look} look @param {number} left @param {number} top */
function* outlines(look, left, top) {
  for (const { x, y } of taps(look, left, top)) {
    yield svgElement("rect", {
      class: "tap", x: x + 2, y: y + 2, width: CELL - 4, height: CELL - 4,
    });
  }
}

/** @param {Look} look @param {number} left @param {number} top */
function* weights(look, left, top) {
  for (const { x, y, weight } of taps(look, left, top)) {
    yield svgElement("rect", {
      class: "plate", x: x + 5, y: y + CELL - 24, width: CELL - 10, height: 19, rx: 3,
    });
    yield svgElement("text", {
      class: "weight", x: x + CELL / 2, y: y + CELL - 9, "text-anchor": "middle",
    }, fixed(weight, 2));
  }
}

/** @param {number} across @param {number} down slopes @returns {number} without the head */
function arrowLength(across, down) {
  return Math.min(Math.hypot(across, down) / STEEPEST, 1) * LONGEST * CELL;
}

/** @param {number} x @param {number} y @param {number} across @param {number} down slopes */
function arrow(x, y, across, down) {
  const slope = Math.hypot(across, down);
  const length = arrowLength(across, down);
  if (!(length >= SHORTEST)) return svgElement("path", { class: "arrow" });
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
