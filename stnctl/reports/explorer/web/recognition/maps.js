/** Canvases that show maps, with the frames of sampled regions. */

import { element } from "../app/dom.js";
import { SIDE_POINTS } from "../network/outlines.js";

/**
 * @typedef {import("../network/decode.js").Tensor} Tensor
 * @typedef {import("../network/outlines.js").Outline} Outline
 */

/** Most channels that are shown side by side; of more channels, their average is shown. */
const MOST_TILES = 4;

/** Share of a map that is shown around it, for frames that reach outside. */
export const MARGIN = 0.16;

/**
 * @typedef {object} MapOptions
 * @property {number} [top] value of white, default 1
 * @property {{points: Outline, isChosen: boolean}[]} [outlines] frames on the map
 * @property {boolean} [margin] whether there is a margin around the map
 */

/**
 * Draw a map on a canvas, whose size fits its place on the page.
 * @param {HTMLCanvasElement} canvas
 * @param {Tensor} map (H, W, C)
 * @param {MapOptions} [options]
 */
export function drawMap(canvas, map, { top = 1, outlines = [], margin = false } = {}) {
  const picture = pictureOf(map, top);
  const { width, height } = picture;
  const [columns, rows] = margin
    ? [width * (1 + 2 * MARGIN), height * (1 + 2 * MARGIN)]
    : [width, height];
  const shown = Math.max(Math.round((canvas.clientWidth || 160) * devicePixelRatio), 32);
  const scale = shown / columns;
  canvas.width = shown;
  canvas.height = Math.round(rows * scale);
  canvas.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  const drawing = contextOf(canvas);
  drawing.fillStyle = colorOf(canvas, "--card");
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.imageSmoothingEnabled = false;
  const [left, above] = [((columns - width) / 2) * scale, ((rows - height) / 2) * scale];
  drawing.drawImage(picture, left, above, width * scale, height * scale);
  for (let tile = 0; tile < width; tile += map.shape[1]) {
    for (const { points, isChosen } of outlines) {
      /** @param {number} x @param {number} y @returns {[number, number]} */
      const at = (x, y) => [left + (tile + x + 0.5) * scale, above + (y + 0.5) * scale];
      const moved = points.map(([x, y]) => at(x, y));
      drawOutline(drawing, moved, isChosen, canvas);
    }
  }
}

/**
 * Draw an empty place on a canvas for a map.
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} shape (H, W, C) of the map
 */
export function clearMap(canvas, [height, width]) {
  [canvas.width, canvas.height] = [width, height];
  canvas.style.aspectRatio = `${width} / ${height}`;
  const drawing = contextOf(canvas);
  drawing.fillStyle = colorOf(canvas, "--card");
  drawing.fillRect(0, 0, width, height);
}

/**
 * Draw a frame: its side that is the top of V has another color.
 * @param {CanvasRenderingContext2D} drawing
 * @param {[number, number][]} points
 * @param {boolean} isChosen
 * @param {HTMLCanvasElement} canvas
 */
function drawOutline(drawing, points, isChosen, canvas) {
  drawing.lineJoin = "round";
  drawing.setLineDash(isChosen ? [] : [6, 5]);
  const parts = [points, points.slice(0, SIDE_POINTS + 1)];
  parts.forEach((part, k) => {
    for (const [style, width] of [
      ["#0009", 5],
      [colorOf(canvas, k ? "--frame-top" : "--frame"), 2.5],
    ]) {
      drawing.beginPath();
      part.forEach(([x, y], n) => (n ? drawing.lineTo(x, y) : drawing.moveTo(x, y)));
      drawing.strokeStyle = String(style);
      drawing.lineWidth = Number(width) * devicePixelRatio * (isChosen ? 1 : 0.6);
      drawing.stroke();
    }
  });
}

/**
 * Return the pixels of a map as a picture: gray, in color, or with its channels side by side.
 * @param {Tensor} map
 * @param {number} top
 */
function pictureOf(map, top) {
  const many = map.shape[2] > MOST_TILES;
  const {
    shape: [height, width, channels],
    data,
  } = many ? averaged(map) : map;
  const largest = many ? Math.max(...data, 1e-9) : top;
  const tiles = channels === 3 ? 1 : channels;
  const picture = document.createElement("canvas");
  picture.width = width * tiles;
  picture.height = height;
  const drawing = contextOf(picture);
  const pixels = drawing.createImageData(width * tiles, height);
  for (let k = 0; k < height * width; k++) {
    for (let tile = 0; tile < tiles; tile++) {
      const place = 4 * ((Math.floor(k / width) * tiles + tile) * width + (k % width));
      for (let c = 0; c < 3; c++) {
        const value = data[k * channels + (channels === 3 ? c : tile)];
        pixels.data[place + c] = (255 * value) / largest;
      }
      pixels.data[place + 3] = 255;
    }
  }
  drawing.putImageData(pixels, 0, 0);
  return picture;
}

/** @param {Tensor} map @returns {Tensor} the average of its channels, (H, W, 1) */
function averaged({ shape: [height, width, channels], data }) {
  const sums = new Float32Array(height * width);
  data.forEach((value, k) => {
    sums[Math.floor(k / channels)] += value / channels;
  });
  return { shape: [height, width, 1], data: sums };
}

/**
 * Return the drawing context of a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Return a color of the page.
 * @param {Element} target
 * @param {string} name such as "--accent"
 */
export function colorOf(target, name) {
  return getComputedStyle(target).getPropertyValue(name).trim() || "#888";
}

/**
 * Return a canvas that shows a map.
 * @param {string} label
 */
export function mapCanvas(label) {
  return element("canvas", { class: "map", role: "img", "aria-label": label });
}

/**
 * Call a function after a change of the width of the page, and of its colors.
 * @param {HTMLElement} root
 * @param {() => void} redraw
 */
export function redrawWhenNeeded(root, redraw) {
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    redraw();
  }).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
