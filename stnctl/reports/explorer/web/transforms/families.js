/** The families that the page offers, with their words and the handles of their frame. */

import { makeTransform } from "../geometry/transforms.js";
import { ArticleFamily } from "./article_family.js";

/** @typedef {import("../geometry/transform.js").Transform} Transform */
/** @typedef {"middle" | "corners" | "edges" | "knob" | "points"} HandleKind */

/**
 * @typedef {object} Family
 * @property {string} title
 * @property {string} sentence
 * @property {string[]} formulas from a point of V to a point of U; "_" before a subscript
 * @property {HandleKind[]} handles
 */

/** @type {Record<string, Family>} */
export const FAMILIES = {
  article: {
    title: "Six sliders",
    sentence: "Shift, rotation, scale and shear: the six numbers of the article.",
    formulas: [
      "x_U = s cos θ · x_V − s (sin θ + k_x) · y_V + t_x",
      "y_U = s (sin θ + k_y) · x_V + s cos θ · y_V + t_y",
    ],
    handles: ["middle", "edges", "corners", "knob"],
  },
  rigid: {
    title: "Rigid",
    sentence: "A rotation and a shift: three numbers. Sizes stay the same.",
    formulas: [
      "x_U = cos θ · x_V − sin θ · y_V + t_x",
      "y_U = sin θ · x_V + cos θ · y_V + t_y",
    ],
    handles: ["middle", "knob"],
  },
  similarity: {
    title: "Similarity",
    sentence: "A scale, a rotation and a shift: four numbers. Shapes stay the same.",
    formulas: [
      "x_U = s cos θ · x_V − s sin θ · y_V + t_x",
      "y_U = s sin θ · x_V + s cos θ · y_V + t_y",
    ],
    handles: ["middle", "corners", "knob"],
  },
  affine: {
    title: "Affine",
    sentence: "Six numbers. Parallel lines stay parallel.",
    formulas: [
      "x_U = a · x_V + b · y_V + t_x",
      "y_U = c · x_V + d · y_V + t_y",
    ],
    handles: ["middle", "edges", "corners", "knob"],
  },
  projective: {
    title: "Projective",
    sentence: "Eight numbers: a sheet of paper seen from any side. Straight lines stay straight.",
    formulas: [
      "x_U = (h_{11} x_V + h_{12} y_V + h_{13}) / w",
      "y_U = (h_{21} x_V + h_{22} y_V + h_{23}) / w",
      "w = h_{31} x_V + h_{32} y_V + 1",
    ],
    handles: ["middle", "edges", "corners", "knob"],
  },
  thin_plate_spline: {
    title: "Thin plate spline",
    sentence: "Drag the points on U: each has its own shift, and between them the image bends smoothly.",
    formulas: [
      "(x_U, y_U) = (x_V, y_V) + a weighted sum of the shifts of all points",
    ],
    handles: ["points"],
  },
  attention: {
    title: "Attention",
    sentence: "A scale and a shift: three numbers. V is a crop of U.",
    formulas: [
      "x_U = s · x_V + t_x",
      "y_U = s · y_V + t_y",
    ],
    handles: ["middle", "corners"],
  },
  translation: {
    title: "Translation",
    sentence: "A shift: two numbers.",
    formulas: [
      "x_U = x_V + t_x",
      "y_U = y_V + t_y",
    ],
    handles: ["middle"],
  },
  rotation: {
    title: "Rotation",
    sentence: "A rotation: one number.",
    formulas: [
      "x_U = cos θ · x_V − sin θ · y_V",
      "y_U = sin θ · x_V + cos θ · y_V",
    ],
    handles: ["knob"],
  },
  scale_translation: {
    title: "Scale and shift",
    sentence: "One scale for each axis, and a shift: four numbers.",
    formulas: [
      "x_U = s_x · x_V + t_x",
      "y_U = s_y · y_V + t_y",
    ],
    handles: ["middle", "edges", "corners"],
  },
  diffeomorphic_affine: {
    title: "Diffeomorphic",
    sentence: "An affine map that can always be undone: the exponential of six numbers.",
    formulas: [
      "(x_U, y_U, 1) = exp[a b t_x; c d t_y; 0 0 0] (x_V, y_V, 1)",
    ],
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
