// Borders of the regions that transformers sample, in pixels of the input of the network.

import { fromPixels, toPixels } from "../geometry/grid.js";
import { familyOf } from "./sampling.js";

/**
 * @typedef {import("./graph.js").Network} Network
 * @typedef {[number, number][]} Outline points (x, y) in pixels, clockwise from the corner top left
 *   of V and back to it; the first ones, up to the second corner, are the top of V
 */

/** Number of points on each side of a region. */
export const SIDE_POINTS = 12;

/**
 * Return the border of the region of a transformer on the input of the network.
 *
 * A transformer after others samples the V of the one before. Its border is mapped through those
 * before it. Without a way back to the input, as for a map of features, the result is null.
 * @param {Network} network
 * @param {{[name: string]: ArrayLike<number> & Iterable<number>}} thetas theta of each transformer
 * @param {number} index index of the transformer
 * @returns {Outline | null}
 */
export function regionOutline(network, thetas, index) {
  let transformer = network.transformers[index];
  if (transformer.chain === null) return null;
  let points = mapPoints(network, transformer, thetas, borderTargets());
  for (const name of [...transformer.chain].reverse()) {
    const before = network.transformers.find((each) => each.name === name);
    if (!before) return null;
    const size = transformer.poolBefore;
    const [rows, columns] = before.outputShape;
    const { alignCorners } = /** @type {any} */ (network.nodes[before.node]);
    const targets = points.map(([x, y]) => {
      const [left, top] = [x * size + (size - 1) / 2, y * size + (size - 1) / 2];
      return fromPixels(left, top, [rows, columns], alignCorners);
    });
    points = mapPoints(network, before, thetas, targets);
    transformer = before;
  }
  return points;
}

/**
 * Return the pixels of U at normalized points of V.
 * @param {Network} network
 * @param {import("./graph.js").TransformerNode} transformer
 * @param {{[name: string]: ArrayLike<number> & Iterable<number>}} thetas
 * @param {[number, number][]} targets
 * @returns {Outline}
 */
function mapPoints(network, transformer, thetas, targets) {
  const node = /** @type {import("./sampling.js").SamplingOptions} */ (
    /** @type {any} */ (network.nodes[transformer.node])
  );
  const family = familyOf(node);
  const [height, width] = transformer.inputShape;
  return targets.map(([x, y]) => {
    const [sourceX, sourceY] = family.point(thetas[transformer.name], x, y);
    return toPixels(sourceX, sourceY, [height, width], node.alignCorners);
  });
}

/** @returns {[number, number][]} */
function borderTargets() {
  const steps = Array.from({ length: SIDE_POINTS }, (_, k) => (2 * k) / SIDE_POINTS - 1);
  /** @type {[number, number][]} */
  const targets = [
    ...steps.map((t) => /** @type {[number, number]} */ ([t, -1])),
    ...steps.map((t) => /** @type {[number, number]} */ ([1, t])),
    ...steps.map((t) => /** @type {[number, number]} */ ([-t, 1])),
    ...steps.map((t) => /** @type {[number, number]} */ ([-1, -t])),
  ];
  return [...targets, targets[0]];
}
