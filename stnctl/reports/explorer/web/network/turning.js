// The loss of one digit over the angle by which a transformer turns it.

import { makeSampler } from "../geometry/sampler.js";
import { runNetwork } from "./graph.js";
import { motionAngle } from "./sampling.js";
import { crossEntropy, largestIndex, softmax } from "./scores.js";

/**
 * @typedef {import("./decode.js").Tensor} Tensor
 * @typedef {import("./decode.js").LayerWeights} LayerWeights
 * @typedef {import("./graph.js").Network} Network
 */

/**
 * @typedef {object} AngleScore Scores of a digit that is turned from U to V by an angle.
 * @property {number} angle degrees, clockwise, from -180 to 180
 * @property {number} loss cross-entropy of the label, in nats
 * @property {number} probability of the label
 * @property {number} predicted
 * @property {Tensor} V what the rest of the network sees
 */

/**
 * @typedef {object} TurnCurve
 * @property {AngleScore[]} scores
 * @property {AngleScore} chosen at the angle of the localization network; 0 without a transformer
 * @property {number} slope of the loss there, in nats per degree
 */

const STEP = 1; // degrees, for the slope

/**
 * Return a function from an angle in degrees to the scores of a label.
 *
 * The angle takes the place of the rotation from U to V; the scale and the shear stay. Only the
 * operations after the transformer run again. Without a transformer, U turns.
 * @param {Network} network
 * @param {Map<string, LayerWeights>} layers
 * @param {Tensor} U
 * @param {number} label
 * @param {number | null} transformer index of the transformer, or null for U
 * @returns {{angle: number, score: (angle: number) => AngleScore}} angle: that of the localization
 *   network, in degrees
 */
export function angleScores(network, layers, U, label, transformer) {
  const before = runNetwork(network, layers, U);
  const [logitsNode] = network.logits;
  let angle = 0;
  /** @type {(radians: number) => {results: Tensor[][], V: Tensor}} */
  let run = (radians) => {
    const V = turnMap(U, radians);
    return { results: runNetwork(network, layers, V), V };
  };
  if (transformer !== null) {
    const { node, theta, inputShape } = network.transformers[transformer];
    const found = before[theta[0]][theta[1]].data;
    angle = motionAngle(found, /** @type {any} */ (network.nodes[node]), inputShape);
    const own = radiansOf(angle);
    run = (radians) => {
      const turn = { node, radians: radians - own };
      const results = runNetwork(network, layers, U, { turn, before });
      return { results, V: results[node][0] };
    };
  }
  return {
    angle,
    score: (at) => {
      const { results, V } = run(radiansOf(at));
      const logits = results[logitsNode][network.logits[1]].data;
      return {
        angle: at,
        V,
        loss: crossEntropy(logits, label),
        probability: softmax(logits)[label],
        predicted: largestIndex(logits),
      };
    },
  };
}

/**
 * Return the loss over all angles, and its slope at the angle of the localization network.
 * @param {ReturnType<typeof angleScores>} scores
 * @param {number} count number of angles; the last one, 180, repeats the first one
 * @returns {TurnCurve}
 */
export function turnCurve({ angle, score }, count) {
  const all = Array.from({ length: count }, (_, k) => score(-180 + (360 * k) / count));
  const slope = (score(angle + STEP).loss - score(angle - STEP).loss) / (2 * STEP);
  return { scores: [...all, { ...all[0], angle: 180 }], chosen: score(angle), slope };
}

/**
 * Return a map that is turned about its center.
 * @param {Tensor} map (H, W, C)
 * @param {number} radians clockwise
 * @returns {Tensor}
 */
export function turnMap(map, radians) {
  const [height, width, channels] = map.shape;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  const turned = makeSampler({ height, width, channels, data: map.data }).read(
    (row, x, y) => {
      for (let k = 0; k < width; k++) {
        const [across, down] = [k - centerX, row - centerY];
        x[k] = (cos * across + sin * down) / Math.max(centerX, 0.5);
        y[k] = (cos * down - sin * across) / Math.max(centerY, 0.5);
      }
    },
    [height, width],
  );
  return { shape: map.shape, data: Float32Array.from(turned.data) };
}

/** @param {number} degrees */
function radiansOf(degrees) {
  return (degrees * Math.PI) / 180;
}
