/** V on a canvas, with a pixel that can be chosen by pointer and keyboard. */

import { element } from "../app/dom.js";
import { writeOutput } from "./warped_image.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {[number, number]} Place row and column of a pixel of V */

const KEYS = /** @type {Record<string, Place>} */ ({
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
});
const LARGE_STEP = 10;

/**
 * @param {Model} model
 * @param {() => void} onPixel called when another pixel is looked at
 */
export function createOutputView(model, onPixel) {
  const canvas = element("canvas", {
    id: "v-canvas", class: "v-picture", tabindex: 0, role: "application",
    "aria-label": "V. Arrow keys choose a pixel; below is where its value comes from.",
  });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const cursor = element("div", { class: "cursor", "aria-hidden": "true" });
  const root = element("div", { class: "v-stage" }, canvas, cursor);
  /** @type {Place | null} */
  let hovered = null;
  let pixels = new ImageData(1, 1);

  /** @returns {Place} */
  function pixel() {
    const [height, width] = model.warp().outputSize;
    const [row, column] = hovered ?? model.store.get("pixel")
      ?? [Math.floor(height / 2), Math.floor(width / 2)];
    return [Math.min(row, height - 1), Math.min(column, width - 1)];
  }

  /** @param {PointerEvent} event @returns {Place} */
  function under(event) {
    const box = canvas.getBoundingClientRect();
    const [height, width] = model.warp().outputSize;
    const row = Math.floor(((event.clientY - box.top) / box.height) * height);
    const column = Math.floor(((event.clientX - box.left) / box.width) * width);
    return [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)];
  }

  /** Choose a pixel: many in sequence are one step of undo. @param {Place} place */
  function setPixel(place) {
    model.store.set("pixel", place, { undo: false });
  }

  /** @param {Place | null} place */
  function hover(place) {
    hovered = place;
    onPixel();
  }

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") hover(under(event));
  });
  canvas.addEventListener("pointerleave", () => hover(null));
  canvas.addEventListener("click", (event) => {
    setPixel(under(/** @type {PointerEvent} */ (event)));
  });
  canvas.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    hovered = null;
    const step = event.shiftKey ? LARGE_STEP : 1;
    const [height, width] = model.warp().outputSize;
    const [row, column] = pixel();
    setPixel([
      Math.min(Math.max(row + direction[0] * step, 0), height - 1),
      Math.min(Math.max(column + direction[1] * step, 0), width - 1),
    ]);
  });

  return {
    root,
    canvas,
    pixel,
    update() {
      const warp = model.warp();
      const [height, width] = warp.outputSize;
      if (canvas.width !== width || canvas.height !== height) {
        [canvas.width, canvas.height] = [width, height];
        canvas.classList.toggle("pixelated", Math.max(height, width) < 100);
      }
      root.style.setProperty("--aspect", String(width / height));
      if (pixels.width !== width || pixels.height !== height) pixels = new ImageData(width, height);
      writeOutput(warp, pixels);
      context.putImageData(pixels, 0, 0);
    },
    /** Mark the pixel that is looked at. */
    mark() {
      const [height, width] = model.warp().outputSize;
      const [row, column] = pixel();
      cursor.style.left = `${((column + 0.5) / width) * 100}%`;
      cursor.style.top = `${((row + 0.5) / height) * 100}%`;
      cursor.style.width = `max(${100 / width}%, 11px)`;
      cursor.style.height = `max(${100 / height}%, 11px)`;
    },
  };
}
