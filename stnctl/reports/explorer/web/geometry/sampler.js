/**
 * The sampler: reads U at the points of a sampling grid (paper, section 3.3), as in
 * stnctl.geometry.sampler.
 */

import { averagedLevels, footprints, makeAreaTaps } from "./area.js";
import { makeFastReader } from "./fast_bilinear.js";
import { halfSpan } from "./grid.js";
import { FARTHEST, KERNELS, roundToEven, rounding, within } from "./interpolation.js";
import { makeKernelReader } from "./kernel_reader.js";
import { emptyMap } from "./map.js";
import { locate } from "./padding.js";
import { fillValues, splineCoefficients, splineMargin } from "./spline.js";

/** @typedef {import("./grid.js").Size} Size */
/** @typedef {import("./map.js").PixelMap} PixelMap */

/**
 * @typedef {object} SamplerOptions
 * @property {import("./interpolation.js").InterpolationName} [interpolation]
 * @property {import("./padding.js").PaddingName} [padding]
 * @property {number | ArrayLike<number>} [fillValue] outside U for "value": one number, or one for
 *   each channel, in the units of U
 * @property {boolean} [alignCorners]
 */

/**
 * Function that writes the normalized source points of a row of V.
 * @typedef {(row: number, x: Float64Array, y: Float64Array) => void} RowPoints
 */

/**
 * The pixels of an axis that the sampler reads for one point. An index of -1 is outside U.
 * @typedef {object} AxisTaps
 * @property {number} count
 * @property {number} first column or row of the first tap, inside U or not; NaN for "area"
 * @property {Int32Array} index
 * @property {Float64Array} weight
 * @property {Float64Array} slope derivatives of the weights to the pixel coordinate
 */

/** @type {Required<SamplerOptions>} */
const DEFAULTS = { interpolation: "bilinear", padding: "zeros", fillValue: 0, alignCorners: true };

/** @returns {AxisTaps} */
function emptyTaps() {
  return {
    count: 0, first: NaN, index: new Int32Array(4), weight: new Float64Array(4), slope: new Float64Array(4),
  };
}

/**
 * Return a sampler of U. It keeps U prefiltered for the interpolation.
 * @param {PixelMap} U
 * @param {SamplerOptions} [given]
 */
export function makeSampler(U, given = {}) {
  return new Sampler(U, { ...DEFAULTS, ...given });
}

export class Sampler {
  /**
   * @param {PixelMap} U
   * @param {Required<SamplerOptions>} options
   */
  constructor(U, options) {
    this.U = U;
    this.options = options;
    /** @type {Size} */
    this.inputSize = [U.height, U.width];
    this.fill = fillValues(options.fillValue, U.channels, options.padding);
    const { interpolation, padding } = options;
    const degree = interpolation === "quadratic" ? 2 : interpolation === "cubic" ? 3 : 0;
    /** Number of pixels that the prefilter adds before U. */
    this.margin = degree ? splineMargin(padding) : 0;
    /** The map that the taps index. */
    this.source = degree ? splineCoefficients(U, degree, options)
      : interpolation === "area" ? averagedLevels(U, options) : U;
    /** Function that writes a row of V; null for "area", which needs the whole grid. */
    this.readRow = interpolation === "area" ? null
      : makeFastReader(U, options, this.fill)
        ?? makeKernelReader(this.source, KERNELS[interpolation], options, this.fill, this.margin);
    this.areaTaps = interpolation === "area"
      ? this.inputSize.map((size) => makeAreaTaps(size, options)) : [];
    this.columns = emptyTaps();
    this.rows = emptyTaps();
  }

  /**
   * Return V for the source points of each row.
   * @param {RowPoints} points
   * @param {Size} outputSize
   * @param {PixelMap} [V] a map of this size to write to, of the kind of U; default a new one
   * @returns {PixelMap}
   */
  read(points, outputSize, V = emptyMap(this.U, outputSize)) {
    const [height, width] = outputSize;
    const { readRow } = this;
    if (readRow === null) return this.#readArea(points, V);
    const x = new Float64Array(width);
    const y = new Float64Array(width);
    for (let row = 0; row < height; row++) {
      points(row, x, y);
      this.#scale(x, y);
      readRow(x, y, V.data, row * width);
    }
    return V;
  }

