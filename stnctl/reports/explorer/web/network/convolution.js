// Convolution of a map (H, W, C), as Keras defines it, with a kernel (side, side, C, filters).

/** @typedef {import("./decode.js").Tensor} Tensor */

/**
 * Return a convolution of a map. Pixels with the value 0 cost nothing, and most of a digit is 0.
 * @param {Tensor} x map (H, W, C)
 * @param {Tensor} kernel (side, side, C, filters)
 * @param {Tensor | undefined} bias (filters)
 * @param {{stride: number, padding: string}} options
 * @param {number[]} shape shape of the result, (H', W', filters)
 * @returns {Tensor}
 */
export function convolve(x, kernel, bias, { stride, padding }, shape) {
  const [height, width, channels] = x.shape;
  const side = kernel.shape[0];
  const [rows, columns, filters] = shape;
  const [top, left] = padding === "same" ? margins(x.shape, shape, side, stride) : [0, 0];
  const data = new Float32Array(rows * columns * filters);
  const start = bias ? bias.data : new Float32Array(filters);
  const patch = createPatch(side * side * channels);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const y = row * stride - top;
      const left0 = column * stride - left;
      const first = Math.max(0, -left0);
      const last = Math.min(side, width - left0);
      patch.count = 0;
      for (let ky = Math.max(0, -y); ky < side && y + ky < height; ky++) {
        const pixel = ((y + ky) * width + left0 + first) * channels;
        const tap = (ky * side + first) * channels * filters;
        gather(patch, x.data, pixel, (last - first) * channels, tap, filters);
      }
      const place = (row * columns + column) * filters;
      accumulate(data.subarray(place, place + filters), start, patch, kernel.data);
    }
  }
  return { shape, data };
}

/**
 * Return `vector @ kernel + bias` for a vector (n).
 * @param {Tensor} x (n)
 * @param {Tensor} kernel (n, units)
 * @param {Tensor} bias (units)
 * @returns {Tensor}
 */
export function multiply(x, kernel, bias) {
  const [count, units] = kernel.shape;
  const data = new Float32Array(units);
  const patch = createPatch(count);
  gather(patch, x.data, 0, count, 0, units);
  accumulate(data, bias.data, patch, kernel.data);
  return { shape: [units], data };
}

/**
 * Values that are not 0, and for each one the place of its weights in the kernel.
 * @typedef {{count: number, values: Float64Array, places: Int32Array}} Patch
 */

/**
 * @param {number} size
 * @returns {Patch}
 */
function createPatch(size) {
  return { count: 0, values: new Float64Array(size + 3), places: new Int32Array(size + 3) };
}

/**
 * Append the values of a part of a row that are not 0.
 * @param {Patch} patch
 * @param {Float32Array} data
 * @param {number} from place of the first value
 * @param {number} length
 * @param {number} place place of the weights of the first value
 * @param {number} filters number of weights of each value
 */
function gather(patch, data, from, length, place, filters) {
  const { values, places } = patch;
  let count = patch.count;
  for (let i = 0; i < length; i++, place += filters) {
    const value = data[from + i];
    if (value !== 0) {
      values[count] = value;
      places[count++] = place;
    }
  }
  patch.count = count;
}

/**
 * Set `out` to `start` plus the sum of the values times their weights, four values at a time.
 * @param {Float32Array} out
 * @param {Float32Array} start
 * @param {Patch} patch
 * @param {Float32Array} weights
 */
function accumulate(out, start, { count, values, places }, weights) {
  const filters = out.length;
  values.fill(0, count, count + 3);
  places.fill(0, count, count + 3);
  out.set(start);
  for (let i = 0; i < count; i += 4) {
    const v0 = values[i];
    const v1 = values[i + 1];
    const v2 = values[i + 2];
    const v3 = values[i + 3];
    const p0 = places[i];
    const p1 = places[i + 1];
    const p2 = places[i + 2];
    const p3 = places[i + 3];
    for (let f = 0; f < filters; f++) {
      out[f] +=
        v0 * weights[p0 + f] + v1 * weights[p1 + f] + v2 * weights[p2 + f] + v3 * weights[p3 + f];
    }
  }
}

/**
 * Return the number of zeros above and to the left, for the padding "same".
 * @param {number[]} input
 * @param {number[]} output
 * @param {number} side
 * @param {number} stride
 */
function margins(input, output, side, stride) {
  return [0, 1].map((axis) => {
    const total = Math.max((output[axis] - 1) * stride + side - input[axis], 0);
    return Math.floor(total / 2);
  });
}
