/** The families that the page offers, with their words and the handles of their frame. */

import { makeTransform } from "../geometry/transforms.js";
import { ArticleFamily } from "./article_family.js";

/** @typedef {import("../geometry/transform.js").Transform} Transform */
/** @typedef {"middle" | "corners" | "edges" | "knob" | "points"} HandleKind */

/**
 * @typedef {object} Family
 * @property {string} title
 * @property {string} sentence
 * @property {HandleKind[]} handles
 */

/** @type {Record<string, Family>} */
export const FAMILIES = {
  article: {
    title: "Six sliders",
    sentence: "Shift, rotation, scale and shear: the six numbers of the article.",
    handles: ["middle", "edges", "corners", "knob"],
  },
  rigid: {
    title: "Rigid",
    sentence: "A rotation and a shift: three numbers. Sizes stay the same.",
    handles: ["middle", "knob"],
  },
  similarity: {
    title: "Similarity",
    sentence: "A scale, a rotation and a shift: four numbers. Shapes stay the same.",
    handles: ["middle", "corners", "knob"],
  },
  affine: {
    title: "Affine",
    sentence: "Six numbers. Parallel lines stay parallel.",
    handles: ["middle", "edges", "corners", "knob"],
  },
  projective: {
    title: "Projective",
    sentence: "Eight numbers: a sheet of paper seen from any side. Straight lines stay straight.",
    handles: ["middle", "edges", "corners", "knob"],
  },
  thin_plate_spline: {
    title: "Thin plate spline",
    sentence: "Each point has its own shift. In between, the image bends as smoothly as it can.",
    handles: ["points"],
  },
  attention: {
    title: "Attention",
    sentence: "A scale and a shift: three numbers. V is a crop of U.",
    handles: ["middle", "corners"],
  },
  translation: {
    title: "Translation",
    sentence: "A shift: two numbers.",
    handles: ["middle"],
  },
  rotation: { title: "Rotation", sentence: "A rotation: one number.", handles: ["knob"] },
  scale_translation: {
    title: "Scale and shift",
    sentence: "One scale for each axis, and a shift: four numbers.",
    handles: ["middle", "edges", "corners"],
  },
  diffeomorphic_affine: {
    title: "Diffeomorphic",
    sentence: "An affine map that can always be undone: the exponential of six numbers.",
    handles: ["middle", "edges", "corners", "knob"],
  },
};

/** Smallest and largest number of rows of control points. */
export const MIN_POINTS = 2;
export const MAX_POINTS = 6;

/**
 * Return the transform of a family.
 * @param {string} family a key of FAMILIES
 * @param {number} points rows and columns of control points
 * @param {[number, number]} inputSize [height, width] of U
 * @param {boolean} alignCorners
 * @returns {Transform}
 */
export function familyTransform(family, points, inputSize, alignCorners) {
  if (family === "article") return new ArticleFamily(inputSize, alignCorners);
  const spline = family === "thin_plate_spline";
  return makeTransform(family, spline ? { controlPoints: [points, points] } : {});
}

/**
 * Return the identity of a family.
 * @param {string} family a key of FAMILIES
 * @param {number} points
 */
export function familyIdentity(family, points) {
  return familyTransform(family, points, [1, 1], true).identity();
}
