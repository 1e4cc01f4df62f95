/** What the network does with U: the frame, V, theta in words, and the probabilities. */

import { element } from "../app/dom.js";
import { largestIndex } from "../network/scores.js";
import { createBars } from "./bars.js";
import { clearMap, drawMap, mapCanvas } from "./maps.js";
import { numberText, percent, withMinusSigns } from "./number_text.js";
import { DRAWN } from "./slices.js";

/** Largest number of parameters of theta that are shown as numbers. */
const MOST_NUMBERS = 8;

/**
 * Return the panel, and a function that shows a look of the network.
 * @param {import("../app/store.js").Store} store
 * @param {import("../network/run.js").Run} run
 */
export function createLookPanel(store, run) {
  const { transformers, inputShape } = run.network;
  const canRun = run.checkpoints.length > 0;
  const [U, V] = [mapCanvas("U"), mapCanvas("V")];
  const bars = createBars(run.classes);
  const said = element("p", { class: "said" });
  const words = element("p", { class: "words" });
  const numbers = element("p", { class: "numbers muted" });
  const hasFrame = transformers.some(({ chain }) => chain !== null);
  const heading = hasFrame ? "U with the frame" : "U, the input";
  const panel = element(
    "div",
    { class: "look" },
    element(
      "div",
      { class: "maps follow" },
      element("figure", {}, element("figcaption", {}, heading), U),
      transformers.length
        ? element("figure", {}, element("figcaption", {}, "V, what it sees"), V)
        : null,
      said,
    ),
    canRun ? element("figure", {}, element("figcaption", {}, "Its answer"), bars.list) : null,
    words,
    numbers,
  );

  /** @param {import("./live_network.js").Look} look */
  function show({ input, answer }) {
    const index = store.get("stn");
    const digit = store.get("digit");
    const outlines = (answer?.transformers ?? []).flatMap(({ outline }, k) =>
      outline ? [{ points: outline, isChosen: k === index }] : [],
    );
    outlines.sort((a, b) => Number(a.isChosen) - Number(b.isChosen));
    if (input.U) drawMap(U, input.U, { outlines, margin: true });
    else clearMap(U, inputShape);
    bars.show(
      answer && answer.probabilities,
      digit === DRAWN ? store.get("label") : run.digits.labels[digit],
    );
    said.textContent = answer ? answerText(answer, run) : "";
    const transformer = answer?.transformers[index];
    V.hidden = !canRun;
    if (transformer) drawMap(V, transformer.V, { top: run.pixels === "raw" ? 255 : 1 });
    else if (transformers.length) clearMap(V, transformers[index].outputShape);
    words.textContent = input.U
      ? motionText(transformer)
      : "Draw a digit: the network answers at once.";
    words.hidden = !words.textContent;
    numbers.textContent = thetaText(
      transformer?.theta ?? [],
      transformers[index]?.parameters ?? [],
    );
    U.setAttribute(
      "aria-label",
      transformer?.outline ? `U, with a frame. ${withMinusSigns(transformer.words)}` : "U",
    );
  }
  return { panel, show };
}

/**
 * Return the answer of the network as a sentence.
 * @param {import("./tasks.js").Recognition} answer
 * @param {import("../network/run.js").Run} run
 */
export function answerText({ probabilities }, { classes }) {
  const best = largestIndex(probabilities);
  return `The network says ${classes[best]}, ${percent(probabilities[best])}.`;
}

/** @param {import("./tasks.js").TransformerView | undefined} transformer */
function motionText(transformer) {
  if (!transformer) return "";
  const sentence = `From U to V: ${withMinusSigns(transformer.words)}`;
  if (transformer.outline) return sentence;
  return `${sentence} It samples a map of features inside the network, so U shows no frame.`;
}

/** @param {number[]} theta @param {string[]} names */
function thetaText(theta, names) {
  if (!theta.length || theta.length > MOST_NUMBERS) return "";
  return `theta: ${theta.map((value, k) => `${names[k]} ${numberText(value, 3)}`).join(", ")}`;
}
