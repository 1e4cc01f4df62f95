/** The loss of the digit over the angle, and the user against the network. */

import { element } from "../app/dom.js";
import { largestIndex } from "../network/scores.js";
import { createChoice, createSlider } from "./controls.js";
import { createDuelPanel } from "./duel_panel.js";
import { redrawWhenNeeded } from "./maps.js";
import { DRAWN } from "./slices.js";
import { createTurnChart } from "./turn_chart.js";
import { curveText, turnIntroduction, turnText } from "./turn_words.js";

/** @typedef {import("../network/turning.js").AngleScore} AngleScore */

const DELAY = 250; // milliseconds after the last change

/** Numbers of angles of a curve, over the full circle: of any network, and of a fast one. */
const LEAST_ANGLES = 12;
const MOST_ANGLES = 72;

/** Multiply-adds of a curve that take about two seconds. */
const MOST_WORK = 2e9;

/**
 * @param {HTMLElement} root
 * @param {import("../app/context.js").Context} context
 * @param {import("../network/run.js").Run} run
 * @param {import("./live_network.js").LiveNetwork} network
 */
export function mountTurnView(root, { store, runInWorker, showError }, run, network) {
  if (!network.canRun) return;
  const { transformers } = run.network;
  const chooser = transformers.length ? "network" : "as it is";
  const chart = createTurnChart((angle, undo) => store.set("turn", angle, { undo }));
  const about = element("p", {});
  const duel = createDuelPanel(run, chooser);
  const slider = createSlider({
    label: "Your angle",
    min: -180,
    max: 180,
    step: 1,
    text: turnText,
    write: (value, undo) => store.set("turn", value, { undo }),
  });
  const label = createChoice("The digit is a", ["what the network says", ...run.classes], (index) =>
    store.set("label", index - 1),
  );
  root.append(
    element("h3", { id: "turn-view", tabindex: -1 }, "Why does it turn, or not?"),
    ...turnIntroduction(run).map((text) => element("p", {}, text)),
    label.row,
    element("div", { class: "chartbox" }, chart.svg),
    about,
    element("h3", {}, "You against the network"),
    element(
      "p",
      {},
      "Turn the digit upright yourself, with the slider or in the chart. Who reads it better?",
    ),
    slider.row,
    duel.panel,
  );

  /** @type {import("../network/turning.js").TurnCurve | null} */
  let curve = null;
  /** @type {AngleScore | null} */
  let own = null;
  let isVisible = false;
  let isStale = true;
  let version = 0;
  /** @type {number | undefined} */
  let timer;

  function request() {
    const { pixels, answer } = network.look;
    if (!pixels || !answer) return null;
    const digit = store.get("digit");
    const given = digit === DRAWN ? store.get("label") : run.digits.labels[digit];
    return {
      checkpoint: store.get("weights"),
      pixels,
      label: given < 0 ? largestIndex(answer.probabilities) : given,
      transformer: transformers.length ? store.get("stn") : null,
      count: Math.max(
        LEAST_ANGLES,
        Math.min(MOST_ANGLES, Math.floor(MOST_WORK / run.multiplyAdds)),
      ),
    };
  }

  async function compute() {
    if (!isVisible || !isStale) return;
    isStale = false;
    const current = ++version;
    const asked = request();
    if (!asked) {
      curve = own = null;
      show();
      return;
    }
    try {
      const found = await runInWorker("turnCurve", asked);
      const score = await runInWorker("turnScore", { ...asked, angle: store.get("turn") });
      if (current !== version) return;
      curve = found;
      own = score;
      show();
    } catch (error) {
      showError(`The angles can't be computed: ${error instanceof Error ? error.message : error}`);
    }
  }

  async function updateOwn() {
    slider.show(store.get("turn"));
    const asked = request();
    if (!curve || !asked || isStale) return;
    const current = version;
    const score = await runInWorker("turnScore", { ...asked, angle: store.get("turn") });
    if (current !== version) return;
    own = score;
    show();
  }

  function show() {
    label.row.hidden = store.get("digit") !== DRAWN;
    label.show(store.get("label") + 1);
    about.textContent = curve ? curveText(curve, run) : missingText();
    chart.svg.toggleAttribute("hidden", !curve);
    duel.show(curve && curve.chosen, own);
    if (!curve) return;
    chart.show(curve, own, chooser);
    chart.svg.setAttribute("aria-label", `Chart of the loss over the angle. ${about.textContent}`);
  }

  function missingText() {
    return store.get("digit") === DRAWN && !store.get("strokes").length
      ? "Draw a digit above: the chart shows its loss."
      : "Computing the loss at each angle …";
  }

  function schedule() {
    isStale = true;
    version++;
    clearTimeout(timer);
    timer = setTimeout(compute, DELAY);
  }
  network.onLook(schedule);
  store.subscribe(["stn", "label"], schedule);
  store.subscribe(["turn"], updateOwn);
  new IntersectionObserver(
    ([entry]) => {
      isVisible = entry.isIntersecting;
      compute();
    },
    { rootMargin: "200px" },
  ).observe(root);
  slider.show(store.get("turn"));
  show();
  redrawWhenNeeded(root, show);
}
