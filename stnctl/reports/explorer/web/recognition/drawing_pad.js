/** Pad to draw a digit with a mouse, a finger, or the keyboard. */

import { element } from "../app/dom.js";
import { PEN } from "../network/drawing.js";
import { colorOf, contextOf } from "./maps.js";
import { DRAWN } from "./slices.js";

const SIDE = 320;
const STEP = 0.025;
const MOVES = /** @type {{[key: string]: [number, number]}} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});
const HELP =
  "Drawing pad. With the keyboard: arrow keys move the pen, Space puts it down or lifts it, " +
  "Delete clears the pad.";

/**
 * Return the pad, which writes the strokes to the store.
 * @param {import("../app/context.js").Context} context
 */
export function createDrawingPad({ store, announce }) {
  const canvas = element("canvas", {
    class: "pad",
    width: SIDE,
    height: SIDE,
    tabindex: 0,
    role: "application",
    "aria-label": HELP,
  });
  let pen = [0.5, 0.3];
  let isDown = false;
  let hasKeys = false;

  /** @param {number[][]} strokes @param {boolean} undo */
  function write(strokes, undo) {
    if (store.get("digit") !== DRAWN) store.set("digit", DRAWN, { undo: false });
    store.set("strokes", strokes, { undo });
  }

  /** @param {number} x @param {number} y @param {boolean} undo */
  function extend(x, y, undo) {
    const strokes = store.get("strokes");
    const last = strokes[strokes.length - 1] ?? [];
    const [oldX, oldY] = last.slice(-2);
    if (Math.hypot(x - oldX, y - oldY) < 0.012) return;
    write([...strokes.slice(0, -1), [...last, x, y]], undo);
  }

  /** @param {PointerEvent} event */
  function pointOf(event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(
      (share) => Math.min(Math.max(share, 0), 1),
    );
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    isDown = true;
    hasKeys = false;
    write([...store.get("strokes"), pointOf(event)], false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown || !canvas.hasPointerCapture(event.pointerId)) return;
    const [x, y] = pointOf(event);
    extend(x, y, false);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (!isDown) return;
      isDown = false;
      write(store.get("strokes"), true);
    });
  }
  canvas.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (move) {
      const step = event.shiftKey ? 4 * STEP : STEP;
      pen = pen.map((share, axis) => Math.min(Math.max(share + move[axis] * step, 0), 1));
      if (isDown) extend(pen[0], pen[1], true);
    } else if (event.key === " ") {
      isDown = !isDown;
      announce(isDown ? "Pen down." : "Pen up.");
      if (isDown) write([...store.get("strokes"), [...pen]], true);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      isDown = false;
      write([], true);
      announce("The pad is empty.");
    } else {
      return;
    }
    hasKeys = true;
    event.preventDefault();
    draw();
  });
  canvas.addEventListener("blur", () => {
    isDown = false;
    hasKeys = false;
    draw();
  });

  /** @type {import("../network/drawing.js").Box | null} */
  let shownBox = null;
  let raster = 1;

  function draw() {
    const drawing = contextOf(canvas);
    drawing.fillStyle = "#000";
    drawing.fillRect(0, 0, SIDE, SIDE);
    drawing.lineCap = drawing.lineJoin = "round";
    drawing.lineWidth = PEN * SIDE;
    drawing.strokeStyle = "#fff";
    if (!store.get("strokes").length) {
      drawing.fillStyle = "#bbb";
      drawing.font = "600 22px system-ui, sans-serif";
      drawing.textAlign = "center";
      drawing.fillText("Draw here", SIDE / 2, SIDE / 2);
    }
    for (const stroke of store.get("strokes")) {
      drawing.beginPath();
      drawing.moveTo(stroke[0] * SIDE, stroke[1] * SIDE);
      for (let k = 0; k < stroke.length; k += 2)
        drawing.lineTo(stroke[k] * SIDE, stroke[k + 1] * SIDE);
      drawing.stroke();
    }
    if (shownBox) {
      const scale = SIDE / raster;
      const { left, top, width, height } = shownBox;
      drawing.setLineDash([6, 5]);
      drawing.lineWidth = 2;
      drawing.strokeStyle = colorOf(canvas, "--frame");
      drawing.strokeRect(left * scale, top * scale, width * scale, height * scale);
      drawing.setLineDash([]);
    }
    if (hasKeys) {
      drawing.lineWidth = 3;
      drawing.strokeStyle = colorOf(canvas, isDown ? "--frame-top" : "--frame");
      drawing.beginPath();
      drawing.arc(pen[0] * SIDE, pen[1] * SIDE, (PEN * SIDE) / 2 + 3, 0, 7);
      drawing.stroke();
    }
  }
  draw();

  return {
    canvas,
    /** @param {import("./input.js").Input} input */
    show({ box, drawing }) {
      shownBox = box;
      raster = drawing ? drawing.width : 1;
      draw();
    },
    clear() {
      isDown = false;
      write([], true);
    },
  };
}
