/** View of an image U, a transformation, and V. */

/** @param {import("../app/context.js").PageData} data @returns {import("../app/store.js").Slice[]} */
export function transformSlices(data) {
  return [];
}

/** @param {HTMLElement} root @param {import("../app/context.js").Context} context */
export function mountTransforms(root, context) {}
