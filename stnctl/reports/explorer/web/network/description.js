// Theta of a transformer in words.

import { describeEffect } from "../geometry/describe.js";
import { familyOf } from "./sampling.js";

/**
 * Return a sentence on the motion of the image, in pixels of U.
 * @param {ArrayLike<number> & Iterable<number>} theta
 * @param {import("./sampling.js").SamplingOptions} options
 * @param {number[]} inputShape (H, W, C)
 */
export function describeTheta(theta, options, [height, width]) {
  return describeEffect(familyOf(options), theta, [height, width], options.alignCorners);
}
