/** State of the transforms view, and its text in the address. Such a text may come from anybody. */

import { INTERPOLATIONS } from "../geometry/interpolation.js";
import { PADDINGS } from "../geometry/padding.js";
import { FAMILIES, MAX_POINTS, MIN_POINTS, familyIdentity } from "./families.js";
import { hasOwnImage, OWN } from "./image_source.js";

/** @typedef {import("../app/store.js").Slice} Slice */

/**
 * @typedef {object} TransformState
 * @property {string} family a key of FAMILIES
 * @property {number[]} theta
 * @property {number} points rows and columns of control points
 */

/**
 * @typedef {object} SamplingState
 * @property {import("../geometry/interpolation.js").InterpolationName} interpolation
 * @property {import("../geometry/padding.js").PaddingName} padding
 * @property {number} fill brightness outside U for the padding "value", from 0 to 1
 * @property {boolean} alignCorners
 */

const LARGEST_NUMBER = 1000;
export const MAX_SIDE = 512;
const DEFAULT_POINTS = 4;

/** @type {TransformState} */
const START = { family: "article", theta: [0, 0, 0, 1, 0, 0], points: DEFAULT_POINTS };

/**
 * Return the state at the identity of a family.
 * @param {string} family
 * @param {number} [points]
 * @returns {TransformState}
 */
export function identityState(family, points = DEFAULT_POINTS) {
  return { family, theta: familyIdentity(family, points), points };
}

/** @param {import("../app/context.js").PageData} data @returns {Slice[]} */
export function slices(data) {
  const names = data.samples.map(({ name }) => name);
  return [
    {
      name: "image",
      initial: names[0],
      parse: (text) => parseImage(text, names),
      format: (name) => name,
    },
    { name: "transform", initial: START, parse: parseTransform, format: formatTransform },
    {
      name: "sampling",
      initial: { interpolation: "bilinear", padding: "zeros", fill: 0.5, alignCorners: true },
      parse: parseSampling,
      format: formatSampling,
    },
    { name: "output", initial: null, parse: parseSize, format: (size) => (size ?? []).join("x") },
    { name: "pixel", initial: null, parse: parsePixel, format: (place) => (place ?? []).join() },
  ];
}

/** @param {string} text @param {string[]} names */
function parseImage(text, names) {
  if (names.includes(text) || (text === OWN && hasOwnImage())) return text;
  if (text === OWN) throw new Error("your own image is not in the address; choose it again.");
  throw new Error(`expected one of the images ${names.join(", ")}.`);
}

/** @param {string} text @returns {TransformState} */
function parseTransform(text) {
  const [name, numbers = "", ...more] = text.split(":");
  if (!Object.hasOwn(FAMILIES, name) || more.length > 0) {
    throw new Error(`expected one of ${Object.keys(FAMILIES).join(", ")}, a colon and numbers.`);
  }
  const words = numbers.split(",");
  const theta = words.map((word) => parseNumber(word, -LARGEST_NUMBER, LARGEST_NUMBER));
  const isSpline = name === "thin_plate_spline";
  const points = isSpline ? Math.sqrt(theta.length / 2) : DEFAULT_POINTS;
  if (!Number.isInteger(points) || points < MIN_POINTS || points > MAX_POINTS) {
    throw new Error(`expected two numbers for each of 2 x 2 to ${MAX_POINTS} x ${MAX_POINTS} points.`);
  }
  const count = familyIdentity(name, points).length;
  if (theta.length !== count) throw new Error(`expected ${count} numbers.`);
  return { family: name, theta, points };
}

/** @param {TransformState} state */
function formatTransform({ family, theta }) {
  return `${family}:${theta.join()}`;
}

/** @param {string} text @returns {SamplingState} */
function parseSampling(text) {
  const [interpolation, padding, fill, corners, ...more] = text.split(",");
  if (more.length > 0 || !["corners", "edges"].includes(corners)) {
    throw new Error("expected an interpolation, a padding, a brightness, and corners or edges.");
  }
  return {
    interpolation: oneOf(INTERPOLATIONS, interpolation),
    padding: oneOf(PADDINGS, padding),
    fill: parseNumber(fill, 0, 1),
    alignCorners: corners === "corners",
  };
}

/** @param {SamplingState} state */
function formatSampling({ interpolation, padding, fill, alignCorners }) {
  return [interpolation, padding, fill, alignCorners ? "corners" : "edges"].join();
}

/** @param {string} text @returns {[number, number] | null} */
function parseSize(text) {
  if (text === "") return null;
  return parsePair(text.split("x"), 1);
}

/** @param {string} text @returns {[number, number] | null} */
function parsePixel(text) {
  if (text === "") return null;
  return parsePair(text.split(","), 0);
}

/** @param {string[]} words @param {number} least @returns {[number, number]} */
function parsePair(words, least) {
  if (words.length !== 2 || !words.every((word) => /^\d{1,3}$/.test(word))) {
    throw new Error("expected two whole numbers.");
  }
  const [first, second] = words.map((word) => parseNumber(word, least, MAX_SIDE));
  return [first, second];
}

/** @param {string} word @param {number} low @param {number} high */
function parseNumber(word, low, high) {
  const value = /^-?\d*\.?\d+(e[+-]?\d+)?$/i.test(word) ? Number(word) : NaN;
  if (!(value >= low && value <= high)) {
    throw new Error(`expected numbers from ${low} to ${high}.`);
  }
  return value;
}

/** @template {string} Name @param {Name[]} names @param {string} text @returns {Name} */
function oneOf(names, text) {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Error(`expected one of ${names.join(", ")}.`);
  return found;
}
