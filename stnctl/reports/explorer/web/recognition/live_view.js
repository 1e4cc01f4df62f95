/** The network looks at a digit: drawing, U with the frame, V, theta, and the probabilities. */

import { element } from "../app/dom.js";
import { UNDISTORTED } from "../network/distortion.js";
import { largestIndex } from "../network/scores.js";
import { createBars, percent } from "./bars.js";
import { createChoice } from "./controls.js";
import { createDigitStrip } from "./digit_strip.js";
import { createDistortionPanel } from "./distortion_panel.js";
import { createDrawingPad } from "./drawing_pad.js";
import { drawMap } from "./maps.js";
import { DRAWN } from "./slices.js";

/** @typedef {import("./live_network.js").Look} Look */

const ANNOUNCE_DELAY = 900; // milliseconds after the last change

/**
 * @param {HTMLElement} root
 * @param {import("../app/context.js").Context} context
 * @param {ReturnType<typeof import("./live_network.js").createLiveNetwork>} network
 * @param {import("../network/decode.js").Tensor[]} digits
 */
export function mountLiveView(root, context, network, digits) {
  const { store, data, announce } = context;
  const { run } = data;
  const { transformers } = run.network;
  const canDraw = run.drawing === null && network.canRun;
  const pad = createDrawingPad(context);
  const strip = createDigitStrip(context, digits);
  const image = mapCanvas("The drawing as the network's data has it");
  const U = mapCanvas("U");
  const V = mapCanvas("V");
  const bars = createBars(run.classes);
  const words = element("p", { class: "words" });
  const numbers = element("p", { class: "numbers muted" });
  const said = element("p", { class: "said" });
  const centering = element("input", { type: "checkbox", id: "centering" });
  centering.addEventListener("change", () => store.set("centering", centering.checked));
  const drawButton = sourceButton("Draw a digit", DRAWN);
  const stepText = element("figcaption", {});
  const drawn = element(
    "div",
    { class: "drawn" },
    element("figure", {}, element("figcaption", {}, "Your drawing"), pad.canvas,
      element("div", { class: "buttons" },
        element("button", { type: "button", onclick: pad.clear }, "Clear the pad"))),
    element("figure", {}, stepText, image,
      element("label", { class: "switch", for: "centering" }, centering, "Center it as MNIST does")),
  );
  const chooser = element("div", {}, strip.list);
  const maps = element(
    "div",
    { class: "maps follow" },
    element("figure", {}, element("figcaption", {}, transformers.length ? "U with the frame" : "U, the input"), U),
    transformers.length ? element("figure", {}, element("figcaption", {}, "V, what it sees"), V) : null,
    network.canRun ? said : null,
  );
  const answerBars = element("figure", {}, element("figcaption", {}, "Its answer"), bars.list);
  const distortion = createDistortionPanel(context);
  const weights = createChoice("Weights of", run.checkpoints.map((/** @type {any} */ each) => each.title), (index) =>
    store.set("weights", index));
  const chosen = createChoice("Transformer", transformers.map((/** @type {any} */ each) => each.heading), (index) =>
    store.set("stn", index));
  root.append(
    element("h3", {}, canDraw ? "Draw a digit, or take one of the run's" : "Take one of the run's digits"),
    ...[network.canRun ? run.drawing : run.notes[run.notes.length - 1]].filter(Boolean).map((text) => element("p", { class: "card" }, text)),
    element("div", { class: "buttons" }, canDraw ? drawButton : null, sourceButton("A digit of the run", run.digits.numWorst % run.digits.count)),
    drawn,
    chooser,
    element("div", { class: "look" }, maps, network.canRun ? answerBars : null),
    words,
    numbers,
    element("div", { class: "choices" }, run.checkpoints.length > 1 ? weights.row : null, transformers.length > 1 ? chosen.row : null),
    distortion,
  );

  /** @param {string} text @param {number} index */
  function sourceButton(text, index) {
    const isPad = index === DRAWN;
    const button = element("button", {
      type: "button",
      onclick: () => {
        if ((store.get("digit") === DRAWN) === isPad) return;
        store.set("distort", UNDISTORTED, { undo: false });
        store.set("digit", index);
      },
    }, text);
    const update = () => button.setAttribute("aria-pressed", String((store.get("digit") === DRAWN) === isPad));
    store.subscribe(["digit"], update);
    update();
    return button;
  }

  /** @type {number | undefined} */
  let timer;
  /** @param {Look} look */
  function show(look) {
    const { input, answer } = look;
    const isDrawn = store.get("digit") === DRAWN;
    drawn.hidden = !isDrawn;
    chooser.hidden = isDrawn;
    centering.checked = store.get("centering");
    stepText.textContent = centering.checked ? "Centered: 20 of 28 pixels, mass in the middle" : "Not centered";
    pad.show(input);
    const blank = { shape: run.network.inputShape, data: new Float32Array(run.network.inputShape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b)) };
    const shown = input.image ?? { height: run.imageSize[0], width: run.imageSize[1], data: new Float32Array(run.imageSize[0] * run.imageSize[1]) };
    if (isDrawn) drawMap(image, { shape: [shown.height, shown.width, 1], data: shown.data });
    const index = store.get("stn");
    const outlines = answer
      ? answer.transformers.flatMap(({ outline }, k) => (outline ? [{ points: outline, isChosen: k === index }] : []))
      : [];
    outlines.sort((a, b) => Number(a.isChosen) - Number(b.isChosen));
    drawMap(U, input.U ?? blank, { outlines, margin: true });
    const label = isDrawn ? store.get("label") : run.digits.labels[store.get("digit")];
    bars.show(answer && answer.probabilities, label);
    const transformer = answer?.transformers[index];
    V.hidden = !transformer;
    if (transformer) drawMap(V, transformer.V, { top: run.pixels === "raw" ? 255 : 1 });
    words.textContent = sentence(look, index);
    said.textContent = answer ? spoken(answer) : "";
    const names = transformers[index]?.parameters ?? [];
    numbers.textContent = transformer && names.length <= 8
      ? `theta: ${transformer.theta.map((value, k) => `${names[k]} ${value.toFixed(3)}`).join(", ")}`
      : "";
    clearTimeout(timer);
    if (answer) timer = setTimeout(() => announce(spoken(answer)), ANNOUNCE_DELAY);
    U.setAttribute("aria-label", transformer?.outline ? `U with the sampled region. ${transformer.words}` : "U");
  }

  /** @param {Look} look @param {number} index */
  function sentence({ input, answer }, index) {
    if (!input.U) return "Draw a digit on the pad: the network answers at once.";
    if (!answer) return "";
    const transformer = answer.transformers[index];
    if (!transformer) return "";
    const where = transformer.outline ? "" : " Its region is on a map of features inside the network, so U shows no frame.";
    return `From U to V: ${transformer.words}${where}`;
  }

  /** @param {import("./tasks.js").Recognition} answer */
  function spoken({ probabilities }) {
    const best = largestIndex(probabilities);
    return `The network says ${run.classes[best]}, ${percent(probabilities[best])}.`;
  }

  function showChoices() {
    weights.show(store.get("weights"));
    chosen.show(store.get("stn"));
  }
  network.onLook(show);
  store.subscribe(["stn", "label"], () => show(network.look));
  store.subscribe(["weights", "stn"], showChoices);
  showChoices();
  show(network.look);
  redrawWhenNeeded(root, () => show(network.look));
}

/**
 * Return a canvas that shows a map.
 * @param {string} label
 */
export function mapCanvas(label) {
  return element("canvas", { class: "map", role: "img", "aria-label": label });
}

/**
 * Call a function after a change of the width of the page, and of its colors.
 * @param {HTMLElement} root
 * @param {() => void} redraw
 */
export function redrawWhenNeeded(root, redraw) {
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    redraw();
  }).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
