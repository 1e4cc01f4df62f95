/** View of a digit, and of the network that reads it. */

/** @param {import("../app/context.js").PageData} data @returns {import("../app/store.js").Slice[]} */
export function recognitionSlices(data) {
  return [];
}

/** @param {HTMLElement} root @param {import("../app/context.js").Context} context */
export function mountRecognition(root, context) {}
