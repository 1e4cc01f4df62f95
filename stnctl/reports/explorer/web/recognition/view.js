/** View of a run: its network reads a digit, turns it, and learns to. */

import { element } from "../app/dom.js";
import { createFacts } from "./facts.js";
import { mountLiveView } from "./live_view.js";
import { createLiveNetwork } from "./live_network.js";
import { runSlices } from "./slices.js";
import { loadSprite } from "./sprite.js";
import { mountTrainingView } from "./training_view.js";
import { mountTurnView } from "./turn_view.js";

/**
 * Return the state of the view.
 * @param {import("../app/context.js").PageData} data
 */
export function recognitionSlices(data) {
  return data.run ? runSlices(data.run) : [];
}

/** @param {HTMLElement} root @param {import("../app/context.js").Context} context */
export function mountRecognition(root, context) {
  const { run } = context.data;
  if (run === null) return;
  const live = element("div");
  const turning = element("div");
  const training = element("div");
  root.append(
    element("h2", {}, "Watch a network look"),
    element("p", {}, introduction(run)),
    createFacts(run),
    live,
    turning,
    training,
  );
  mountViews().catch((error) =>
    context.showError(`The run in this page can't be shown: ${error.message}`),
  );

  async function mountViews() {
    if (run === null) return;
    const digits = await loadSprite(run.digits);
    const network = createLiveNetwork(context, run, digits);
    mountLiveView(live, context, run, network, digits);
    mountTurnView(turning, context, run, network);
    if (run.training) {
      const images = await loadSprite(run.training.images);
      mountTrainingView(training, context, run, run.training, images);
    }
  }
}

/** @param {import("../network/run.js").Run} run */
function introduction({ network: { transformers }, classes }) {
  const classifier = `gives each of ${classes.length} classes a probability`;
  if (!transformers.length) {
    return (
      `This network was trained to name the digit in an image U: it ${classifier}. It has no ` +
      "spatial transformer, so it sees U as it is. Draw, distort, and see what that costs."
    );
  }
  if (transformers.every(({ chain }) => chain === null)) {
    return (
      "This network was trained to name the digit in an image U. Between its layers, a " +
      "localization network looks at the map of features there and gives theta: numbers that " +
      "say which region of this map to look at. The sampler reads the region as a new map, V. " +
      `The rest of the network sees V and ${classifier}.`
    );
  }
  return (
    "This network was trained to name the digit in an image U. First its localization network " +
    "looks at U and gives theta: numbers that say which region of U to look at. The frame on U " +
    "is this region; its orange side is the top of V. The sampler reads the region as a new " +
    `image, V. The rest of the network sees V and ${classifier}. Nobody told it where to look: ` +
    "it learned that from the names alone."
  );
}
