/** Facts about the run, what the page leaves out, and the error of its weights. */

import { element } from "../app/dom.js";
import { percent } from "./number_text.js";

/** @type {{[dtype: string]: string}} */
const PRECISIONS = {
  float32: "32 bits",
  float16: "16 bits (float16)",
  int8: "8 bits (whole numbers from −127 to 127, with a scale for each output channel)",
};

/**
 * Return the facts about a run.
 * @param {import("../network/run.js").Run} run
 */
export function createFacts(run) {
  const rows = [["Run", run.name], ...run.facts].map(([name, text]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, text)),
  );
  const notes = [...run.notes, ...run.checkpoints.map(weightsText)];
  return element(
    "details",
    { class: "facts" },
    element("summary", {}, "About this run, and how exact this page is"),
    element("table", {}, element("tbody", {}, ...rows)),
    ...notes.map((text) => element("p", {}, text)),
  );
}

/**
 * Return the name of the weights of a checkpoint, such as "weights of epoch 3".
 * @param {string} title
 */
export function weightsName(title) {
  return title.startsWith("epoch ") ? `weights of ${title}` : `weights ${title}`;
}

/** @param {import("../network/run.js").Checkpoint} checkpoint */
function weightsText({ title, dtype, error }) {
  const share =
    error.probabilities < 0.001 ? "less than 0.1 %" : `at most ${percent(error.probabilities)}`;
  const score = Number(error.logits.toPrecision(2));
  const changed = error.changed === 1 ? "one answer changes" : `${error.changed} answers change`;
  return (
    `The ${weightsName(title)} are stored in this page with ${PRECISIONS[dtype] ?? dtype}. ` +
    `On its digits, a probability differs from that of the run by ${share}, and a logit (the score ` +
    `of a class, of which the probability is made) by at most ${score}; ` +
    `${error.changed ? changed : "no answer changes"}.`
  );
}
