// Pictures of strokes, and MNIST's centring of a digit: a box of 20 pixels, and the center of mass.

/**
 * A gray image, row by row, from 0 (background) to 1.
 * @typedef {{height: number, width: number, data: Float32Array}} Gray
 * @typedef {number[]} Stroke x and y alternating, as shares of the side of the pad
 * @typedef {{left: number, top: number, width: number, height: number}} Box in pixels
 */

/** Side of the raster of a drawing, in pixels. */
const RASTER = 112;

/** Width of the pen as a share of the side of the pad. */
export const PEN = 0.1;

/**
 * Return the image of strokes, with soft edges.
 * @param {Stroke[]} strokes
 * @returns {Gray}
 */
export function rasterize(strokes) {
  const data = new Float32Array(RASTER * RASTER);
  for (const stroke of strokes) {
    for (let k = 0; k + 1 < stroke.length; k += 2) {
      const next = k + 3 < stroke.length ? k + 2 : k;
      drawSegment(data, stroke[k], stroke[k + 1], stroke[next], stroke[next + 1]);
    }
  }
  return { height: RASTER, width: RASTER, data };
}

/**
 * Draw a segment with round ends.
 * @param {Float32Array} data
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function drawSegment(data, x0, y0, x1, y1) {
  const [ax, ay, bx, by] = [x0, y0, x1, y1].map((share) => share * RASTER - 0.5);
  const radius = (PEN * RASTER) / 2;
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const [top, bottom] = [Math.min(ay, by), Math.max(ay, by)];
  const [left, right] = [Math.min(ax, bx), Math.max(ax, bx)];
  const last = RASTER - 1;
  for (
    let y = clamp(Math.floor(top - radius), last);
    y <= clamp(Math.ceil(bottom + radius), last);
    y++
  ) {
    for (
      let x = clamp(Math.floor(left - radius), last);
      x <= clamp(Math.ceil(right + radius), last);
      x++
    ) {
      const share = squared ? ((x - ax) * dx + (y - ay) * dy) / squared : 0;
      const t = Math.min(Math.max(share, 0), 1);
      const distance = Math.hypot(x - ax - t * dx, y - ay - t * dy);
      const ink = Math.min(Math.max(radius + 0.5 - distance, 0), 1);
      const place = y * RASTER + x;
      if (ink > data[place]) data[place] = ink;
    }
  }
}

/** @param {number} value @param {number} last */
function clamp(value, last) {
  return Math.min(Math.max(value, 0), last);
}

/**
 * Return the smallest box around all ink; null without ink.
 * @param {Gray} image
 * @returns {Box | null}
 */
export function inkBox({ height, width, data }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] < 0.05) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) return null;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * Return a part of an image at another size: each pixel is the average of those that it covers.
 * @param {Gray} image
 * @param {Box} box
 * @param {number} height
 * @param {number} width
 * @returns {Gray}
 */
export function resize(image, box, height, width) {
  const columns = overlaps(box.left, box.width, width, image.width);
  const rows = overlaps(box.top, box.height, height, image.height);
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [j, down] of rows[y]) {
        for (const [i, across] of columns[x])
          sum += down * across * image.data[j * image.width + i];
      }
      data[y * width + x] = sum;
    }
  }
  return { height, width, data };
}

/**
 * Return the pixels that each new pixel of an axis covers, with their shares, which add up to 1.
 * @param {number} start
 * @param {number} span
 * @param {number} count
 * @param {number} limit
 * @returns {[number, number][][]}
 */
function overlaps(start, span, count, limit) {
  const step = span / count;
  return Array.from({ length: count }, (_, k) => {
    const [from, to] = [start + k * step, start + (k + 1) * step];
    /** @type {[number, number][]} */
    const found = [];
    for (let i = Math.max(Math.floor(from), 0); i < Math.min(to, limit); i++) {
      const share = (Math.min(to, i + 1) - Math.max(from, i)) / step;
      if (share > 1e-9) found.push([i, share]);
    }
    return found;
  });
}

/**
 * Return an image in a larger or smaller one, with its top left pixel at (top, left).
 * @param {Gray} image
 * @param {number} height
 * @param {number} width
 * @param {number} top
 * @param {number} left
 * @returns {Gray}
 */
export function place(image, height, width, top, left) {
  const data = new Float32Array(height * width);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const [row, column] = [y + top, x + left];
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      data[row * width + column] = image.data[y * image.width + x];
    }
  }
  return { height, width, data };
}

/**
 * Return the side of the box that a centered digit fills: 20 of 28 pixels.
 * @param {number} height
 * @param {number} width
 */
export function boxSide(height, width) {
  return Math.max(Math.round((20 / 28) * Math.min(height, width)), 1);
}

/**
 * Return a drawing as an image of the data set, as MNIST's makers did: the ink fills a box of 20 of
 * 28 pixels, with its proportions, and its center of mass is in the middle.
 * @param {Gray} drawing
 * @param {number} height
 * @param {number} width
 * @returns {{image: Gray, box: Box} | null} the image, and the box of the ink in the drawing;
 *   null without ink
 */
export function centerDigit(drawing, height, width) {
  const box = inkBox(drawing);
  if (box === null) return null;
  const side = boxSide(height, width);
  const scale = side / Math.max(box.width, box.height);
  const rows = Math.max(Math.round(box.height * scale), 1);
  const columns = Math.max(Math.round(box.width * scale), 1);
  const digit = resize(drawing, box, rows, columns);
  const [x, y] = centerOfMass(digit);
  const top = Math.round((height - 1) / 2 - y);
  const left = Math.round((width - 1) / 2 - x);
  return { image: place(digit, height, width, top, left), box };
}

/**
 * Return the center of mass (x, y) in pixels.
 * @param {Gray} image
 * @returns {[number, number]}
 */
export function centerOfMass({ height, width, data }) {
  let [mass, x, y] = [0, 0, 0];
  for (let k = 0; k < height * width; k++) {
    mass += data[k];
    x += data[k] * (k % width);
    y += data[k] * Math.floor(k / width);
  }
  return mass ? [x / mass, y / mass] : [(width - 1) / 2, (height - 1) / 2];
}
