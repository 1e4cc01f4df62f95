/** The same images through the training: the frame and the answer after each kept epoch. */

import { element } from "../app/dom.js";
import { decodeArray } from "../network/decode.js";
import { regionOutline } from "../network/outlines.js";
import { createSlider } from "./controls.js";
import { weightsName } from "./facts.js";
import { drawMap, mapCanvas, redrawWhenNeeded } from "./maps.js";

/** @typedef {import("../network/decode.js").Tensor} Tensor */

const FRAME_TIME = 500; // milliseconds of an epoch, when they play

/**
 * @param {HTMLElement} root
 * @param {import("../app/context.js").Context} context
 * @param {import("../network/run.js").Run} run
 * @param {import("../network/run.js").Training} training
 * @param {Tensor[]} images
 */
export function mountTrainingView(root, { store, announce }, run, training, images) {
  const { network, checkpoints } = run;
  const last = training.epochs.length - 1;
  const thetas = Object.entries(training.thetas).map(([name, array]) => ({
    name,
    theta: decodeArray(array),
  }));
  const right = element("p", { class: "words" });
  const slider = createSlider({
    label: "After epoch",
    min: 0,
    max: last,
    step: 1,
    text: (place) => epochText(training.epochs[place]),
    write: (value, undo) => store.set("epoch", value, { undo }),
  });
  const play = element("button", { type: "button", onclick: togglePlay }, "Play");
  const tiles = images.map((image, n) => {
    const canvas = mapCanvas(`Image ${n + 1}`);
    const caption = element("figcaption", {});
    return {
      image,
      canvas,
      caption,
      figure: element("figure", { class: "tile" }, canvas, caption),
    };
  });
  root.append(
    element("h3", {}, "Through the training"),
    element(
      "p",
      {},
      `The same ${images.length} images, which the network never trained on, with the region ` +
        "that it sampled after each epoch: one pass through all training images. Before the " +
        "training, the region is usually all of U.",
    ),
    slider.row,
    element("div", { class: "buttons" }, last > 0 ? play : null),
    right,
    element("div", { class: "tiles" }, ...tiles.map(({ figure }) => figure)),
  );
  if (checkpoints.length > 1) {
    root.append(
      element("p", {}, "The digit that you drew or chose above can be read with other weights:"),
      element("div", { class: "buttons" }, ...checkpoints.map(weightsButton)),
    );
  }

  /** @param {import("../network/run.js").Checkpoint} checkpoint @param {number} index */
  function weightsButton(checkpoint, index) {
    const button = element(
      "button",
      {
        type: "button",
        onclick: () => {
          store.set("weights", index);
          announce(`The network above has the ${weightsName(checkpoint.title)}.`);
        },
      },
      checkpoint.title,
    );
    const update = () =>
      button.setAttribute("aria-pressed", String(store.get("weights") === index));
    store.subscribe(["weights"], update);
    update();
    return button;
  }

  function show() {
    const place = store.get("epoch");
    slider.show(place);
    const predicted = training.predicted[place];
    const count = training.labels.filter((label, n) => label === predicted[n]).length;
    const epoch = epochText(training.epochs[place]);
    right.textContent = `${epoch}: ${count} of ${images.length} are right.`;
    tiles.forEach(({ image, canvas, caption, figure }, n) => {
      const own = Object.fromEntries(
        thetas.map(({ name, theta }) => [name, thetaAt(theta, place, n)]),
      );
      const outlines = network.transformers.flatMap((_, index) => {
        const points = regionOutline(network, own, index);
        return points ? [{ points, isChosen: index === store.get("stn") }] : [];
      });
      drawMap(canvas, image, { outlines, margin: true });
      const isRight = predicted[n] === training.labels[n];
      figure.classList.toggle("wrong", !isRight);
      caption.textContent = isRight
        ? `${training.labels[n]}`
        : `${training.labels[n]}→${predicted[n]}`;
      canvas.setAttribute(
        "aria-label",
        `A ${training.labels[n]}, read as ${predicted[n]}, with the sampled region`,
      );
    });
  }

  /** @type {number | undefined} */
  let timer;
  function togglePlay() {
    if (timer !== undefined) {
      stop();
      return;
    }
    if (store.get("epoch") === last) store.set("epoch", 0, { undo: false });
    play.textContent = "Stop";
    timer = setInterval(() => {
      const next = store.get("epoch") + 1;
      if (next > last) stop();
      else store.set("epoch", next, { undo: next === last });
    }, FRAME_TIME);
  }
  function stop() {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
  }
  store.subscribe(["epoch", "stn"], show);
  show();
  redrawWhenNeeded(root, show);
}

/** @param {number} epoch */
function epochText(epoch) {
  return epoch ? `After epoch ${epoch}` : "Before the training";
}

/** @param {Tensor} thetas (epochs, images, num_params) @param {number} place @param {number} n */
function thetaAt({ shape: [, count, size], data }, place, n) {
  const start = (place * count + n) * size;
  return data.subarray(start, start + size);
}
