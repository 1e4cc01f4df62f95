/** Tasks of the worker: the network runs there, so that the page stays fluent. */

import { decodeLayers } from "../network/decode.js";
import { describeTheta } from "../network/description.js";
import { readResults, runNetwork } from "../network/graph.js";
import { regionOutline } from "../network/outlines.js";
import { angleScores, turnCurve } from "../network/turning.js";

/**
 * @typedef {import("../network/decode.js").Tensor} Tensor
 * @typedef {import("../network/graph.js").Network} Network
 */

/**
 * @typedef {object} TransformerView What the page shows of a transformer.
 * @property {number[]} theta
 * @property {Tensor} V
 * @property {import("../network/outlines.js").Outline | null} outline on U, if it samples U
 * @property {string} words
 *
 * @typedef {{probabilities: number[], transformers: TransformerView[]}} Recognition
 *
 * @typedef {{checkpoint: number, pixels: Float32Array}} Request
 * @typedef {Request & {label: number, transformer: number | null, count: number}} TurnRequest
 */

/** @type {{network: Network | null, layers: Map<string, any>[]}} */
const loaded = { network: null, layers: [] };

/** @type {{ [task: string]: (payload: any) => any }} */
export const recognitionTasks = {
  /** @param {{network: Network, checkpoints: {layers: any}[]}} payload */
  loadNetwork({ network, checkpoints }) {
    loaded.network = network;
    loaded.layers = checkpoints.map((each) => decodeLayers(each.layers));
    return null;
  },

  /** @param {Request} request @returns {Recognition} */
  recognize(request) {
    const { network, layers, U } = inputOf(request);
    const results = runNetwork(network, layers, U);
    const { probabilities, transformers } = readResults(network, U, results);
    if (![...probabilities, ...transformers.flatMap(({ theta }) => theta)].every(Number.isFinite)) {
      throw new Error(
        "its results are not finite numbers, so its weights are damaged or diverged.",
      );
    }
    const thetas = Object.fromEntries(
      transformers.map(({ theta }, index) => [network.transformers[index].name, theta]),
    );
    return {
      probabilities,
      transformers: transformers.map(({ theta, V }, index) => {
        const { node, inputShape } = network.transformers[index];
        const options = /** @type {any} */ (network.nodes[node]);
        return {
          theta,
          V,
          outline: regionOutline(network, thetas, index),
          words: describeTheta(theta, options, inputShape),
        };
      }),
    };
  },

  /** @param {TurnRequest} request @returns {import("../network/turning.js").TurnCurve} */
  turnCurve(request) {
    const { network, layers, U } = inputOf(request);
    const scores = angleScores(network, layers, U, request.label, request.transformer);
    return turnCurve(scores, request.count);
  },

  /** @param {TurnRequest & {angle: number}} request */
  turnScore(request) {
    const { network, layers, U } = inputOf(request);
    const scores = angleScores(network, layers, U, request.label, request.transformer);
    return scores.score(request.angle);
  },
};

/** @param {Request} request */
function inputOf({ checkpoint, pixels }) {
  const { network } = loaded;
  if (network === null) throw new Error("The network is not loaded yet.");
  const U = { shape: network.inputShape, data: pixels };
  return { network, layers: loaded.layers[checkpoint], U };
}
