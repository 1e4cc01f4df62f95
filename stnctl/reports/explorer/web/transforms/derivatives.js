/** The derivatives of a pixel of V to theta: as arrows of its source point, and as numbers. */

import { element, svgElement } from "../app/dom.js";
import { halfSpan } from "../geometry/grid.js";
import { signed } from "./number_words.js";
import { parameterWords, symbolNodes } from "./parameter_words.js";

/** @typedef {import("./magnifier.js").Look} Look */

/** Largest number of parameters in the table; those with the largest derivatives. */
const MOST_ROWS = 8;
const [ICON, REACH] = [44, 18];

/** Length of the shortest arrow that is drawn; a shorter one is a dot. */
const SHORTEST = 4;

export function createDerivatives() {
  const body = element("tbody");
  const note = element("p", { class: "muted" });
  return {
    root: element(
      "div", {},
      element("h4", {}, "How this pixel changes with theta: ∂V/∂θ"),
      element("p", {}, "When a parameter grows, the source point moves along the arrow. Its motion, "
        + "times the slope of U there, is the change of V. Training follows this number."),
      element("table", { class: "numbers", id: "derivatives" },
        element("thead", {}, element("tr", {},
          element("th", { scope: "col" }, "Parameter"),
          element("th", { scope: "col" }, "Motion in pixels: right, down"),
          element("th", { scope: "col" }, "∂V/∂θ"))),
        body),
      note,
    ),

    /** @param {Look} look */
    update({ warp, found, channel, slopes }) {
      const { transform, inputSize, sampling } = warp;
      const half = halfSpan(inputSize, sampling.alignCorners);
      const all = transform.parameters.map((name, k) => ({
        name,
        x: slopes.dx[k] * half[0],
        y: slopes.dy[k] * half[1],
        value: found.dx[channel] * slopes.dx[k] + found.dy[channel] * slopes.dy[k],
      }));
      const isLong = all.length > MOST_ROWS;
      const shown = isLong
        ? [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_ROWS) : all;
      const longest = Math.max(...shown.map(({ x, y }) => Math.hypot(x, y)), 1e-9);
      note.textContent = isLong
        ? `The ${MOST_ROWS} largest of ${all.length}.`
        : transform.parameters.includes("angle") ? "The angle α counts in radians here." : "";
      body.replaceChildren(...shown.map(({ name, x, y, value }) => element(
        "tr", {},
        element("th", { scope: "row" }, ...symbolNodes(parameterWords(name).symbol)),
        element("td", {}, icon(x / longest, y / longest),
          ` ${signed(x)}, ${signed(y)}`),
        element("td", {}, signed(value)),
      )));
    },
  };
}

/** @param {number} x @param {number} y motion, at most 1 long */
function icon(x, y) {
  const drawing = svgElement("svg", {
    class: "motion", viewBox: `${-ICON / 2} ${-ICON / 2} ${ICON} ${ICON}`, "aria-hidden": "true",
  }, svgElement("circle", { r: 2.5 }));
  const length = Math.hypot(x, y);
  if (length * REACH >= SHORTEST) {
    const [endX, endY] = [x * REACH, y * REACH];
    const head = Math.min(6, (length * REACH) / 2);
    const wing = (2 * head) / 3;
    const [ux, uy] = [x / length, y / length];
    const [backX, backY] = [endX - ux * head, endY - uy * head];
    drawing.append(svgElement("path", {
      d: `M0 0L${endX} ${endY}M${backX - uy * wing} ${backY + ux * wing}L${endX} ${endY}`
        + `L${backX + uy * wing} ${backY - ux * wing}`,
    }));
  }
  return drawing;
}
