/**
 * Format and size of an image file from its first bytes. They are read before the browser decodes
 * the file, so that a small file can't become an image of any size.
 */

/** @typedef {{ format: string, width: number, height: number }} Header */

/** Number of bytes at the start of a file that `readHeader` needs. */
export const HEADER_BYTES = 4 * 1024 * 1024;

/**
 * Return format and size of an image; null if it is no PNG, JPEG, GIF, WebP or BMP, or is damaged.
 * @param {ArrayBuffer} buffer the first bytes of the file
 * @returns {Header | null}
 */
export function readHeader(buffer) {
  const bytes = new DataView(buffer);
  /** @param {number} start @param {string} text */
  const has = (start, text) => [...text].every(
    (letter, k) => start + k < bytes.byteLength && bytes.getUint8(start + k) === letter.charCodeAt(0),
  );
  try {
    if (has(0, "\x89PNG\r\n\x1a\n") && has(12, "IHDR")) {
      return { format: "PNG", width: bytes.getUint32(16), height: bytes.getUint32(20) };
    }
    if (has(0, "GIF8")) {
      return { format: "GIF", width: bytes.getUint16(6, true), height: bytes.getUint16(8, true) };
    }
    if (has(0, "BM")) {
      const [width, height] = [bytes.getInt32(18, true), Math.abs(bytes.getInt32(22, true))];
      return { format: "BMP", width, height };
    }
    if (has(0, "RIFF") && has(8, "WEBP")) return webpHeader(bytes, has);
    if (has(0, "\xff\xd8\xff")) return jpegHeader(bytes);
  } catch {
    return null; // the file ends too early
  }
  return null;
}

/** @param {DataView} bytes @param {(start: number, text: string) => boolean} has
 * @returns {Header | null} */
function webpHeader(bytes, has) {
  const format = "WebP";
  if (has(12, "VP8X")) {
    /** @param {number} start */
    const size = (start) => 1 + bytes.getUint16(start, true) + (bytes.getUint8(start + 2) << 16);
    return { format, width: size(24), height: size(27) };
  }
  if (has(12, "VP8L")) {
    const bits = bytes.getUint32(21, true);
    return { format, width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  if (has(12, "VP8 ")) {
    const [width, height] = [bytes.getUint16(26, true), bytes.getUint16(28, true)];
    return { format, width: width & 0x3fff, height: height & 0x3fff };
  }
  return null;
}

/** @param {DataView} bytes @returns {Header | null} */
function jpegHeader(bytes) {
  let place = 2;
  for (;;) {
    if (bytes.getUint8(place) !== 0xff) return null;
    const marker = bytes.getUint8(place + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        format: "JPEG", height: bytes.getUint16(place + 5), width: bytes.getUint16(place + 7),
      };
    }
    place += marker === 0xff ? 1 : 2 + bytes.getUint16(place + 2);
  }
}
