/** Sliders and number fields for the parameters of a family. */

import { element } from "../app/dom.js";
import { parameterWords, symbolNodes } from "./parameter_words.js";

/** @typedef {import("./model.js").Model} Model */

/** Largest number that a field takes. */
const LARGEST_NUMBER = 1000;

/** Number of parameters above which there are no sliders. */
const MOST_SLIDERS = 8;

/** @param {Model} model */
export function createSliders(model) {
  const root = element("div", { class: "parameters" });
  /** @type {{ range: HTMLInputElement, field: HTMLInputElement, unit: number }[]} */
  let rows = [];
  let shown = "";

  /** @param {number} index @param {number} value @param {boolean} undo */
  function setParameter(index, value, undo) {
    if (!Number.isFinite(value) || Math.abs(value) > LARGEST_NUMBER) return;
    const theta = [...model.warp().state.theta];
    theta[index] = value;
    model.setTheta(theta, { undo });
  }

  /** @param {string} name @param {[number, number]} bounds @param {number} index */
  function parameterRow(name, bounds, index) {
    const { symbol, meaning, unit, suffix, step } = parameterWords(name);
    const id = `parameter-${name}`;
    /** @param {boolean} undo */
    const read = (undo) => (/** @type {Event} */ event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      if (value !== "") setParameter(index, Number(value) * unit, undo);
    };
    const [low, high] = bounds.map((bound) => bound / unit);
    const range = element("input", {
      type: "range", id, min: low, max: high, step, oninput: read(false), onchange: read(true),
    });
    const label = `${symbol.replace("_", " ")}${meaning ? `, ${meaning}` : ""}`;
    const field = element("input", {
      type: "number", step, "aria-label": `${label}, as a number`, "data-parameter": name,
      onchange: read(true),
    });
    const row = element(
      "div", { class: "parameter" },
      element("label", { for: id }, ...symbolNodes(symbol), meaning ? ` ${meaning}` : null),
      range,
      element("span", { class: "field" }, field, suffix),
    );
    return { row, range, field, unit };
  }

  return {
    root,
    update() {
      const { transform, state } = model.warp();
      const key = transform.numParams > MOST_SLIDERS ? "" : transform.name;
      if (key !== shown || root.childElementCount === 0) {
        const names = key === "" ? [] : transform.parameters;
        const made = names.map((name, k) => parameterRow(name, transform.bounds[k], k));
        rows = made;
        root.replaceChildren(...made.map(({ row }) => row));
        root.hidden = names.length === 0;
        shown = key;
      }
      rows.forEach(({ range, field, unit }, k) => {
        const value = state.theta[k] / unit;
        range.value = String(value);
        if (document.activeElement !== field) field.value = String(Number(value.toFixed(unit === 1 ? 4 : 2)));
      });
    },
  };
}
