/** The network of the run, which answers each change of its input. */

import { readInput } from "./input.js";

/**
 * @typedef {import("../network/decode.js").Tensor} Tensor
 * @typedef {import("./tasks.js").Recognition} Recognition
 * @typedef {import("./input.js").Input} Input
 * @typedef {{input: Input, pixels: Float32Array | null, answer: Recognition | null}} Look
 * @typedef {ReturnType<typeof createLiveNetwork>} LiveNetwork
 */

const INPUTS = ["digit", "strokes", "centering", "distort", "weights"];

/**
 * Load the network in the worker, and return an object that runs it for each new input.
 * @param {import("../app/context.js").Context} context
 * @param {import("../network/run.js").Run} run
 * @param {Tensor[]} digits
 */
export function createLiveNetwork({ store, runInWorker, showError }, run, digits) {
  const canRun = run.checkpoints.length > 0;
  const top = run.pixels === "raw" ? 255 : 1;
  /** @type {((look: Look) => void)[]} */
  const listeners = [];
  /** @type {Look} */
  let look = { input: readInput(store, run, digits), pixels: null, answer: null };
  let isBusy = false;
  let isStale = false;

  async function update() {
    if (isBusy) {
      isStale = true;
      return;
    }
    isBusy = true;
    const input = readInput(store, run, digits);
    const pixels = input.U && input.U.data.map((value) => value * top);
    let answer = null;
    if (pixels && canRun) {
      try {
        answer = await runInWorker("recognize", { checkpoint: store.get("weights"), pixels });
      } catch (error) {
        showError(`The network can't run: ${error instanceof Error ? error.message : error}`);
      }
    }
    look = { input, pixels, answer };
    listeners.forEach((listener) => listener(look));
    isBusy = false;
    if (isStale) {
      isStale = false;
      update();
    }
  }

  if (canRun) {
    runInWorker("loadNetwork", { network: run.network, checkpoints: run.checkpoints }).catch(
      (error) => showError(`The network can't be loaded: ${error.message}`),
    );
  }
  store.subscribe(INPUTS, update);
  update();
  return {
    canRun,
    /** @param {(look: Look) => void} listener */
    onLook: (listener) => {
      listeners.push(listener);
    },
    get look() {
      return look;
    },
  };
}