  /**
   * Return the taps of one point, and V and its derivatives there.
   * @param {RowPoints} points
   * @param {Size} outputSize
   * @param {number} row of V
   * @param {number} column of V
   */
  inspect(points, outputSize, row, column) {
    const { x, y } = this.#pixelPoints(points, outputSize, row);
    const area = this.options.interpolation === "area" && this.#footprints(points, outputSize);
    const place = row * outputSize[1] + column;
    this.#taps(x[column], 1, this.columns, area ? area[0][place] : 1);
    this.#taps(y[column], 0, this.rows, area ? area[1][place] : 1);
    const half = halfSpan(this.inputSize, this.options.alignCorners);
    /** @param {"weight" | "slope"} a @param {"weight" | "slope"} b */
    const blend = (a, b) => this.#blend(a, b, new Float64Array(this.U.channels));
    return {
      x: x[column],
      y: y[column],
      columns: copyTaps(this.columns),
      rows: copyTaps(this.rows),
      value: blend("weight", "weight"),
      /** Derivatives of V to the normalized x and y of the source point, for each channel. */
      dx: blend("slope", "weight").map((slope) => slope * half[0]),
      dy: blend("weight", "slope").map((slope) => slope * half[1]),
    };
  }

  /**
   * Return one channel of a pixel that a tap reads.
   * @param {number} row
   * @param {number} column
   * @param {number} channel
   */
  pixel(row, column, channel) {
    if (row < 0 || column < 0) return this.fill[channel];
    return this.source.data[(row * this.source.width + column) * this.U.channels + channel];
  }

  /** @param {Float64Array} x @param {Float64Array} y normalized; in pixels afterwards */
  #scale(x, y) {
    const [height, width] = this.inputSize;
    const [halfX, halfY] = halfSpan(this.inputSize, this.options.alignCorners);
    for (let k = 0; k < x.length; k++) {
      x[k] = x[k] * halfX + (width - 1) / 2;
      y[k] = y[k] * halfY + (height - 1) / 2;
    }
  }

  /** @param {RowPoints} points @param {Size} outputSize @param {number} row */
  #pixelPoints(points, outputSize, row) {
    const [x, y] = [new Float64Array(outputSize[1]), new Float64Array(outputSize[1])];
    points(row, x, y);
    this.#scale(x, y);
    return { x, y };
  }

  /** @param {RowPoints} points @param {Size} outputSize */
  #footprints(points, outputSize) {
    const [height, width] = outputSize;
    const x = new Float64Array(height * width);
    const y = new Float64Array(height * width);
    for (let row = 0; row < height; row++) {
      const found = this.#pixelPoints(points, outputSize, row);
      x.set(found.x, row * width);
      y.set(found.y, row * width);
    }
    return [footprints(x, outputSize), footprints(y, outputSize), x, y];
  }

  /** @param {RowPoints} points @param {PixelMap} V */
  #readArea(points, V) {
    const [across, down, x, y] = this.#footprints(points, [V.height, V.width]);
    const value = new Float64Array(V.channels);
    for (let k = 0; k < x.length; k++) {
      this.#taps(x[k], 1, this.columns, across[k]);
      this.#taps(y[k], 0, this.rows, down[k]);
      V.data.set(this.#blend("weight", "weight", value), k * V.channels);
    }
    return V;
  }

  /**
   * Write the taps of a pixel coordinate of an axis, 0 for y and 1 for x.
   * @param {number} x
   * @param {0 | 1} axis
   * @param {AxisTaps} out
   * @param {number} footprint
   */
  #taps(x, axis, out, footprint) {
    const size = this.inputSize[axis];
    const { interpolation, padding, alignCorners } = this.options;
    if (interpolation === "area") {
      this.areaTaps[axis](x, footprint, out);
    } else {
      const kernel = KERNELS[interpolation];
      const error = rounding(size);
      const near = within(kernel.rounds ? roundToEven(x) : x + kernel.shift);
      const below = Math.floor(near + error);
      const t = near - below >= error ? near - below : 0;
      kernel.weights(t, out.weight);
      kernel.slopes(t, out.slope);
      out.count = kernel.count;
      out.first = below + kernel.offset;
      const length = size + 2 * this.margin;
      for (let k = 0; k < kernel.count; k++) {
        out.index[k] = locate(out.first + this.margin + k, length, padding, alignCorners);
      }
    }
    if (!(Math.abs(x) < FARTHEST)) out.slope.fill(0);
  }

  /** @param {"weight" | "slope"} across @param {"weight" | "slope"} down @param {Float64Array} out */
  #blend(across, down, out) {
    const { columns, rows, fill, source } = this;
    const [a, b, data, channels] = [columns[across], rows[down], source.data, out.length];
    out.fill(0);
    for (let i = 0; i < rows.count; i++) {
      const row = rows.index[i];
      for (let j = 0; j < columns.count; j++) {
        const column = columns.index[j];
        const weight = a[j] * b[i];
        if (row < 0 || column < 0) {
          for (let c = 0; c < channels; c++) out[c] += weight * fill[c];
        } else {
          const place = (row * source.width + column) * channels;
          for (let c = 0; c < channels; c++) out[c] += weight * data[place + c];
        }
      }
    }
    return out;
  }
}

/** @param {AxisTaps} taps @returns {AxisTaps} */
function copyTaps({ count, first, index, weight, slope }) {
  return {
    count, first, index: index.slice(0, count), weight: weight.slice(0, count),
    slope: slope.slice(0, count),
  };
}
