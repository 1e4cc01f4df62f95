/** U with the sampled points and the frame, whose handles can be dragged. */

import { element, setAttributes, svgElement } from "../app/dom.js";
import { halfSpan } from "../geometry/grid.js";
import { draggedTheta } from "./frame_drag.js";
import { frameHandles } from "./frame_handles.js";
import { fittingShare, outline, sampledPoints } from "./frame_paths.js";
import { fixed } from "./number_words.js";
import { fromStage, onStage, SHARES } from "./stage.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./frame_handles.js").FrameHandle} FrameHandle */
/** @typedef {[number, number]} Point */

const KEYS = /** @type {Record<string, Point>} */ ({
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
});
const [STEP, LARGE_STEP] = [0.02, 0.1];
const KNOB_STEP = Math.PI / 90;

/**
 * @param {Model} model
 * @param {(text: string) => void} announce
 */
export function createFrameEditor(model, announce) {
  const picture = element("canvas", { class: "u-picture", "aria-hidden": "true" });
  const dots = svgElement("path", { class: "sampled" });
  const body = svgElement("path", { class: "frame-body" });
  const halo = svgElement("path", { class: "frame-halo" });
  const frame = svgElement("path", { class: "frame" });
  const top = svgElement("path", { class: "frame-top" });
  const stem = svgElement("path", { class: "frame-stem" });
  const mark = svgElement("path", { class: "source-point" });
  const overlay = svgElement(
    "svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    body, dots, stem, halo, frame, top, mark,
  );
  const handles = element("div", { class: "handles" });
  const stage = element(
    "div", { class: "stage", role: "group", "aria-label": "U with the frame" },
    picture, overlay, handles,
  );
  /** @type {{ handle: FrameHandle, button: HTMLButtonElement }[]} */
  let shown = [];
  let shownKey = "";
  /** Share of the stage that U takes. While a drag goes on it stays as it is. */
  let share = SHARES[0];
  let isDragging = false;
  /** @type {HTMLCanvasElement | null} */
  let shownPicture = null;

  /** @param {{ clientX: number, clientY: number }} event @returns {Point} */
  function pointer({ clientX, clientY }) {
    const box = stage.getBoundingClientRect();
    const { inputSize, sampling } = model.warp();
    const place = /** @type {Point} */ (
      [(clientX - box.left) / box.width, (clientY - box.top) / box.height]
    );
    return fromStage(place, inputSize, sampling.alignCorners, share);
  }

  /** @param {Pick<FrameHandle, "kind" | "index">} handle @param {number[]} theta
   * @param {Point} from @param {Point} to */
  function moved(handle, theta, from, to) {
    const { transform } = model.warp();
    const aspect = aspectOf(model.warp());
    const found = draggedTheta({ transform, theta, handle, from, to, aspect });
    return found.every(Number.isFinite) ? found : theta;
  }

  /** @param {Element} target @param {Pick<FrameHandle, "kind" | "index">} handle */
  function makeDraggable(target, handle) {
    /** @type {{ id: number, theta: number[], from: Point } | null} */
    let drag = null;
    setAttributes(target, {
      onpointerdown: (/** @type {PointerEvent} */ event) => {
        if (event.button !== 0) return;
        target.setPointerCapture(event.pointerId);
        isDragging = true;
        drag = { id: event.pointerId, theta: model.warp().state.theta, from: pointer(event) };
      },
      onpointermove: (/** @type {PointerEvent} */ event) => {
        if (drag?.id !== event.pointerId) return;
        const to = pointer(event);
        const isClick = model.warp().state.theta === drag.theta && String(to) === String(drag.from);
        if (isClick) return;
        model.setTheta(moved(handle, drag.theta, drag.from, to), { undo: false });
      },
      onpointerup: end,
      onpointercancel: end,
    });
    /** @param {PointerEvent} event */
    function end(event) {
      if (drag?.id !== event.pointerId) return;
      isDragging = false;
      const { theta } = model.warp().state;
      if (theta !== drag.theta) model.setTheta(theta, { undo: true });
      drag = null;
    }
  }

  /** @param {KeyboardEvent} event @param {FrameHandle} handle */
  function onKey(event, handle) {
    const direction = KEYS[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { transform, state } = model.warp();
    const from = transform.point(state.theta, ...handle.target);
    const step = event.shiftKey ? LARGE_STEP : STEP;
    /** @type {Point} */
    let to = [from[0] + direction[0] * step, from[1] + direction[1] * step];
    if (handle.kind === "knob") {
      const center = transform.point(state.theta, 0, 0);
      const aspect = aspectOf(model.warp());
      const angle = (direction[0] + direction[1]) * KNOB_STEP * (event.shiftKey ? 5 : 1);
      const [x, y] = [from[0] - center[0], (from[1] - center[1]) * aspect];
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      to = [center[0] + cos * x - sin * y, center[1] + (sin * x + cos * y) / aspect];
    }
    const theta = moved(handle, state.theta, from, to);
    model.setTheta(theta, { undo: true });
    const [x, y] = transform.point(theta, ...handle.target);
    announce(`${handle.label}: x ${fixed(x, 2)}, y ${fixed(y, 2)}.`);
  }

  /** @param {string} family @param {number} points */
  function showHandles(family, points) {
    shown = frameHandles(family, points).map((handle) => {
      const button = element("button", {
        type: "button", class: `handle ${handle.kind}`, "data-index": handle.index,
        onkeydown: (/** @type {KeyboardEvent} */ event) => onKey(event, handle),
      });
      makeDraggable(button, handle);
      return { handle, button };
    });
    handles.replaceChildren(...shown.map(({ button }) => button));
  }

  function update() {
    const warp = model.warp();
    const { image, state, transform, sampling, inputSize } = warp;
    if (shownPicture !== image.canvas) {
      shownPicture = image.canvas;
      [picture.width, picture.height] = [image.canvas.width, image.canvas.height];
      picture.getContext("2d")?.drawImage(image.canvas, 0, 0);
      picture.classList.toggle("pixelated", Math.max(...inputSize) < 100);
      stage.style.setProperty("--aspect", String(inputSize[1] / inputSize[0]));
    }
    const key = `${state.family} ${state.points}`;
    if (key !== shownKey) showHandles(state.family, state.points);
    shownKey = key;
    if (!isDragging) share = fittingShare(warp);
    for (const side of ["left", "top"]) picture.style.setProperty(side, `${50 * (1 - share)}%`);
    for (const side of ["width", "height"]) picture.style.setProperty(side, `${100 * share}%`);
    const paths = outline(warp, share);
    body.setAttribute("d", paths.frame);
    halo.setAttribute("d", paths.frame);
    frame.setAttribute("d", paths.frame);
    top.setAttribute("d", paths.top);
    stem.setAttribute("d", shown.some(({ handle }) => handle.kind === "knob") ? paths.stem : "");
    dots.setAttribute("d", sampledPoints(warp, share));
    body.classList.toggle("movable", shown.some(({ handle }) => handle.kind === "middle"));
    for (const { handle, button } of shown) {
      const point = transform.point(state.theta, ...handle.target);
      const place = onStage(point, inputSize, sampling.alignCorners, share);
      const [left, down] = place.map((part) => Math.min(Math.max(part, 0.015), 0.985));
      button.style.left = `${left * 100}%`;
      button.style.top = `${down * 100}%`;
      const at = `x ${fixed(point[0], 2)}, y ${fixed(point[1], 2)}`;
      button.setAttribute("aria-label", `${handle.label}, at ${at}. Arrow keys move it.`);
    }
  }

  makeDraggable(body, { kind: "middle", index: 0 });

  return {
    stage,
    update,
    /**
     * Mark the source point of a pixel of V.
     * @param {Point} point normalized point of U
     */
    mark(point) {
      const { inputSize, sampling } = model.warp();
      const [left, down] = onStage(point, inputSize, sampling.alignCorners, share);
      const near = Math.abs(left) < 10 && Math.abs(down) < 10;
      mark.setAttribute("d", near ? `M${left} ${down}h0` : "");
    },
  };
}

/**
 * Return the pixels in a normalized unit along y, divided by those along x.
 * @param {import("./warped_image.js").CurrentWarp} warp
 */
function aspectOf({ inputSize, sampling }) {
  const [halfX, halfY] = halfSpan(inputSize, sampling.alignCorners);
  return halfY / halfX;
}
