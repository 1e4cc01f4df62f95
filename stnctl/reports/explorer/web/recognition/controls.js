/** Sliders and lists that write to the store. */

import { element } from "../app/dom.js";

let count = 0;

/**
 * Return a labelled slider.
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {number} options.step
 * @param {(value: number) => string} options.text the value in words
 * @param {(value: number, undo: boolean) => void} options.write
 */
export function createSlider({ label, min, max, step, text, write }) {
  const id = `network-slider-${++count}`;
  const input = element("input", { type: "range", id, min, max, step });
  const output = element("output", { for: id, class: "numbers" });
  input.addEventListener("input", () => write(Number(input.value), false));
  input.addEventListener("change", () => write(Number(input.value), true));
  const row = element(
    "div",
    { class: "slider" },
    element("label", { for: id }, label),
    output,
    input,
  );
  return {
    row,
    input,
    /** @param {number} value */
    show(value) {
      input.value = String(value);
      output.textContent = text(value);
      input.setAttribute("aria-valuetext", text(value));
    },
  };
}

/**
 * Return a labelled list of choices.
 * @param {string} label
 * @param {string[]} texts
 * @param {(index: number) => void} write
 */
export function createChoice(label, texts, write) {
  const id = `network-choice-${++count}`;
  const select = element(
    "select",
    { id },
    ...texts.map((text, k) => element("option", { value: k }, text)),
  );
  select.addEventListener("change", () => write(Number(select.value)));
  const row = element("div", { class: "choice" }, element("label", { for: id }, label), select);
  return {
    row,
    /** @param {number} index */
    show(index) {
      select.value = String(index);
    },
  };
}
