/** Source of the digit: the pad with the centered drawing, or the digits of the run. */

import { element } from "../app/dom.js";
import { UNDISTORTED } from "../network/distortion.js";
import { boxSide } from "../network/drawing.js";
import { createDigitStrip } from "./digit_strip.js";
import { createDrawingPad } from "./drawing_pad.js";
import { clearMap, drawMap, mapCanvas } from "./maps.js";
import { DRAWN, canDraw, firstDigit } from "./slices.js";

/**
 * Return the panel, and a function that shows the steps of an input.
 * @param {import("../app/context.js").Context} context
 * @param {import("../network/run.js").Run} run
 * @param {import("../network/decode.js").Tensor[]} digits
 */
export function createSourcePanel(context, run, digits) {
  const { store } = context;
  const pad = createDrawingPad(context);
  const strip = createDigitStrip(context, run, digits);
  const image = mapCanvas("The drawing as the network's data has it");
  const centering = element("input", { type: "checkbox", id: "centering" });
  centering.addEventListener("change", () => store.set("centering", centering.checked));
  const step = element("figcaption");
  const clear = element("button", { type: "button", onclick: pad.clear }, "Clear the pad");
  const label = element("label", { class: "switch", for: "centering" }, centering);
  const [height, width] = run.imageSize;
  label.append("Center it as MNIST does");
  const drawn = element(
    "div",
    { class: "drawn" },
    element(
      "figure",
      {},
      element("figcaption", {}, "Your drawing"),
      pad.canvas,
      element("div", { class: "buttons" }, clear),
    ),
    element("figure", { class: "centered" }, step, image, label),
  );
  const buttons = [
    { text: "Draw a digit", index: DRAWN },
    { text: "A digit of the run", index: firstDigit(run) },
  ].map(({ text, index }) => {
    const isPad = index === DRAWN;
    const button = element("button", { type: "button", onclick: () => choose(index) }, text);
    return { button, isPad };
  });
  const panel = element(
    "div",
    {},
    canDraw(run)
      ? element("div", { class: "buttons" }, ...buttons.map((each) => each.button))
      : null,
    drawn,
    strip,
  );

  /** @param {number} index */
  function choose(index) {
    if ((store.get("digit") === DRAWN) === (index === DRAWN)) return;
    store.set("distort", UNDISTORTED, { undo: false });
    store.set("digit", index);
  }

  /** @param {import("./input.js").Input} input */
  function show(input) {
    const isDrawn = store.get("digit") === DRAWN;
    drawn.hidden = !isDrawn;
    strip.hidden = isDrawn;
    for (const { button, isPad } of buttons) {
      button.setAttribute("aria-pressed", String(isPad === isDrawn));
    }
    if (!isDrawn) return;
    centering.checked = store.get("centering");
    step.textContent = centering.checked
      ? `Centered, ${boxSide(height, width)} pixels in size`
      : "Not centered";
    pad.show(input);
    const shape = [height, width, 1];
    if (input.image) drawMap(image, { shape, data: input.image.data });
    else clearMap(image, shape);
  }
  return { panel, show };
}
