/** Steps from a drawing, or a digit of the run, to U. */

import { centerDigit, place, rasterize, resize } from "../network/drawing.js";
import { addClutter, moveImage } from "../network/distortion.js";
import { DRAWN } from "./slices.js";

/**
 * @typedef {import("../network/decode.js").Tensor} Tensor
 * @typedef {import("../network/drawing.js").Gray} Gray
 */

/**
 * @typedef {object} Input
 * @property {Gray | null} drawing
 * @property {import("../network/drawing.js").Box | null} box of the ink in the drawing, if it is
 *   centered
 * @property {Gray | null} image the drawing as an image of the data set
 * @property {Tensor | null} U from 0 to 1; null without ink
 */

/**
 * Return U of the state, with the steps to it.
 * @param {import("../app/store.js").Store} store
 * @param {import("../network/run.js").Run} run
 * @param {Tensor[]} digits
 * @returns {Input}
 */
export function readInput(store, run, digits) {
  const distortion = store.get("distort");
  /** @type {Input} */
  let input = { drawing: null, box: null, image: null, U: null };
  if (store.get("digit") === DRAWN) {
    input = drawnInput(store.get("strokes"), store.get("centering"), run);
  } else {
    input.U = digits[store.get("digit")];
  }
  if (input.U === null) return input;
  const others = digits.filter((each) => each !== input.U);
  return { ...input, U: addClutter(moveImage(input.U, distortion), others, distortion.clutter, 1) };
}

/**
 * @param {number[][]} strokes
 * @param {boolean} centered
 * @param {import("../network/run.js").Run} run
 * @returns {Input}
 */
function drawnInput(strokes, centered, { imageSize: [height, width], network }) {
  if (!strokes.length) return { drawing: null, box: null, image: null, U: null };
  const drawing = rasterize(strokes);
  const whole = { left: 0, top: 0, width: drawing.width, height: drawing.height };
  const found = centered ? centerDigit(drawing, height, width) : null;
  const image = found ? found.image : resize(drawing, whole, height, width);
  const [rows, columns] = network.inputShape;
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  const { data } = place(image, rows, columns, top, left);
  return { drawing, box: found && found.box, image, U: { shape: network.inputShape, data } };
}
