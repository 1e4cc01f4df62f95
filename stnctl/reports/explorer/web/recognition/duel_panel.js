/** The user's angle against that of the network: both Vs, and both scores. */

import { element } from "../app/dom.js";
import { drawMap, mapCanvas } from "./maps.js";
import { numberText, percent } from "./number_text.js";
import { scoreText } from "./turn_words.js";

/** @typedef {import("../network/turning.js").AngleScore} AngleScore */

const HEAD = ["Angle of", "Degrees", "Loss", "True class", "Answer"];
const NOTHING = ["–", "–", "–", "–"];

/**
 * Return the panel, and a function that shows two scores.
 * @param {import("../network/run.js").Run} run
 * @param {string} chooser name of the network's choice
 */
export function createDuelPanel(run, chooser) {
  const hasTransformer = run.network.transformers.length > 0;
  const [ownV, chosenV] = [mapCanvas("V at your angle"), mapCanvas("V of the network")];
  const verdict = element("p", { class: "words" });
  const rows = [chooser, "you"].map((name) => {
    const cells = NOTHING.map((text) => element("td", { class: "numbers" }, text));
    return { cells, row: element("tr", {}, element("th", { scope: "row" }, name), ...cells) };
  });
  const head = HEAD.map((text) => element("th", { scope: "col" }, text));
  const panel = element(
    "div",
    {},
    element(
      "div",
      { class: "maps" },
      figure(hasTransformer ? "V at your angle" : "Turned by your angle", ownV),
      figure(hasTransformer ? "V of the network" : "The digit as it is", chosenV),
    ),
    element(
      "table",
      { class: "score" },
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows.map(({ row }) => row)),
    ),
    verdict,
  );

  /** @param {AngleScore | null} chosen @param {AngleScore | null} own */
  function show(chosen, own) {
    const top = run.pixels === "raw" ? 255 : 1;
    if (chosen) drawMap(chosenV, chosen.V, { top });
    if (own) drawMap(ownV, own.V, { top });
    [chosen, own].forEach((score, k) => {
      const texts = score ? textsOf(score) : NOTHING;
      rows[k].cells.forEach((cell, n) => (cell.textContent = texts[n]));
    });
    verdict.textContent = chosen && own ? scoreText(own, chosen, chooser) : "";
  }

  /** @param {AngleScore} score */
  function textsOf({ angle, loss, probability, predicted }) {
    const answer = run.classes[predicted];
    return [`${numberText(angle, 1)}°`, numberText(loss, 3), percent(probability), answer];
  }
  return { panel, show };
}

/** @param {string} caption @param {HTMLCanvasElement} canvas */
function figure(caption, canvas) {
  return element("figure", {}, element("figcaption", {}, caption), canvas);
}
