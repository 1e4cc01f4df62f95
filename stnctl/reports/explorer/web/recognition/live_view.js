/** The network looks at a digit, which the user draws, chooses and distorts. */

import { element } from "../app/dom.js";
import { createChoice } from "./controls.js";
import { createDistortionPanel } from "./distortion_panel.js";
import { answerText, createLookPanel } from "./look_panel.js";
import { redrawWhenNeeded } from "./maps.js";
import { canDraw } from "./slices.js";
import { createSourcePanel } from "./source_panel.js";

const ANNOUNCE_DELAY = 900; // milliseconds after the last change

/**
 * @param {HTMLElement} root
 * @param {import("../app/context.js").Context} context
 * @param {import("../network/run.js").Run} run
 * @param {import("./live_network.js").LiveNetwork} network
 * @param {import("../network/decode.js").Tensor[]} digits
 */
export function mountLiveView(root, context, run, network, digits) {
  const { store, announce } = context;
  const { checkpoints, drawing, notes } = run;
  const { transformers } = run.network;
  const source = createSourcePanel(context, run, digits);
  const look = createLookPanel(store, run);
  const titles = checkpoints.map(({ title }) => title);
  const weights = createChoice("Weights", titles, (index) => store.set("weights", index));
  const headings = transformers.map(({ heading }) => heading);
  const chosen = createChoice("Transformer", headings, (index) => store.set("stn", index));
  const reasons = network.canRun ? [drawing] : notes;
  const title = canDraw(run) ? "Draw a digit, or take one of the run's" : "Take a digit of the run";
  root.append(
    element("h3", {}, title),
    ...reasons.flatMap((text) => (text ? [element("p", { class: "card" }, text)] : [])),
    source.panel,
    look.panel,
    element(
      "div",
      { class: "choices" },
      checkpoints.length > 1 ? weights.row : null,
      checkpoints.length > 1
        ? element("p", { class: "muted" }, "An epoch is one pass through the training images.")
        : null,
      transformers.length > 1 ? chosen.row : null,
    ),
    createDistortionPanel(context),
  );

  function show() {
    source.show(network.look.input);
    look.show(network.look);
    weights.show(store.get("weights"));
    chosen.show(store.get("stn"));
  }
  /** @type {number | undefined} */
  let timer;
  network.onLook(({ answer }) => {
    show();
    clearTimeout(timer);
    if (answer) timer = setTimeout(() => announce(answerText(answer, run)), ANNOUNCE_DELAY);
  });
  store.subscribe(["stn", "label", "weights"], show);
  show();
  redrawWhenNeeded(root, show);
}
