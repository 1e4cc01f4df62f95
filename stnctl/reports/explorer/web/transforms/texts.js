/** The warp as texts: in words, as a matrix, as a command and as part of a config. */

import { element } from "../app/dom.js";
import { describeEffect } from "../geometry/describe.js";
import { FAMILIES } from "./families.js";
import { formulaNodes } from "./formula.js";
import { fixed, withMinus } from "./number_words.js";
import { transformerConfig, warpCommand } from "./snippets.js";

/** @typedef {import("./model.js").Model} Model */

/**
 * @param {Model} model
 * @param {(text: string) => void} announce
 */
export function createTexts(model, announce) {
  const effect = element("span", { id: "effect" });
  const note = element("p", { class: "muted" });
  const formulas = element("p", { class: "formula" });
  const symbols = element("table", { class: "matrix formula", "aria-label": "Matrix in symbols" });
  const matrix = element("table", { class: "matrix numbers", "aria-label": "Matrix of theta" });
  let shownFamily = "";
  const command = element("pre", { id: "command" });
  const config = element("pre", { id: "config" });

  /** @param {string} title @param {string} noun @param {HTMLElement} text */
  const copied = (title, noun, text) => element(
    "div", { class: "copied" },
    element("h4", {}, title),
    element("button", {
      type: "button", "aria-label": `Copy the ${noun}`, onclick: () => copy(text, announce),
    }, "Copy"),
    text,
  );

  return {
    effect,
    matrix: element("div", {}, formulas, symbols, matrix, note),
    copies: element(
      "details", { class: "copies" },
      element("summary", {}, "For a terminal"),
      copied("The same warp in a terminal", "command", command),
      copied("A transformer of this kind in a config; the network finds theta itself", "config",
        config),
    ),
    update() {
      const { state, transform, sampling, inputSize } = model.warp();
      const numbers = transform.matrix(state.theta);
      effect.replaceChildren(...effectWords(
        describeEffect(transform, state.theta, inputSize, sampling.alignCorners)));
      note.textContent = squareNote(model.warp(), numbers);
      const rows = numbers === null ? []
        : [0, 1, 2].map((row) => numbers.slice(3 * row, 3 * row + 3));
      matrix.replaceChildren(...tableRows(rows, (value) => [fixed(value, 3)]));
      matrix.hidden = rows.length === 0;
      if (shownFamily !== state.family) {
        const { formulas: lines, symbols: entries = [] } = FAMILIES[state.family];
        formulas.replaceChildren(...lines.map((line) =>
          element("span", {}, ...formulaNodes(line))));
        symbols.replaceChildren(...tableRows(entries, formulaNodes));
        symbols.hidden = entries.length === 0;
        shownFamily = state.family;
      }
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

/**
 * @template Entry
 * @param {Entry[][]} rows @param {(entry: Entry) => (Node | string)[]} nodes
 */
function tableRows(rows, nodes) {
  return rows.map((row) => element(
    "tr", {}, ...row.map((entry) => element("td", {}, ...nodes(entry)))));
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

/**
 * Return the sentence on the motion of the image for this page: U and V differ in size here, and
 * the order of the words is not that of the motions.
 * @param {string} sentence of `describeEffect`
 */
function effectWords(sentence) {
  const motions = sentence.match(/rotates|scaled|grows|shrinks|sheared|moves/g) ?? [];
  const order = motions.length > 1 ? " Scale comes first, then shear, rotation and shift." : "";
  return [withMinus(sentence).replaceAll(" px", " px of U"), element("span", { class: "more" }, order)];
}

/**
 * Return a sentence on the coordinates of an image that is not square, or "".
 * @param {import("./warped_image.js").CurrentWarp} warp
 * @param {number[] | null} matrix
 */
function squareNote({ inputSize, state }, matrix) {
  if (inputSize[0] === inputSize[1] || matrix === null) return "";
  if (state.family === "article") {
    return "U is not square. The upper matrix counts x and y in pixels from the center, so that a "
      + "rotation keeps shapes; t and the lower matrix count from −1 to 1.";
  }
  return matrix[1] !== 0 && matrix[3] !== 0
    ? "U is not square: in coordinates from −1 to 1, a rotation also shears the image." : "";
}
