/** State of the views of a network, and its text in the address. */

import { UNDISTORTED } from "../network/distortion.js";

/** @typedef {import("../app/store.js").Slice} Slice */
/** @typedef {import("../network/run.js").Run} Run */
/** @typedef {import("../network/distortion.js").Distortion} Distortion */

/** Index of the digit that the user draws. */
export const DRAWN = -1;

/** Index of the first shown digit after the worst ones: in MNIST a 4, which has an upright side. */
const FIRST_SHOWN = 4;

/** Largest number of points of a drawing. */
const MAX_POINTS = 3000;

/** Steps of a coordinate in the address. */
const STEPS = 36 ** 2 - 1;

/** Limits of the distortions: the smallest and the largest value of each slider. */
export const LIMITS = {
  rotation: [-180, 180],
  scale: [0.5, 1.5],
  shiftX: [-16, 16],
  shiftY: [-16, 16],
  clutter: [0, 16],
};

/**
 * Return whether the user can draw a digit for the network.
 * @param {Run} run
 */
export function canDraw({ drawing, checkpoints }) {
  return drawing === null && checkpoints.length > 0;
}

/**
 * Return the index of the digit at the start.
 * @param {Run} run
 */
export function firstDigit({ digits: { numWorst, count } }) {
  return Math.min(numWorst + FIRST_SHOWN, count - 1);
}

/**
 * Return the slices of a run.
 * @param {Run} run
 * @returns {Slice[]}
 */
export function runSlices(run) {
  const { digits, checkpoints, network, classes, training } = run;
  const epochs = training ? training.epochs.length : 1;
  const lastStn = Math.max(network.transformers.length - 1, 0);
  return [
    whole("digit", firstDigit(run), canDraw(run) ? DRAWN : 0, digits.count - 1),
    { name: "strokes", initial: [], parse: parseStrokes, format: formatStrokes },
    { name: "centering", initial: true, parse: parseSwitch, format: (on) => (on ? "on" : "off") },
    { name: "distort", initial: UNDISTORTED, parse: parseDistortion, format: formatDistortion },
    whole("weights", run.shown, 0, Math.max(checkpoints.length - 1, 0)),
    whole("stn", lastStn, 0, lastStn),
    whole("label", -1, -1, classes.length - 1),
    whole("turn", 0, -180, 180),
    whole("epoch", epochs - 1, 0, epochs - 1),
  ];
}

/**
 * Return a slice of a whole number.
 * @param {string} name
 * @param {number} initial
 * @param {number} first
 * @param {number} last
 * @returns {Slice}
 */
function whole(name, initial, first, last) {
  return {
    name,
    initial,
    format: String,
    parse: (text) => {
      const value = Number(text);
      if (!/^-?\d{1,6}$/.test(text) || value < first || value > last) {
        throw new Error(`expected a whole number from ${first} to ${last}.`);
      }
      return value;
    },
  };
}

/** @param {string} text */
function parseSwitch(text) {
  if (text !== "on" && text !== "off") throw new Error("expected on or off.");
  return text === "on";
}

/** @param {Distortion} distortion */
function formatDistortion(distortion) {
  return Object.keys(LIMITS)
    .map((name) => distortion[/** @type {keyof Distortion} */ (name)])
    .join(",");
}

/** @param {string} text @returns {Distortion} */
function parseDistortion(text) {
  const parts = text.split(",");
  const names = Object.entries(LIMITS);
  if (parts.length !== names.length) throw new Error(`expected ${names.length} numbers.`);
  const values = names.map(([name, [low, high]], k) => {
    const value = Number(parts[k]);
    if (!/^-?\d{1,4}(\.\d{1,4})?$/.test(parts[k]) || value < low || value > high) {
      throw new Error(`expected a ${name} from ${low} to ${high}.`);
    }
    return [name, name === "clutter" ? Math.round(value) : value];
  });
  return Object.fromEntries(values);
}

/** @param {number[][]} strokes x and y alternating, from 0 to 1 */
function formatStrokes(strokes) {
  /** @param {number} share */
  const two = (share) =>
    Math.round(share * STEPS)
      .toString(36)
      .padStart(2, "0");
  return strokes.map((stroke) => stroke.map(two).join("")).join(".");
}

/** @param {string} text */
function parseStrokes(text) {
  if (text === "") return [];
  if (!/^([0-9a-z]{4})+(\.([0-9a-z]{4})+)*$/.test(text) || text.length > 4 * MAX_POINTS) {
    throw new Error("expected a drawing.");
  }
  return text
    .split(".")
    .map((part) => (part.match(/../g) ?? []).map((pair) => parseInt(pair, 36) / STEPS));
}
