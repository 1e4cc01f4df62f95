/** The choice of a family. A change keeps the frame as far as the new family can. */

import { element } from "../app/dom.js";
import { FAMILIES, MAX_POINTS, MIN_POINTS, familyIdentity, familyTransform } from "./families.js";
import { fitTheta } from "./fit.js";
import { formulaNodes } from "./formula.js";
import { identityState } from "./slices.js";

/** @typedef {import("./model.js").Model} Model */

const SPLINE = "thin_plate_spline";

/** @param {Model} model */
export function createFamilyPicker(model) {
  const titles = Object.entries(FAMILIES).map(([name, { title }]) => ({
    name, title: `${title} · ${numbersOf(name)}`,
  }));
  const buttons = titles.map(({ name, title }) =>
    element("button", { type: "button", "data-family": name, onclick: () => choose(name) }, title));
  const select = element(
    "select", { id: "family", onchange: () => choose(select.value) },
    ...titles.map(({ name, title }) => element("option", { value: name }, title)),
  );
  const sentence = element("p", { class: "muted" });
  const count = element(
    "select", { id: "control-points", onchange: () => choose(SPLINE, Number(count.value)) },
    ...Array.from({ length: MAX_POINTS - MIN_POINTS + 1 }, (_, k) => {
      const points = String(k + MIN_POINTS);
      return element("option", { value: points }, `${points} × ${points}`);
    }),
  );
  const countField = element(
    "p", { class: "field" }, element("label", { for: "control-points" }, "Rows and columns of control points "), count,
  );
  const identityButton = element("button", { type: "button", id: "identity", onclick: () => {
    const { state } = model.warp();
    const identity = identityState(state.family, state.points);
    const isThere = state.theta.every((value, k) => value === identity.theta[k]);
    if (!isThere) model.store.set("transform", identity);
  } }, "Back to the identity: V is U");

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
      element("p", { class: "field family-choice" },
        element("label", { for: "family" }, "Transform "), select),
      element("p", { class: "muted" }, "After the dot: how many numbers theta has."),
      sentence, countField,
    ),
    identityButton,
    update() {
      const { state } = model.warp();
      for (const button of buttons) {
        const isChosen = button.dataset.family === state.family;
        button.setAttribute("aria-pressed", String(isChosen));
      }
      select.value = state.family;
      sentence.replaceChildren(...formulaNodes(FAMILIES[state.family].sentence));
      countField.hidden = state.family !== SPLINE;
      count.value = String(state.points);
    },
  };
}

/** @param {string} family @returns {string} the number of its parameters */
function numbersOf(family) {
  return family === SPLINE ? `${2 * MIN_POINTS ** 2} to ${2 * MAX_POINTS ** 2}`
    : String(familyIdentity(family, MIN_POINTS).length);
}

/** @param {number} value @returns {number} without the rounding errors of the fit */
function tidy(value) {
  return Number(value.toFixed(9)) + 0;
}
