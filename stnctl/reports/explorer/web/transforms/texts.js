/** The warp as texts: in words, as a matrix, as a command and as part of a config. */

import { element } from "../app/dom.js";
import { describeEffect } from "../geometry/describe.js";
import { transformerConfig, warpCommand } from "./snippets.js";

/** @typedef {import("./model.js").Model} Model */

/**
 * @param {Model} model
 * @param {(text: string) => void} announce
 */
export function createTexts(model, announce) {
  const effect = element("span", { id: "effect" });
  const note = element("p", { class: "muted" });
  const matrix = element("table", { class: "matrix numbers", "aria-label": "Matrix of theta" });
  const command = element("pre", { id: "command" });
  const config = element("pre", { id: "config" });

  /** @param {string} title @param {HTMLElement} text */
  const copied = (title, text) => element(
    "div", { class: "copied" },
    element("h4", {}, title),
    element("button", { type: "button", onclick: () => copy(text, announce) }, "Copy"),
    text,
  );

  return {
    effect,
    matrix: element("div", {}, matrix, note),
    copies: element(
      "div", { class: "copies" },
      copied("The same warp in a terminal", command),
      copied("A transformer of this kind in a config; the network finds theta itself", config),
    ),
    update() {
      const { state, transform, sampling, inputSize } = model.warp();
      const numbers = transform.matrix(state.theta);
      effect.textContent = describeEffect(transform, state.theta, inputSize, sampling.alignCorners);
      const sheared = inputSize[0] !== inputSize[1] && numbers !== null
        && state.family !== "article" && numbers[1] !== 0 && numbers[3] !== 0;
      note.textContent = sheared
        ? "U is not square: in coordinates from −1 to 1, a rotation also shears the image." : "";
      const rows = numbers === null ? []
        : [0, 1, 2].map((row) => numbers.slice(3 * row, 3 * row + 3));
      matrix.replaceChildren(...rows.map((row) => element(
        "tr", {}, ...row.map((value) => element("td", {}, value.toFixed(3).replace("-", "−"))),
      )));
      matrix.hidden = rows.length === 0;
    },
    /** Update the texts to copy. */
    updateCopies() {
      const { image, state, transform, sampling } = model.warp();
      const entries = (transform.matrix(state.theta) ?? []).slice(0, 6);
      const output = model.store.get("output");
      const warp = { image: image.name, ...state, entries, sampling, output };
      command.textContent = warpCommand(warp);
      config.textContent = transformerConfig(warp);
    },
  };
}

/** @param {HTMLElement} text @param {(text: string) => void} announce */
async function copy(text, announce) {
  try {
    await navigator.clipboard.writeText(text.textContent ?? "");
  } catch {
    getSelection()?.selectAllChildren(text);
    document.execCommand("copy");
  }
  announce("Copied.");
}
