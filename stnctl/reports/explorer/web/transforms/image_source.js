/** The image U: a sample of the page, or a file of the user. */

import { HEADER_BYTES, readHeader } from "./image_header.js";

/** @typedef {import("../geometry/map.js").PixelMap} PixelMap */

/**
 * An image: a map of four bytes a pixel, red, green, blue and opacity.
 * @typedef {object} SourceImage
 * @property {string} name as `stnctl warp` takes it
 * @property {PixelMap & { data: Uint8ClampedArray }} U
 * @property {HTMLCanvasElement} canvas with the pixels of U
 * @property {boolean} isOpaque
 * @property {boolean} isGray
 * @property {string} note a sentence, or ""
 */

/** Name in the state of an image of the user. */
export const OWN = "own";

const MAX_SIDE = 512;
const MAX_FILE_BYTES = 40_000_000;
const MAX_PIXELS = 64_000_000;

/** @type {{ image: SourceImage | null }} */
const own = { image: null };

/** Return whether the user has chosen an image. */
export function hasOwnImage() {
  return own.image !== null;
}

/** Return the user's image. */
export function ownImage() {
  return own.image;
}

/**
 * Return a sample of the page.
 * @param {{ name: string, url: string }} sample
 * @returns {Promise<SourceImage>}
 */
export async function loadSample({ name, url }) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return drawn(name, picture, picture.naturalWidth, picture.naturalHeight, "");
}

/**
 * Read a file of the user, and keep it as the own image.
 * @param {File} file
 * @throws {Error} with a sentence, if the file is no image, or too large
 */
export async function loadOwnImage(file) {
  if (file.size > MAX_FILE_BYTES) {
    throw new Error("The file has more than 40 MB. Choose a smaller image.");
  }
  const header = readHeader(await file.slice(0, HEADER_BYTES).arrayBuffer());
  if (header === null) {
    throw new Error("The file is not an image that this page reads. Choose a PNG, JPEG, GIF, WebP or BMP file.");
  }
  const { format, width, height } = header;
  if (!(width > 0 && height > 0 && width * height <= MAX_PIXELS)) {
    throw new Error(`The image has ${width} × ${height} pixels. The page takes up to 64 million.`);
  }
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    throw new Error(`The ${format} file is damaged: the browser can't decode it.`);
  }
  const share = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const size = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * share)));
  const note = share < 1
    ? `Your image has ${bitmap.width} × ${bitmap.height} pixels; here it is scaled down to `
      + `${size[0]} × ${size[1]}. The command below reads the whole file.`
    : "";
  own.image = drawn(file.name, bitmap, size[0], size[1], note);
  bitmap.close();
}

/** @param {string} name @param {CanvasImageSource} picture @param {number} width
 * @param {number} height @param {string} note @returns {SourceImage} */
function drawn(name, picture, width, height, note) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  let [isOpaque, isGray] = [true, true];
  for (let k = 0; k < data.length; k += 4) {
    isOpaque &&= data[k + 3] === 255;
    isGray &&= data[k] === data[k + 1] && data[k] === data[k + 2];
  }
  return { name, U: { height, width, channels: 4, data }, canvas, isOpaque, isGray, note };
}
