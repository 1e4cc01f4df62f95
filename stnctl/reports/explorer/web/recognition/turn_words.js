/** Sentences about the loss over the angle. */

import { LEVEL_SLOPE, turnShape } from "../network/turn_valleys.js";
import { numberText, turned } from "./number_text.js";

/** @typedef {import("../network/turning.js").TurnCurve} TurnCurve */
/** @typedef {import("../network/turning.js").AngleScore} AngleScore */
/** @typedef {import("../network/turn_valleys.js").TurnPoint} TurnPoint */
/** @typedef {import("../network/turn_valleys.js").TurnShape} TurnShape */

/** Families whose regions have any angle. */
const TURNING = [
  "rotation",
  "rigid",
  "similarity",
  "affine",
  "projective",
  "thin_plate_spline",
  "diffeomorphic_affine",
];

/** Loss up to which a digit is read well: its class has a probability of one half. */
const READ_WELL = Math.LN2;

/**
 * Return sentences on what the chart shows.
 * @param {import("../network/run.js").Run} run
 */
export function turnIntroduction({ network }) {
  const { transformers, nodes } = network;
  if (!transformers.length) {
    return [
      "This network has no transformer, so nothing turns the digit for it. The chart turns U " +
        "itself: it is the loss of this digit at each angle. A low loss at many angles means " +
        "that the network learned them all by itself.",
    ];
  }
  const texts = [
    "The loss says how wrong the answer is: 0 is perfect. Here the image turns about the center " +
      "of V, to each angle; its scale and its shear stay. The rest of the network reads each V. " +
      "The point is at the angle by which theta of the localization network turns the image.",
    "Training moves theta downhill along the slope at this point, and sees no further. Where the " +
      "curve is flat, or a hill is before a deeper valley, this digit does not pull it there. " +
      "The curve is that of one digit with the weights of now: training adds up the slopes of " +
      "many images, and all weights change with it.",
  ];
  const families = new Set(transformers.map((each) => nodes[each.node].transform));
  const still = [...families].filter((name) => !TURNING.includes(name));
  if (still.length) {
    texts.push(
      `The family ${still.join(", ").replaceAll("_", " ")} of this network can't turn the ` +
        "image. The chart turns it all the same, to show what that would bring.",
    );
  }
  return texts;
}

/**
 * Return sentences on a curve.
 * @param {TurnCurve} curve
 * @param {import("../network/run.js").Run} run
 */
export function curveText(curve, { network }) {
  const { scores, chosen, slope } = curve;
  const hasTransformer = network.transformers.length > 0;
  const loss = numberText(chosen.loss, 3);
  const number = `${numberText(chosen.angle, 1)}°`;
  const words = turned(chosen.angle, 1);
  const angle = words === "0°" ? words : `${words}, ${number} in the chart`;
  const shape = turnShape(curve);
  const texts = [
    hasTransformer
      ? `The network turns the image by ${angle}, with a loss of ${loss}.`
      : `As it is, the digit has a loss of ${loss}.`,
    placeText(shape),
  ];
  if (hasTransformer) {
    texts.push(
      `The slope at the network's angle is ${numberText(slope, 4)} per degree` +
        `${pullText(shape, slope)}.`,
    );
  }
  const step = 360 / (scores.length - 1);
  texts.push(`The chart has a point each ${Number(step.toFixed(1))}°.`);
  return texts.join(" ");
}

/** @param {TurnShape} shape */
function placeText({ kind, range, lowest }) {
  const isRead = lowest.loss <= READ_WELL;
  if (kind === "flat") {
    const how = isRead ? "well" : "badly";
    return `The curve is flat everywhere: the digit is read equally ${how} at all angles.`;
  }
  if (range === null) {
    const unread = isRead ? "" : ": no angle makes the network read the digit well";
    return `The lowest loss is at ${pointText(lowest)}${unread}.`;
  }
  const [first, last] = range.map(degreesText);
  const where = first === last ? `at ${first}` : `from ${first} to ${last}`;
  const around = range[0] > range[1] ? ", through 180°" : "";
  return isRead
    ? `This angle is in a valley, ${where}${around}: the digit is read well at these angles.`
    : `This angle is in a valley, ${where}${around}, but no angle makes the network read the digit well.`;
}

/** @param {TurnShape} shape @param {number} slope */
function pullText({ kind, stop, next }, slope) {
  if (kind === "flat") return ": this digit gives hardly any reason to turn";
  if (kind === "level" && next) {
    const valley = `the nearest valley is at ${pointText(next.bottom)}`;
    return next.hill
      ? `: nearly level, and ${valley}, behind a hill at ${pointText(next.hill)}. Training on ` +
          "this digit would stay here"
      : `: nearly level, so this digit hardly pulls the angle, though ${valley}`;
  }
  if (kind === "valley" && Math.abs(slope) < LEVEL_SLOPE) {
    return ": nearly level, as at the bottom of a valley";
  }
  const pull = `, so this digit pulls the angle to ${slope > 0 ? "smaller" : "larger"} values`;
  if (kind === "valley") return `${pull}, to the bottom of this valley`;
  if (!next) return `${pull}, down into the valley at ${pointText(stop)}`;
  const valley = `the deeper valley at ${pointText(next.bottom)}`;
  const end = `${pull}. Training on this digit would stop at ${pointText(stop)}`;
  return next.hill
    ? `${end}: a hill at ${pointText(next.hill)} is before ${valley}`
    : `${end}, before ${valley}`;
}

/** @param {TurnPoint} point */
function pointText({ angle, loss }) {
  return `${degreesText(angle)} (loss ${numberText(loss, 2)})`;
}

/** @param {number} angle */
function degreesText(angle) {
  return `${numberText(Math.round(angle))}°`;
}

/**
 * Return the user's angle in words.
 * @param {number} degrees clockwise
 */
export function turnText(degrees) {
  return degrees ? `${numberText(degrees)}°: the digit turns ${turned(degrees)}` : "0°";
}

/**
 * Return a sentence on who reads the digit better.
 * @param {AngleScore} own
 * @param {AngleScore} chosen
 * @param {string} chooser
 */
export function scoreText(own, chosen, chooser) {
  const difference = own.loss - chosen.loss;
  if (Math.abs(difference) < 0.0005) return "A draw: the losses are equal.";
  if (difference < 0) return "You win: your angle has the lower loss.";
  return chooser === "network"
    ? "The network wins: its angle has the lower loss."
    : "The digit as it is has the lower loss.";
}
