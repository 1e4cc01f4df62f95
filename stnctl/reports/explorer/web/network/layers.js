// Layers that change each value on its own, or put tensors together.

/** @typedef {import("./decode.js").Tensor} Tensor */

/** @type {{[name: string]: (value: number) => number}} */
const ACTIVATIONS = {
  linear: (value) => value,
  relu: (value) => Math.max(value, 0),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: Math.tanh,
};

/**
 * Return the activations of a tensor.
 * @param {Tensor} x
 * @param {string} name
 * @returns {Tensor}
 */
export function activate(x, name) {
  const activation = ACTIVATIONS[name];
  if (!activation) throw new Error(`This page does not know the activation ${name}.`);
  return { shape: x.shape, data: x.data.map(activation) };
}

/**
 * Return a batch normalization: each channel times its scale, plus its offset.
 * @param {Tensor} x (..., C)
 * @param {Tensor} scale (C)
 * @param {Tensor} offset (C)
 * @returns {Tensor}
 */
export function normalize(x, scale, offset) {
  const channels = scale.data.length;
  const data = x.data.map(
    (value, i) => value * scale.data[i % channels] + offset.data[i % channels],
  );
  return { shape: x.shape, data };
}

/**
 * Join tensors along their last axis.
 * @param {Tensor[]} tensors
 * @param {number[]} shape shape of the result
 * @returns {Tensor}
 */
export function join(tensors, shape) {
  const channels = shape[shape.length - 1];
  const size = shape.reduce((product, length) => product * length, 1);
  const data = new Float32Array(size);
  let first = 0;
  for (const tensor of tensors) {
    const own = tensor.shape[tensor.shape.length - 1];
    for (let i = 0; i < tensor.data.length; i++) {
      data[Math.floor(i / own) * channels + first + (i % own)] = tensor.data[i];
    }
    first += own;
  }
  return { shape, data };
}

/**
 * Return the sum of two tensors of one shape.
 * @param {Tensor} x
 * @param {Tensor} y
 * @returns {Tensor}
 */
export function add(x, y) {
  return { shape: x.shape, data: x.data.map((value, i) => value + y.data[i]) };
}

/**
 * Return a map with two more channels: x and y of each pixel, from -1 to 1.
 * @param {Tensor} map (H, W, C)
 * @returns {Tensor}
 */
export function appendCoordinates(map) {
  const [height, width, channels] = map.shape;
  const points = new Float32Array(height * width * 2);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const place = 2 * (row * width + column);
      points[place] = width > 1 ? (2 * column) / (width - 1) - 1 : 0;
      points[place + 1] = height > 1 ? (2 * row) / (height - 1) - 1 : 0;
    }
  }
  const coordinates = { shape: [height, width, 2], data: points };
  return join([map, coordinates], [height, width, channels + 2]);
}
