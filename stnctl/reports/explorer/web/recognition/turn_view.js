/** The loss of the digit over the angle, and the user against the network. */

import { element } from "../app/dom.js";
import { largestIndex } from "../network/scores.js";
import { percent } from "./bars.js";
import { createChoice, createSlider } from "./controls.js";
import { turned } from "./distortion_panel.js";
import { mapCanvas, redrawWhenNeeded } from "./live_view.js";
import { drawMap } from "./maps.js";
import { DRAWN } from "./slices.js";
import { createTurnChart } from "./turn_chart.js";
import { curveText, scoreText, turnIntroduction } from "./turn_words.js";

/** @typedef {import("../network/turning.js").AngleScore} AngleScore */

const DELAY = 250; // milliseconds after the last change

/**
 * @param {HTMLElement} root
 * @param {import("../app/context.js").Context} context
 * @param {ReturnType<typeof import("./live_network.js").createLiveNetwork>} network
 */
export function mountTurnView(root, { store, data, runInWorker, showError }, network) {
  if (!network.canRun) return;
  const { run } = data;
  const { transformers } = run.network;
  const chooser = transformers.length ? "network" : "as it is";
  const chart = createTurnChart((angle, undo) => store.set("turn", angle, { undo }));
  const about = element("p", {});
  const verdict = element("p", { class: "words" });
  const slider = createSlider({
    label: "Your angle", min: -180, max: 180, step: 1, text: digitTurn,
    write: (value, undo) => store.set("turn", value, { undo }),
  });
  const label = createChoice("The digit is a", ["what the network says", ...run.classes], (index) => store.set("label", index - 1));
  const [ownV, networkV] = [mapCanvas("V at your angle"), mapCanvas("V at the angle of the network")];
  const rows = [chooser, "you"].map((name) => {
    const cells = Array.from({ length: 4 }, () => element("td", { class: "numbers" }, "–"));
    return { cells, row: element("tr", {}, element("th", { scope: "row" }, name), ...cells) };
  });
  const head = ["Angle of", "Degrees", "Loss", "True class", "Answer"];
  root.append(
    element("h3", { id: "turn-view", tabindex: -1 }, "Why does it turn, or not?"),
    ...turnIntroduction(run).map((text) => element("p", {}, text)),
    label.row,
    element("div", { class: "chartbox" }, chart.svg),
    about,
    element("h3", {}, "You against the network"),
    element("p", {}, "Turn the digit upright yourself, with the slider or in the chart. Who reads it better?"),
    slider.row,
    element("div", { class: "maps" },
      element("figure", {}, element("figcaption", {}, "V at your angle"), ownV),
      element("figure", {}, element("figcaption", {}, transformers.length ? "V of the network" : "The digit as it is"), networkV)),
    element("table", { class: "score" },
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows.map(({ row }) => row))),
    verdict,
  );

  /** @type {{curve: import("../network/turning.js").TurnCurve, label: number} | null} */
  let found = null;
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
    };
  }

  async function compute() {
    if (!isVisible || !isStale) return;
    isStale = false;
    const current = ++version;
    const asked = request();
    if (!asked) {
      found = own = null;
      show();
      return;
    }
    try {
      const curve = await runInWorker("turnCurve", asked);
      const score = await runInWorker("turnScore", { ...asked, angle: store.get("turn") });
      if (current !== version) return;
      found = { curve, label: asked.label };
      own = score;
      show();
    } catch (error) {
      showError(`The angles can't be computed: ${error instanceof Error ? error.message : error}`);
    }
  }

  async function updateOwn() {
    slider.show(store.get("turn"));
    const asked = request();
    if (!found || !asked || isStale) return;
    const current = version;
    const score = await runInWorker("turnScore", { ...asked, angle: store.get("turn") });
    if (current !== version) return;
    own = score;
    show();
  }

  function show() {
    root.classList.toggle("empty", !found);
    label.row.hidden = store.get("digit") !== DRAWN;
    label.show(store.get("label") + 1);
    about.textContent = found ? curveText(found.curve, run) : "Draw a digit, or choose one: the chart needs it.";
    verdict.textContent = found && own ? scoreText(own, found.curve.chosen, chooser) : "";
    chart.svg.toggleAttribute("hidden", !found);
    if (!found) return;
    const { curve } = found;
    chart.show(curve, own, chooser);
    chart.svg.setAttribute("aria-label", `Chart of the loss over the angle of the region. ${about.textContent}`);
    const top = run.pixels === "raw" ? 255 : 1;
    drawMap(networkV, curve.chosen.V, { top });
    if (own) drawMap(ownV, own.V, { top });
    [curve.chosen, own].forEach((score, k) => {
      const texts = score
        ? [`${score.angle.toFixed(1)}°`, score.loss.toFixed(3), percent(score.probability), run.classes[score.predicted]]
        : ["–", "–", "–", "–"];
      rows[k].cells.forEach((cell, n) => (cell.textContent = texts[n]));
    });
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
  new IntersectionObserver(([entry]) => {
    isVisible = entry.isIntersecting;
    compute();
  }, { rootMargin: "200px" }).observe(root);
  slider.show(store.get("turn"));
  show();
  redrawWhenNeeded(root, show);
}

/** @param {number} degrees angle of the region on U; the digit in V turns the other way */
function digitTurn(degrees) {
  return degrees ? `${degrees}°: the digit turns ${turned(degrees).replace(/^\S+ /, "")}` : "0°";
}
