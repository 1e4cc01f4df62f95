/** The choice of a family. A change keeps the frame as far as the new family can. */

import { element } from "../app/dom.js";
import { FAMILIES, MAX_POINTS, MIN_POINTS, familyIdentity, familyTransform } from "./families.js";
import { fitTheta } from "./fit.js";
import { identityState } from "./slices.js";

/** @typedef {import("./model.js").Model} Model */

const SPLINE = "thin_plate_spline";

/** @param {Model} model */
export function createFamilyPicker(model) {
  const buttons = Object.entries(FAMILIES).map(([name, { title }]) =>
    element("button", { type: "button", "data-family": name, onclick: () => choose(name) }, title));
  const sentence = element("p", { class: "muted" });
  const count = element(
    "select", { id: "control-points", onchange: () => choose(SPLINE, Number(count.value)) },
    ...Array.from({ length: MAX_POINTS - MIN_POINTS + 1 }, (_, k) => {
      const points = String(k + MIN_POINTS);
      return element("option", { value: points }, `${points} × ${points}`);
    }),
  );
  const countField = element(
    "p", { class: "field" }, element("label", { for: "control-points" }, "Control points "), count,
  );
  const identityButton = element("button", { type: "button", id: "identity", onclick: () => {
    const { state } = model.warp();
    const identity = identityState(state.family, state.points);
    const isThere = state.theta.every((value, k) => value === identity.theta[k]);
    if (!isThere) model.store.set("transform", identity);
  } }, "Back to the identity");

  /** @param {string} family @param {number} [points] */
  function choose(family, points) {
    const { state, transform, inputSize, sampling } = model.warp();
    const next = points ?? state.points;
    if (family === state.family && next === state.points) return;
    const wanted = familyTransform(family, next, inputSize, sampling.alignCorners);
    const spots = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [x, y]));
    const lattice = "points" in wanted ? /** @type {[number, number][]} */ (wanted.points) : spots;
    const pairs = lattice.map(([x, y]) => {
      const [sourceX, sourceY] = transform.point(state.theta, x, y);
      return { x, y, sourceX, sourceY, weight: 1 };
    });
    const reachable = pairs.every(({ sourceX, sourceY }) =>
      Math.abs(sourceX) + Math.abs(sourceY) < 50);
    const start = familyIdentity(family, next);
    // First without shears: in the family of the article, they can replace a part of the rotation.
    const upright = wanted.parameters.filter((name) => name !== "kx" && name !== "ky");
    const found = reachable
      ? fitTheta(wanted, pairs, fitTheta(wanted, pairs, start, upright)) : start;
    const theta = found.every((value) => Math.abs(value) < 100) ? found.map(tidy) : start;
    model.store.set("transform", { family, theta, points: next });
  }

  return {
    root: element(
      "div", {},
      element("div", { class: "buttons", role: "group", "aria-label": "Family of transforms" },
        ...buttons),
      sentence, countField,
    ),
    identityButton,
    update() {
      const { state } = model.warp();
      for (const button of buttons) {
        const isChosen = button.dataset.family === state.family;
        button.setAttribute("aria-pressed", String(isChosen));
      }
      sentence.textContent = FAMILIES[state.family].sentence;
      countField.hidden = state.family !== SPLINE;
      count.value = String(state.points);
    },
  };
}

/** @param {number} value @returns {number} without the rounding errors of the fit */
function tidy(value) {
  return Number(value.toFixed(9)) + 0;
}
