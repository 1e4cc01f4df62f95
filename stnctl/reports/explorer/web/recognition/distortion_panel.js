/** Sliders that distort U. */

import { element } from "../app/dom.js";
import { UNDISTORTED } from "../network/distortion.js";
import { createSlider } from "./controls.js";
import { turned } from "./number_text.js";
import { LIMITS } from "./slices.js";

/** @typedef {keyof import("../network/distortion.js").Distortion} Name */

/** @type {{name: Name, label: string, step: number, text: (value: number) => string}[]} */
const SLIDERS = [
  { name: "rotation", label: "Rotate", step: 1, text: (value) => turned(value) },
  { name: "scale", label: "Scale", step: 0.05, text: (value) => `${value.toFixed(2)} times` },
  {
    name: "shiftX",
    label: "Shift across",
    step: 1,
    text: (value) => moved(value, "right", "left"),
  },
  { name: "shiftY", label: "Shift down", step: 1, text: (value) => moved(value, "down", "up") },
  {
    name: "clutter",
    label: "Clutter",
    step: 1,
    text: (value) => (value === 1 ? "1 piece" : `${value} pieces`),
  },
];

/**
 * Return the sliders, which write the distortion to the store.
 * @param {import("../app/context.js").Context} context
 */
export function createDistortionPanel({ store }) {
  const sliders = SLIDERS.map(({ name, label, step, text }) => {
    const [min, max] = LIMITS[name];
    const slider = createSlider({
      label,
      min,
      max,
      step,
      text,
      write: (value, undo) =>
        store.set("distort", { ...store.get("distort"), [name]: value }, { undo }),
    });
    return { name, slider };
  });
  function update() {
    sliders.forEach(({ name, slider }) => slider.show(store.get("distort")[name]));
  }
  store.subscribe(["distort"], update);
  update();
  return element(
    "fieldset",
    { class: "card distortion" },
    element("legend", {}, "Distort it: does the frame follow?"),
    element("div", { class: "sliders" }, ...sliders.map(({ slider }) => slider.row)),
    element(
      "button",
      { type: "button", onclick: () => store.set("distort", UNDISTORTED) },
      "No distortion",
    ),
  );
}

/** @param {number} pixels @param {string} positive @param {string} negative */
function moved(pixels, positive, negative) {
  return pixels ? `${Math.abs(pixels)} px ${pixels > 0 ? positive : negative}` : "0 px";
}
