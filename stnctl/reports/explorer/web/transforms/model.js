/** The current warp as a function of the state, computed once for all parts of the view. */

import { OWN, ownImage } from "./image_source.js";
import { createWarper } from "./warped_image.js";

/** @typedef {import("./warped_image.js").CurrentWarp} CurrentWarp */
/** @typedef {import("./slices.js").TransformState} TransformState */
/** @typedef {ReturnType<typeof createModel>} Model */

const WARP_SLICES = ["image", "transform", "sampling", "output"];

/**
 * @param {import("../app/store.js").Store} store
 * @param {Map<string, import("./image_source.js").SourceImage>} images the samples by name
 */
export function createModel(store, images) {
  const currentWarp = createWarper();
  /** @type {any[]} */
  let key = [];
  /** @type {CurrentWarp | null} */
  let kept = null;

  return {
    store,

    /** Return the current warp. @returns {CurrentWarp} */
    warp() {
      const name = store.get("image");
      const image = /** @type {import("./image_source.js").SourceImage} */ (
        name === OWN ? ownImage() : images.get(name)
      );
      const next = [image, ...WARP_SLICES.map((slice) => store.get(slice))];
      if (kept === null || next.some((part, k) => part !== key[k])) {
        kept = currentWarp(image, next[2], next[3], next[4]);
        key = next;
      }
      return kept;
    },

    /**
     * Set theta.
     * @param {number[]} theta
     * @param {{ undo: boolean }} options undo: false while a drag goes on
     */
    setTheta(theta, options) {
      const state = /** @type {TransformState} */ (store.get("transform"));
      store.set("transform", { ...state, theta }, options);
    },

    /**
     * Call a function now, and in the animation frame after each change of the warp.
     * @param {() => void} callback
     */
    onChange(callback) {
      store.subscribe(WARP_SLICES, callback);
      callback();
    },
  };
}
