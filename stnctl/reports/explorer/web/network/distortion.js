// Distortions of an image: rotation, scale, shift and clutter, as in the sets RTS and TC.

import { makeSampler } from "../geometry/sampler.js";

/**
 * @typedef {import("./decode.js").Tensor} Tensor
 */

/**
 * @typedef {object} Distortion
 * @property {number} rotation degrees, clockwise as seen
 * @property {number} scale factor of the size
 * @property {number} shiftX pixels to the right
 * @property {number} shiftY pixels down
 * @property {number} clutter number of pieces of other images
 */

/** @type {Distortion} */
export const UNDISTORTED = { rotation: 0, scale: 1, shiftX: 0, shiftY: 0, clutter: 0 };

/** Side of a piece of clutter, in pixels. */
const PIECE = 6;

/**
 * Return the distorted image: scaled and rotated about its center, then shifted.
 * @param {Tensor} image (H, W, C)
 * @param {Distortion} distortion
 * @returns {Tensor}
 */
export function moveImage(image, { rotation, scale, shiftX, shiftY }) {
  if (rotation === 0 && scale === 1 && shiftX === 0 && shiftY === 0) return image;
  const [height, width, channels] = image.shape;
  const angle = (-rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  const sampler = makeSampler({ height, width, channels, data: image.data });
  const moved = sampler.read(
    (row, x, y) => {
      const down = row - centerY - shiftY;
      for (let k = 0; k < width; k++) {
        const across = k - centerX - shiftX;
        x[k] = (cos * across - sin * down) / Math.max(centerX, 0.5);
        y[k] = (sin * across + cos * down) / Math.max(centerY, 0.5);
      }
    },
    [height, width],
  );
  return { shape: image.shape, data: Float32Array.from(moved.data) };
}

/**
 * Return an image with pieces of other images added; sums are at most `top`.
 *
 * The first pieces stay where they are when there are more of them.
 * @param {Tensor} image (H, W, C)
 * @param {Tensor[]} others images of the same shape
 * @param {number} count
 * @param {number} top the largest value of a pixel
 * @returns {Tensor}
 */
export function addClutter(image, others, count, top) {
  const [height, width, channels] = image.shape;
  if (!count || !others.length || Math.min(height, width) <= PIECE) return image;
  const data = image.data.slice();
  const random = randomNumbers(1);
  for (let piece = 0; piece < count; piece++) {
    const other = others[Math.floor(random() * others.length)];
    const [top0, left0, top1, left1] = [height, width, height, width].map((side) =>
      Math.floor(random() * (side - PIECE + 1)),
    );
    const [fromY, fromX] = inkedCorner(other, top0, left0);
    for (let y = 0; y < PIECE; y++) {
      for (let k = 0; k < PIECE * channels; k++) {
        const from = ((fromY + y) * width + fromX) * channels + k;
        const to = ((top1 + y) * width + left1) * channels + k;
        data[to] = Math.min(data[to] + other.data[from], top);
      }
    }
  }
  return { shape: image.shape, data };
}

/**
 * Return the corner of a piece with ink in its middle, if the given one has none.
 * @param {Tensor} image
 * @param {number} top
 * @param {number} left
 */
function inkedCorner({ shape: [height, width, channels], data }, top, left) {
  const half = PIECE / 2;
  const start = (top * width + left) * channels;
  for (let k = 0; k < data.length; k++) {
    const place = (start + k) % data.length;
    if (data[place] <= 0.5) continue;
    const pixel = Math.floor(place / channels);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return [
      Math.min(Math.max(row - half, 0), height - PIECE),
      Math.min(Math.max(column - half, 0), width - PIECE),
    ];
  }
  return [top, left];
}

/**
 * Return a function that gives the same numbers in [0, 1) for the same seed (mulberry32).
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
