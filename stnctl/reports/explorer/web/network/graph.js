// The graph of a network: runs its operations in order, and keeps all results.

import { convolve, multiply } from "./convolution.js";
import { activate, add, appendCoordinates, join, normalize } from "./layers.js";
import { circularCentroid, logPolar, padCyclic } from "./polar.js";
import { globalAverage, pool } from "./pooling.js";
import { sampleMap } from "./sampling.js";
import { softmax } from "./scores.js";
import { angleTheta, boundTheta, composeThetas } from "./theta.js";

/**
 * @typedef {import("./decode.js").Tensor} Tensor
 * @typedef {import("./decode.js").LayerWeights} LayerWeights
 * @typedef {[number, number]} Place node and output; the node -1 is U
 */

/**
 * @typedef {object} GraphNode An operation; further properties are its options.
 * @property {string} op
 * @property {string} name
 * @property {Place[]} inputs
 * @property {number[][]} shapes
 */

/**
 * @typedef {object} TransformerNode
 * @property {string} name
 * @property {string} heading
 * @property {number} node
 * @property {Place} U
 * @property {Place} theta
 * @property {number[]} inputShape
 * @property {number[]} outputShape
 * @property {string[]} parameters
 * @property {number} step
 * @property {number} branch
 * @property {string[] | null} chain
 * @property {number} poolBefore
 */

/**
 * @typedef {object} Network
 * @property {number[]} inputShape
 * @property {(GraphNode & {[option: string]: any})[]} nodes
 * @property {Place} logits
 * @property {TransformerNode[]} transformers
 * @property {string[]} missing
 */

/** @typedef {{node: number, radians: number}} Turn of the image at a transformer, clockwise */

/**
 * @typedef {(node: any, inputs: Tensor[], weights: LayerWeights, turn: number) => Tensor[]}
 *   Operation
 */

/** @type {{[op: string]: Operation}} */
const OPERATIONS = {
  conv: (node, [x], { kernel, bias }) => [convolve(x, kernel, bias, node, node.shapes[0])],
  pool: (node, [x]) => [pool(x, node.kind, node.size, node.shapes[0])],
  globalAverage: (_, [x]) => [globalAverage(x)],
  dense: (node, [x], { kernel, bias }) => [activate(multiply(x, kernel, bias), node.activation)],
  scale: (_, [x], { scale, offset }) => [normalize(x, scale, offset)],
  activation: (node, [x]) => [activate(x, node.function)],
  flatten: (node, [x]) => [{ shape: node.shapes[0], data: x.data }],
  coordinates: (_, [x]) => [appendCoordinates(x)],
  join: (node, inputs) => [join(inputs, node.shapes[0])],
  sum: (_, [x, y]) => [add(x, y)],
  identity: (_, [x]) => [x],
  logPolar: (node, [x]) => [logPolar(x, node.angles, node.radii)],
  cyclicPadding: (node, [x]) => [padCyclic(x, node.width)],
  centroid: (_, [x]) => [circularCentroid(x)],
  bounded: (node, [x]) => [boundTheta(x, node.identity, node.bounds)],
  unitAngle: (node, [x]) => [angleTheta(x, node.position)],
  composition: (node, [x, y]) => [composeThetas(x, y, node)],
  sampling: (node, [U, theta], _, turn) => {
    const { V, grid } = sampleMap(U, theta.data, node, node.shapes[0], turn);
    return [V, grid];
  },
};

/** Names of the operations that this page computes. */
export const OPERATION_NAMES = Object.keys(OPERATIONS);

/**
 * Run a network on U, and return the results of all nodes.
 * @param {Network} network
 * @param {Map<string, LayerWeights>} layers
 * @param {Tensor} U (H, W, C), in the range that the network reads
 * @param {{turn?: Turn, before?: Tensor[][]}} [options] turn: turns the image at one transformer;
 *   before: results for the same U, of which those that the turn does not change are kept
 * @returns {Tensor[][]}
 */
export function runNetwork(network, layers, U, { turn, before } = {}) {
  /** @type {Tensor[][]} */
  const results = [];
  const changed = new Set(turn ? [turn.node] : []);
  network.nodes.forEach((node, index) => {
    if (node.inputs.some(([each]) => changed.has(each))) changed.add(index);
    if (before && !changed.has(index)) {
      results.push(before[index]);
      return;
    }
    const operation = OPERATIONS[node.op];
    if (!operation) throw new Error(`This page can't compute the operation ${node.op}.`);
    const inputs = node.inputs.map(([each, output]) => (each < 0 ? U : results[each][output]));
    const radians = turn && turn.node === index ? turn.radians : 0;
    results.push(operation(node, inputs, layers.get(node.name) ?? {}, radians));
  });
  return results;
}

/**
 * @typedef {object} TransformerResult
 * @property {number[]} theta
 * @property {Tensor} U
 * @property {Tensor} V
 * @property {Tensor} grid
 */

/**
 * @typedef {object} Result
 * @property {number[]} logits
 * @property {number[]} probabilities
 * @property {TransformerResult[]} transformers
 */

/**
 * Return the results that the page shows.
 * @param {Network} network
 * @param {Tensor} U
 * @param {Tensor[][]} results
 * @returns {Result}
 */
export function readResults(network, U, results) {
  /** @param {Place} place */
  const at = ([node, output]) => (node < 0 ? U : results[node][output]);
  const logits = Array.from(at(network.logits).data);
  return {
    logits,
    probabilities: softmax(logits),
    transformers: network.transformers.map((each) => ({
      theta: Array.from(at(each.theta).data),
      U: at(each.U),
      V: results[each.node][0],
      grid: results[each.node][1],
    })),
  };
}
