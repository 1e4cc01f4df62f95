/** Where the value of a pixel of V comes from: equations 3 to 7 of the paper with its numbers. */

import { element } from "../app/dom.js";
import { axisPoints } from "../geometry/grid.js";
import { createDerivatives } from "./derivatives.js";
import { equations } from "./equations.js";
import { createMagnifier } from "./magnifier.js";
import { createTapTable } from "./tap_table.js";

/** @typedef {import("./model.js").Model} Model */

const CHANNELS = ["red", "green", "blue"];

/** @param {Model} model */
export function createPixelView(model) {
  const sentence = element("p", { id: "pixel-sentence" });
  const channelSelect = element(
    "select", { id: "channel", onchange: () => update(last) },
    ...CHANNELS.map((name, k) => element("option", { value: String(k) }, name)),
  );
  const channelField = element(
    "p", { class: "field" }, element("label", { for: "channel" }, "Channel "), channelSelect,
  );
  const magnifier = createMagnifier();
  const taps = createTapTable();
  const derivatives = createDerivatives();
  /** @type {[number, number]} */
  let last = [0, 0];

  /**
   * Show a pixel of V, and return its source point, normalized.
   * @param {[number, number]} place row and column
   * @returns {[number, number]}
   */
  function update(place) {
    last = place;
    const warp = model.warp();
    const { sampler, rows, outputSize, image, transform, state, sampling } = warp;
    const [row, column] = place;
    const found = sampler.inspect(rows, outputSize, row, column);
    const channel = image.isGray ? 0 : Number(channelSelect.value);
    channelField.hidden = image.isGray;
    const x = axisPoints(outputSize[1], sampling.alignCorners)[column];
    const y = axisPoints(outputSize[0], sampling.alignCorners)[row];
    const source = transform.point(state.theta, x, y);
    const slopes = transform.jacobian(state.theta, x, y);
    const look = { warp, found, channel, target: /** @type {[number, number]} */ ([x, y]), slopes };
    sentence.textContent = `Pixel of V in row ${row}, column ${column}: the point (${fixed(x)}, `
      + `${fixed(y)}) of V. Theta maps it to the point (${fixed(source[0])}, ${fixed(source[1])}) `
      + `of U, which is ${fixed(found.x)} pixels to the right and ${fixed(found.y)} pixels down `
      + "from the center of the first pixel.";
    magnifier.update(look);
    taps.update(look);
    derivatives.update(look);
    return source;
  }

  return {
    /** The sum in one line. */
    sum: taps.sumLine,
    root: element(
      "div", { class: "pixel", id: "pixel-view", tabindex: -1 },
      element("h3", {}, "Why V looks so"),
      element("p", {}, "Point at a pixel of V, tap it, or move over V with the arrow keys."),
      sentence, channelField,
      element("div", { class: "panel" }, magnifier.root, taps.root),
      derivatives.root,
      equations(),
    ),
    update,
  };
}

/** @param {number} value */
function fixed(value) {
  const text = Math.abs(value) < 1e6 ? value.toFixed(2) : value.toExponential(1);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
