/** The families of transforms by name, with their options. */

import {
  Affine, Attention, DiffeomorphicAffine, Rigid, Rotation, ScaleTranslation, Similarity,
  Translation,
} from "./affine_family.js";
import { Flow, ThinPlateSpline } from "./displacements.js";
import { Projective } from "./projective.js";

/** @typedef {import("./transform.js").Transform} Transform */

/**
 * @typedef {object} TransformOptions
 * @property {(number | null)[][]} [constraints] of affine: two rows of three
 * @property {[number, number]} [controlPoints] of thin_plate_spline: rows and columns
 * @property {[number, number]} [size] of flow: [height, width] of V
 */

/** @type {Record<string, (options: TransformOptions) => Transform>} */
const FAMILIES = {
  translation: () => new Translation(),
  rotation: () => new Rotation(),
  rigid: () => new Rigid(),
  similarity: () => new Similarity(),
  attention: () => new Attention(),
  scale_translation: () => new ScaleTranslation(),
  affine: ({ constraints }) => new Affine(constraints),
  projective: () => new Projective(),
  thin_plate_spline: ({ controlPoints }) => new ThinPlateSpline(controlPoints),
  diffeomorphic_affine: () => new DiffeomorphicAffine(),
  flow: ({ size }) => new Flow(size),
};

/** The names of all families. */
export const TRANSFORMS = Object.keys(FAMILIES);

/** @type {Map<string, Transform>} */
const made = new Map();

/**
 * Return the transform with a name and options. Equal arguments give the same object.
 * @param {string} name one of TRANSFORMS
 * @param {TransformOptions} [options]
 * @returns {Transform}
 */
export function makeTransform(name, options = {}) {
  if (!Object.hasOwn(FAMILIES, name)) throw new Error(`unknown transform ${name}`);
  const key = JSON.stringify([name, options.constraints, options.controlPoints, options.size]);
  const found = made.get(key) ?? FAMILIES[name](options);
  made.set(key, found);
  return found;
}
