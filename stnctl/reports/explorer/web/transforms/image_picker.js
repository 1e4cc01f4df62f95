/** The choice of an image: a sample, or a file that is chosen or dropped. */

import { element } from "../app/dom.js";
import { loadOwnImage, OWN, ownImage } from "./image_source.js";

/** @typedef {import("../app/context.js").Context} Context */
/** @typedef {import("./model.js").Model} Model */

/**
 * @param {Model} model
 * @param {Context} context
 * @param {HTMLElement} target element to mark while a file is dragged over the page
 */
export function createImagePicker(model, { data, showError, announce }, target) {
  const { store } = model;
  const buttons = data.samples.map(({ name, title }) => element(
    "button", { type: "button", "data-image": name, onclick: () => choose(name) }, title,
  ));
  const file = element("input", {
    type: "file", id: "own-image", class: "hidden", accept: "image/*", tabindex: -1,
    "aria-label": "Image file",
    onchange: () => {
      read(file.files);
      file.value = "";
    },
  });
  const own = element(
    "button", { type: "button", "data-image": OWN, onclick: () => file.click() }, "Your image…",
  );
  const note = element("p", { class: "muted" });

  /** @param {string} name */
  function choose(name) {
    if (store.get("image") !== name) store.set("image", name);
  }

  /** @param {FileList | null | undefined} files */
  async function read(files) {
    if (!files || files.length === 0) return;
    try {
      await loadOwnImage(files[0]);
    } catch (error) {
      showError(error instanceof Error ? error.message : String(error));
      return;
    }
    if (store.get("image") === OWN) store.set("image", data.samples[0].name, { undo: false });
    store.set("image", OWN); // a second image of the user is the same state
    announce("Your image is U now.");
  }

  // A file dropped anywhere on the page is read; else the browser would leave the page.
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    target.classList.add("dropping");
  });
  window.addEventListener("dragleave", () => target.classList.remove("dropping"));
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    target.classList.remove("dropping");
    read(event.dataTransfer?.files);
  });

  return {
    root: element(
      "div", {},
      element("div", { class: "buttons", role: "group", "aria-label": "Image U" }, ...buttons, own, file),
      note,
    ),
    update() {
      const name = store.get("image");
      for (const button of [...buttons, own]) {
        button.setAttribute("aria-pressed", String(button.dataset.image === name));
      }
      note.textContent = name === OWN ? ownImage()?.note ?? "" : "";
    },
  };
}
