/** Buttons and keys for undo, redo and reset. */

import { element } from "./dom.js";

/**
 * Add the buttons, and listen to Ctrl-Z, Ctrl-Shift-Z and Ctrl-Y (Command on a Mac).
 *
 * @param {HTMLElement} root
 * @param {import("./context.js").Context} context
 */
export function mountHistoryButtons(root, { store, announce }) {
  const undo = () => announce(store.undo() ? "Undone." : "Nothing to undo.");
  const redo = () => announce(store.redo() ? "Redone." : "Nothing to redo.");
  const reset = () => {
    store.reset();
    announce("Everything is as at the start.");
  };
  const undoButton = element("button", { type: "button", onclick: undo }, "Undo");
  const redoButton = element("button", { type: "button", onclick: redo }, "Redo");
  root.append(undoButton, redoButton, element("button", { type: "button", onclick: reset }, "Reset"));

  function update() {
    undoButton.disabled = !store.canUndo;
    redoButton.disabled = !store.canRedo;
  }
  update();
  store.subscribe([...store.slices.keys()], update);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isText(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "y" || (key === "z" && event.shiftKey)) redo();
    else if (key === "z") undo();
    else return;
    event.preventDefault();
  });
}

/** @param {EventTarget | null} target */
function isText(target) {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && ["text", "number"].includes(target.type))
  );
}
