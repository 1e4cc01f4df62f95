// Arrays of weights: base64 text of float32, float16, or int8 with scales -> Float32Array.

/**
 * @typedef {{shape: number[], data: Float32Array}} Tensor
 * @typedef {{shape: number[], dtype: string, data: string, scale?: string}} EncodedArray
 * @typedef {{[variable: string]: Tensor}} LayerWeights
 */

/** @type {{[dtype: string]: number}} */
const BYTES = { float32: 4, float16: 2, int8: 1 };

/**
 * Return the number of values of a shape.
 * @param {number[]} shape
 */
export function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Decode one array. Its last axis is that of the output channels.
 * @param {EncodedArray} encoded
 * @returns {Tensor}
 */
export function decodeArray(encoded) {
  const { shape, dtype } = encoded;
  const size = sizeOf(shape);
  const bytes = decodeBase64(encoded.data);
  if (bytes.length !== size * BYTES[dtype]) {
    throw new Error(
      `The page is damaged: ${bytes.length} bytes are no array of ${shape} ${dtype}.`,
    );
  }
  const view = new DataView(bytes.buffer);
  const data = new Float32Array(size);
  if (dtype === "float32") {
    for (let i = 0; i < size; i++) data[i] = view.getFloat32(4 * i, true);
  } else if (dtype === "float16") {
    for (let i = 0; i < size; i++) data[i] = halfToNumber(view.getUint16(2 * i, true));
  } else {
    const channels = shape[shape.length - 1];
    const scale = decodeArray({ shape: [channels], dtype: "float32", data: encoded.scale ?? "" });
    for (let i = 0; i < size; i++) data[i] = view.getInt8(i) * scale.data[i % channels];
  }
  return { shape, data };
}

/**
 * Decode the weights of all layers: layer -> variable -> array.
 * @param {{[layer: string]: {[variable: string]: EncodedArray}}} layers
 * @returns {Map<string, LayerWeights>}
 */
export function decodeLayers(layers) {
  const decoded = new Map();
  for (const [layer, variables] of Object.entries(layers)) {
    /** @type {LayerWeights} */
    const weights = {};
    for (const [name, array] of Object.entries(variables)) weights[name] = decodeArray(array);
    decoded.set(layer, weights);
  }
  return decoded;
}

/**
 * Return the number of a float16 with the given bits (IEEE 754 binary16).
 * @param {number} bits
 */
export function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** @param {string} text */
function decodeBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
