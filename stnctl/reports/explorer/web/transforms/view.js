/** View of an image U, a transform, and V. */

import { element } from "../app/dom.js";
import { sectionLink } from "../app/navigation.js";
import { createFamilyPicker } from "./family_picker.js";
import { createFrameEditor } from "./frame_editor.js";
import { createImagePicker } from "./image_picker.js";
import { loadSample } from "./image_source.js";
import { createModel } from "./model.js";
import { createOutputView } from "./output_view.js";
import { createPixelView } from "./pixel_view.js";
import { createSamplingControls } from "./sampling_controls.js";
import { createSliders } from "./sliders.js";
import { slices } from "./slices.js";
import { createTexts } from "./texts.js";

/** @typedef {import("../app/context.js").Context} Context */

/** Pause before parts out of sight are updated, in milliseconds. */
const PAUSE = 150;

/** @param {import("../app/context.js").PageData} data @returns {import("../app/store.js").Slice[]} */
export function transformSlices(data) {
  return slices(data);
}

/**
 * Fill the section, as soon as the samples are decoded.
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function mountTransforms(root, context) {
  const { samples } = context.data;
  const loaded = await Promise.all(samples.map(loadSample));
  const images = new Map(loaded.map((image) => [image.name, image]));
  mountView(root, context, createModel(context.store, images));
}

/** @param {HTMLElement} root @param {Context} context @param {import("./model.js").Model} model */
function mountView(root, context, model) {
  const { announce } = context;
  const editor = createFrameEditor(model, announce);
  const output = createOutputView(model, () => updatePixel());
  const pixels = createPixelView(model);
  const images = createImagePicker(model, context, root);
  const families = createFamilyPicker(model);
  const sliders = createSliders(model);
  const sampling = createSamplingControls(model);
  const texts = createTexts(model, announce);

  const updateCopies = sparingly(texts.copies, texts.updateCopies);
  const updateDetails = sparingly(pixels.root, pixels.updateDetails);

  function updatePixel() {
    output.mark();
    editor.mark(pixels.update(output.pixel()));
    updateDetails();
  }

  const pictures = element("div", { class: "pictures" },
    element("figure", { class: "u-figure" }, editor.stage, element("figcaption", {},
      element("b", { class: "name-u" }, "U"), element("span", { class: "more" }, ", the input: the "
        + "frame with its sampled points. The orange side becomes the top of V."))),
    element("figure", { class: "v-figure" }, output.root,
      sectionLink("pixel-view", "Explain this pixel ↓"),
      element("figcaption", {}, element("b", { class: "name-v" }, "V"),
        element("span", { class: "more" }, ", the output"), ". ", texts.effect, pixels.sum)));

  root.append(
    element("h2", {}, "Transform an image"),
    element("p", {},
      "V is made pixel by pixel. For each pixel of V, the numbers theta give a point of U, and V "
      + "takes the value that it finds there. The frame on U shows which part of U becomes V. "
      + "Drag the frame or move the sliders, and watch V."),
    images.root,
    families.root,
    element("div", { class: "workbench", id: "pictures", tabindex: -1 },
      pictures,
      element("div", { class: "rest" },
        element("div", { class: "panel" },
          element("div", {}, element("h3", {}, "Theta"), sliders.root, texts.matrix,
            element("div", { class: "buttons" }, families.identityButton)),
          element("div", {}, element("h3", {}, "Sampler"), sampling.root)),
        pixels.root,
        texts.copies)),
    sectionLink("tour", "Back to the tour"),
  );
  keepClear(pictures, root);
  const parts = [images, families, editor, output, sliders, sampling, texts];
  model.onChange(() => {
    for (const part of parts) part.update();
    updateCopies();
    updatePixel();
  });
  context.store.subscribe(["pixel"], updatePixel);
  root.dataset.ready = "true";
}

/**
 * Tell the style sheet how high the pictures are: on a phone they stay in sight, and a part that
 * the page scrolls to must not lie below them.
 * @param {HTMLElement} pictures
 * @param {HTMLElement} root
 */
function keepClear(pictures, root) {
  new ResizeObserver(() => {
    root.style.setProperty("--pictures", `${pictures.offsetHeight}px`);
  }).observe(pictures);
}

/**
 * Return a function that updates a part of the page: at once if the part is in sight, else after a
 * pause, so that each frame of a drag is quick.
 * @param {Element} part
 * @param {() => void} update
 */
function sparingly(part, update) {
  let isSeen = false;
  /** @type {number | undefined} */
  let timer;
  function now() {
    clearTimeout(timer);
    update();
  }
  new IntersectionObserver((entries) => {
    isSeen = entries[entries.length - 1].isIntersecting;
    if (isSeen) now();
  }).observe(part);
  return () => {
    clearTimeout(timer);
    if (isSeen) update();
    else timer = setTimeout(now, PAUSE);
  };
}
