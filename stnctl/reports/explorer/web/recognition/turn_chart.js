/** Chart of the loss over the angle, with the choices of the network and of the user. */

import { svgElement } from "../app/dom.js";
import { numberText } from "./number_text.js";

/** @typedef {import("../network/turning.js").TurnCurve} TurnCurve */

const HEIGHT = 260;
const INSET = { left: 46, right: 12, top: 26, bottom: 42 };

/**
 * Return a chart that fits the width of its parent.
 * @param {(angle: number, undo: boolean) => void} write called with the angle that the user clicks
 */
export function createTurnChart(write) {
  const svg = svgElement("svg", {
    class: "chart",
    role: "img",
    height: HEIGHT,
    "aria-label": "Loss over the angle",
  });
  let isDown = false;

  /** @param {PointerEvent} event @param {boolean} undo */
  function choose(event, undo) {
    const box = svg.getBoundingClientRect();
    const share = (event.clientX - box.left - INSET.left) / (box.width - INSET.left - INSET.right);
    write(Math.round(Math.min(Math.max(360 * share - 180, -180), 180)), undo);
  }
  svg.addEventListener("pointerdown", (event) => {
    isDown = true;
    svg.setPointerCapture(event.pointerId);
    choose(event, false);
  });
  svg.addEventListener("pointermove", (event) => {
    if (isDown) choose(event, false);
  });
  svg.addEventListener("pointerup", (event) => {
    if (isDown) choose(event, true);
    isDown = false;
  });

  /**
   * @param {TurnCurve} curve
   * @param {{angle: number, loss: number} | null} own the user's choice
   * @param {string} chooser who chose, such as "network"
   */
  function show({ scores, chosen, slope }, own, chooser) {
    const width = Math.max(svg.parentElement?.clientWidth ?? 0, 280);
    svg.setAttribute("width", String(width));
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const highest =
      Math.max(...scores.map(({ loss }) => loss), chosen.loss, own ? own.loss : 0, 0.1) * 1.05;
    const [right, bottom] = [width - INSET.right, HEIGHT - INSET.bottom];
    /** @param {number} angle */
    const x = (angle) => INSET.left + ((angle + 180) / 360) * (right - INSET.left);
    /** @param {number} loss */
    const y = (loss) =>
      bottom - (Math.min(Math.max(loss, 0), highest) / highest) * (bottom - INSET.top);
    const path = scores.map(
      ({ angle, loss }, k) => `${k ? "L" : "M"}${x(angle).toFixed(1)} ${y(loss).toFixed(1)}`,
    );
    const ticks = (
      width < 500 ? [-180, -90, 0, 90, 180] : [-180, -135, -90, -45, 0, 45, 90, 135, 180]
    ).flatMap((angle) => [
      line(x(angle), INSET.top, x(angle), bottom, "grid"),
      text(
        x(angle),
        bottom + 18,
        `${numberText(angle)}°`,
        angle === 180 ? "end" : angle === -180 ? "start" : "middle",
      ),
    ]);
    const levels = [0, 0.5, 1].flatMap((share) => [
      line(INSET.left, y(share * highest), right, y(share * highest), "grid"),
      text(
        INSET.left - 6,
        y(share * highest) + 4,
        (share * highest).toFixed(highest < 2 ? 2 : 1),
        "end",
      ),
    ]);
    const reach = 25; // degrees of the tangent on each side
    svg.replaceChildren(
      ...ticks,
      ...levels,
      text(INSET.left, 14, "Loss", "start"),
      text(
        (INSET.left + right) / 2,
        HEIGHT - 6,
        "Turn from U to V; positive is clockwise",
        "middle",
      ),
      svgElement("path", { d: path.join(""), class: "curve" }),
      line(
        x(chosen.angle - reach),
        y(chosen.loss - reach * slope),
        x(chosen.angle + reach),
        y(chosen.loss + reach * slope),
        "tangent",
      ),
      ...marker(x(chosen.angle), y(chosen.loss), chooser, "network"),
      ...(own ? marker(x(own.angle), y(own.loss), "you", "own") : []),
    );

    /** @param {number} left @param {number} top @param {string} name @param {string} kind */
    function marker(left, top, name, kind) {
      const other = kind === "own" ? chosen.angle : (own?.angle ?? -Infinity);
      const isBefore = kind === "own" ? x(other) > left : x(other) >= left;
      const isLeft = left > width - 90 || (left > 90 && isBefore);
      const [labelX, anchor] = isLeft ? [left - 9, "end"] : [left + 9, "start"];
      const labelY = Math.max(top - 9, 12);
      return [
        line(left, top, left, bottom, kind),
        svgElement("circle", { cx: left, cy: top, r: 6, class: kind }),
        text(labelX, labelY, name, anchor, kind),
      ];
    }
  }
  return { svg, show };
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {string} kind class
 */
function line(x1, y1, x2, y2, kind) {
  return svgElement("line", { x1, y1, x2, y2, class: kind });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} anchor
 * @param {string} [kind] class
 */
function text(x, y, content, anchor, kind = "") {
  return svgElement("text", { x, y, "text-anchor": anchor, class: kind }, content);
}
