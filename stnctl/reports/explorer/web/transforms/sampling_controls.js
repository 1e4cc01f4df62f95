/** Controls of the sampler: interpolation, padding, align_corners and the size of V. */

import { element } from "../app/dom.js";
import { INTERPOLATIONS } from "../geometry/interpolation.js";
import { PADDINGS } from "../geometry/padding.js";
import { MAX_SIDE } from "./slices.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./slices.js").SamplingState} SamplingState */

/** @type {Record<string, string>} */
const TITLES = {
  nearest: "nearest: one pixel",
  bilinear: "bilinear: 2 × 2 pixels",
  bicubic: "bicubic: 4 × 4 pixels",
  quadratic: "quadratic spline: 3 × 3",
  cubic: "cubic spline: 4 × 4",
  area: "area: averages, against aliasing",
  zeros: "zeros: black",
  border: "border: the pixels at the edge",
  reflection: "reflection: a mirror image",
  value: "value: a gray",
};

/** @param {Model} model */
export function createSamplingControls(model) {
  const { store } = model;

  /** @param {Partial<SamplingState>} part @param {boolean} [undo] */
  const set = (part, undo = true) => {
    store.set("sampling", { ...store.get("sampling"), ...part }, { undo });
  };

  /** @param {"interpolation" | "padding"} key @param {string[]} names */
  const chooser = (key, names) => {
    const made = element(
      "select", { id: key, onchange: () => set({ [key]: made.value }) },
      ...names.map((name) => element("option", { value: name }, TITLES[name])),
    );
    return made;
  };
  const interpolation = chooser("interpolation", INTERPOLATIONS);
  const padding = chooser("padding", PADDINGS);

  const fill = element("input", {
    type: "range", id: "fill", min: 0, max: 1, step: 0.01,
    oninput: () => set({ fill: Number(fill.value) }, false),
    onchange: () => set({ fill: Number(fill.value) }),
  });
  const corners = element("input", {
    type: "checkbox", id: "align-corners", onchange: () => set({ alignCorners: corners.checked }),
  });

  const sides = ["height", "width"].map((name) => element("input", {
    type: "number", id: `output-${name}`, min: 1, max: MAX_SIDE, step: 1, onchange: readSize,
    "aria-label": `${name === "height" ? "Height" : "Width"} of V in pixels`,
  }));
  const same = element("button", { type: "button", onclick: () => store.set("output", null) }, "As U");

  function readSize() {
    const size = sides.map((side) => Number(side.value));
    const fits = size.every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
    if (fits) store.set("output", size);
    else update(true);
  }

  /** @param {string} title @param {HTMLElement} control @param {...HTMLElement} others */
  const labeled = (title, control, ...others) => element(
    "div", { class: "setting" }, element("label", { for: control.id }, title), control, ...others,
  );
  const fillOption = labeled("Brightness outside U", fill);
  const root = element(
    "div", { class: "sampler" },
    labeled("Interpolation between pixels", interpolation),
    labeled("Padding: what lies outside U", padding),
    fillOption,
    element("div", { class: "setting", role: "group", "aria-label": "Size of V" },
      element("span", {}, "Height and width of V"),
      element("span", { class: "size" }, sides[0], "×", sides[1], same)),
    element("label", { class: "check" }, corners,
      element("span", {}, element("code", {}, "align_corners"),
        ": −1 and 1 are the centers of the corner pixels, not their outer edges")),
  );

  /** @param {boolean} [all] also the field with the focus */
  function update(all = false) {
    const { sampling, outputSize } = model.warp();
    interpolation.value = sampling.interpolation;
    padding.value = sampling.padding;
    fill.value = String(sampling.fill);
    fillOption.hidden = sampling.padding !== "value";
    corners.checked = sampling.alignCorners;
    sides.forEach((side, k) => {
      if (all || document.activeElement !== side) side.value = String(outputSize[k]);
    });
    same.disabled = store.get("output") === null;
  }
  return { root, update: () => update() };
}
