/** Where the value of a pixel of V comes from: the equations of the paper with its numbers. */

import { element } from "../app/dom.js";
import { axisPoints } from "../geometry/grid.js";
import { createDerivatives } from "./derivatives.js";
import { createEquations } from "./equations.js";
import { createMagnifier } from "./magnifier.js";
import { fixed } from "./number_words.js";
import { createTapTable } from "./tap_table.js";

/** @typedef {import("./magnifier.js").Look} Look */
/** @typedef {import("./model.js").Model} Model */

const CHANNELS = ["red", "green", "blue"];

/** @param {Model} model */
export function createPixelView(model) {
  const sentence = element("p", { id: "pixel-sentence" });
  const channelSelect = element(
    "select", { id: "channel", onchange: chooseChannel },
    ...CHANNELS.map((name, k) => element("option", { value: String(k) }, name)),
  );
  const channelField = element(
    "p", { class: "field" }, element("label", { for: "channel" }, "Channel "), channelSelect,
  );
  const magnifier = createMagnifier();
  const taps = createTapTable();
  const derivatives = createDerivatives();
  const equations = createEquations();
  /** @type {Look | null} */
  let look = null;

  function chooseChannel() {
    if (look === null) return;
    update(look.pixel);
    updateDetails();
  }

  /**
   * Show the sum for a pixel of V, and return its source point, normalized.
   * @param {[number, number]} place row and column
   * @returns {[number, number]}
   */
  function update([row, column]) {
    const warp = model.warp();
    const { sampler, rows, outputSize, image, transform, state, sampling } = warp;
    const x = axisPoints(outputSize[1], sampling.alignCorners)[column];
    const y = axisPoints(outputSize[0], sampling.alignCorners)[row];
    look = {
      warp,
      found: sampler.inspect(rows, outputSize, row, column),
      channel: image.isGray ? 0 : Number(channelSelect.value),
      pixel: [row, column],
      target: [x, y],
      source: transform.point(state.theta, x, y),
      slopes: transform.jacobian(state.theta, x, y),
    };
    taps.updateLine(look);
    return look.source;
  }

  /** Show the parts below the sum in one line. */
  function updateDetails() {
    if (look === null) return;
    const { pixel, target, source, found } = look;
    channelField.hidden = look.warp.image.isGray;
    sentence.textContent = `Pixel of V in row ${pixel[0]}, column ${pixel[1]}: the point `
      + `(${fixed(target[0], 2)}, ${fixed(target[1], 2)}) of V. Theta maps it to the point `
      + `(${fixed(source[0], 2)}, ${fixed(source[1], 2)}) of U, which is ${fixed(found.x, 2)} pixels to the `
      + `right and ${fixed(found.y, 2)} pixels down from the center of the first pixel.`;
    magnifier.update(look);
    taps.update(look);
    derivatives.update(look);
    equations.update(look);
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
      equations.root,
    ),
    update,
    updateDetails,
  };
}
