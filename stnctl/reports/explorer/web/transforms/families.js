/**
 * The families that the page offers, by the number of their parameters, with their words and the
 * handles of their frame.
 */

import { makeTransform } from "../geometry/transforms.js";
import { ArticleFamily } from "./article_family.js";

/** @typedef {import("../geometry/transform.js").Transform} Transform */
/** @typedef {"middle" | "corners" | "edges" | "knob" | "points"} HandleKind */

/**
 * @typedef {object} Family
 * @property {string} title
 * @property {string} sentence
 * @property {string[][]} [symbols] the matrix, if its entries are no parameters
 * @property {string[]} formulas from a point of V to a point of U; "_" before a subscript
 * @property {HandleKind[]} handles
 */

/** @type {Record<string, Family>} */
export const FAMILIES = {
  rotation: {
    title: "Rotation",
    sentence: "A rotation: one number.",
    formulas: [
      "x_U = cos α · x_V − sin α · y_V",
      "y_U = sin α · x_V + cos α · y_V",
    ],
    handles: ["knob"],
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
  attention: {
    title: "Crop (attention)",
    sentence: "One scale for both axes and a shift: three numbers. V is a crop of U.",
    formulas: [
      "x_U = s · x_V + t_x",
      "y_U = s · y_V + t_y",
    ],
    handles: ["middle", "corners"],
  },
  rigid: {
    title: "Rigid",
    sentence: "A rotation and a shift: three numbers. Sizes stay the same.",
    formulas: [
      "x_U = cos α · x_V − sin α · y_V + t_x",
      "y_U = sin α · x_V + cos α · y_V + t_y",
    ],
    handles: ["middle", "knob"],
  },
  similarity: {
    title: "Similarity",
    sentence: "A scale, a rotation and a shift: four numbers. Shapes stay the same.",
    formulas: [
      "x_U = s cos α · x_V − s sin α · y_V + t_x",
      "y_U = s sin α · x_V + s cos α · y_V + t_y",
    ],
    handles: ["middle", "corners", "knob"],
  },
  scale_translation: {
    title: "Two scales and a shift",
    sentence: "One scale for each axis, and a shift: four numbers.",
    formulas: [
      "x_U = s_x · x_V + t_x",
      "y_U = s_y · y_V + t_y",
    ],
    handles: ["middle", "edges", "corners"],
  },
  affine: {
    title: "Affine",
    sentence: "Six numbers: the entries of the matrix, free. Parallel lines stay parallel.",
    formulas: [
      "x_U = a · x_V + b · y_V + t_x",
      "y_U = c · x_V + d · y_V + t_y",
    ],
    handles: ["middle", "edges", "corners", "knob"],
  },
  article: {
    title: "The notebook's sliders",
    sentence: "A shift, a rotation, a scale and two shears, as in the notebook with which this "
      + "project began. The first and the last of the four entries of its matrix are always equal, k_x has "
      + "a minus sign, and both shears are added to sin α.",
    symbols: [
      ["s cos α", "−s (sin α + k_x)", "t_x"],
      ["s (sin α + k_y)", "s cos α", "t_y"],
      ["0", "0", "1"],
    ],
    formulas: [
      "(x_U, y_U, 1) is this matrix times (x_V, y_V, 1):",
    ],
    handles: ["middle", "edges", "corners", "knob"],
  },
  diffeomorphic_affine: {
    title: "Diffeomorphic",
    sentence: "An affine map that is always invertible: the matrix exponential of six numbers. "
      + "A map is diffeomorphic if it and its inverse are smooth.",
    formulas: [
      "(x_U, y_U, 1) = exp[a b t_x; c d t_y; 0 0 0] (x_V, y_V, 1)",
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
    sentence: "Drag the points on U, the control points: each has its own shift, two numbers, "
      + "and between them the image bends smoothly.",
    formulas: [
      "(x_U, y_U) = (x_V, y_V) + a weighted sum of the shifts of all points",
    ],
    handles: ["points"],
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
