/**
 * Transforms with one displacement per point of a regular grid on V: the thin plate spline and the
 * flow, as in stnctl.geometry.transforms.
 */

import { axisPoints } from "./grid.js";
import { makeSampler } from "./sampler.js";
import { solve } from "./linear_system.js";
import { Transform } from "./transform.js";

/** @typedef {import("./transform.js").Theta} Theta */
/** @typedef {import("./grid.js").Size} Size */

/** Largest number of weights of a spline to keep for the next theta. */
const MOST_KEPT = 6_000_000;

/** @param {Size} lattice @param {(rows: number, columns: number) => [number, number]} bound */
function displacementParameters([rows, columns], bound) {
  const count = rows * columns;
  const [x, y] = bound(rows, columns);
  /** @type {string[]} */
  const parameters = [];
  /** @type {[number, number][]} */
  const bounds = [];
  for (let k = 0; k < count; k++) {
    parameters.push(`dx${k}`, `dy${k}`);
    bounds.push([-x, x], [-y, y]);
  }
  return { parameters, bounds };
}

/** The smoothest map with given displacements at control points (Bookstein 1989). */
export class ThinPlateSpline extends Transform {
  /** @param {Size} [controlPoints] number of rows and of columns */
  constructor(controlPoints = [4, 4]) {
    const given = displacementParameters(controlPoints, (rows, columns) =>
      [1 / (columns - 1), 1 / (rows - 1)]);
    super("thin_plate_spline", given.parameters, given.bounds);
    this.controlPoints = controlPoints;
    const [down, across] = controlPoints.map((length) => Array.from(axisPoints(length, true)));
    /** The control points on V, row by row. @type {[number, number][]} */
    this.points = down.flatMap((y) => across.map((x) => /** @type {[number, number]} */ ([x, y])));
    this.solution = splineSolution(this.points);
    /** @type {{key: string, weights: Float64Array | null}} */
    this.kept = { key: "", weights: null };
  }

  /** @param {Theta} theta @param {number} x @param {number} y @returns {[number, number]} */
  point(theta, x, y) {
    const weights = new Float64Array(this.points.length);
    this.#weights(x, y, weights, 0);
    let [dx, dy] = [0, 0];
    weights.forEach((weight, k) => {
      dx += weight * theta[2 * k];
      dy += weight * theta[2 * k + 1];
    });
    return [x + dx, y + dy];
  }

  /** @param {Theta} theta @param {number} x @param {number} y */
  jacobian(theta, x, y) {
    const weights = new Float64Array(this.points.length);
    this.#weights(x, y, weights, 0);
    return {
      dx: Float64Array.from(this.parameters, (_, k) => (k % 2 ? 0 : weights[k >> 1])),
      dy: Float64Array.from(this.parameters, (_, k) => (k % 2 ? weights[k >> 1] : 0)),
    };
  }

  /**
   * @param {Theta} theta @param {Size} size @param {boolean} alignCorners
   * @returns {import("./sampler.js").RowPoints}
   */
  rows(theta, size, alignCorners) {
    const [height, width] = size;
    const count = this.points.length;
    if (height * width * count > MOST_KEPT) return super.rows(theta, size, alignCorners);
    const across = axisPoints(width, alignCorners);
    const down = axisPoints(height, alignCorners);
    const key = [height, width, alignCorners].join();
    let { weights } = this.kept;
    if (this.kept.key !== key || !weights) {
      weights = new Float64Array(height * width * count);
      for (let k = 0; k < height * width; k++) {
        this.#weights(across[k % width], down[Math.floor(k / width)], weights, k * count);
      }
      this.kept = { key, weights };
    }
    const all = weights;
    const moves = Float64Array.from(theta);
    return (row, x, y) => {
      let place = row * width * count;
      for (let k = 0; k < width; k++) {
        let dx = 0;
        let dy = 0;
        for (let n = 0; n < moves.length; n += 2, place++) {
          const weight = all[place];
          dx += weight * moves[n];
          dy += weight * moves[n + 1];
        }
        x[k] = across[k] + dx;
        y[k] = down[row] + dy;
      }
    };
  }

  /** @param {number} x @param {number} y @param {Float64Array} out @param {number} first */
  #weights(x, y, out, first) {
    const count = this.points.length;
    for (let n = 0; n < count; n++) {
      const [px, py] = this.points[n];
      const value = radial(x - px, y - py);
      if (value === 0) continue;
      for (let k = 0; k < count; k++) out[first + k] += value * this.solution[n * count + k];
    }
    for (let k = 0; k < count; k++) {
      const linear = count * count + k;
      out[first + k] += this.solution[linear] + x * this.solution[linear + count]
        + y * this.solution[linear + 2 * count];
    }
  }
}

/** One displacement per pixel of V. */
export class Flow extends Transform {
  /** @param {Size} [size] [height, width] of V */
  constructor(size = [28, 28]) {
    const { parameters, bounds } = displacementParameters(size, () => [1, 1]);
    super("flow", parameters, bounds);
    this.size = size;
  }

  /**
   * @param {Theta} theta @param {Size} outputSize @param {boolean} alignCorners
   * @returns {import("./sampler.js").RowPoints}
   */
  rows(theta, outputSize, alignCorners) {
    const [height, width] = this.size;
    const flow = { height, width, channels: 2, data: Float64Array.from(theta) };
    const sampler = makeSampler(flow, { padding: "border", alignCorners });
    const across = axisPoints(outputSize[1], alignCorners);
    const down = axisPoints(outputSize[0], alignCorners);
    const moved = sampler.read((row, x, y) => {
      x.set(across);
      y.fill(down[row]);
    }, outputSize).data;
    return (row, x, y) => {
      for (let k = 0; k < across.length; k++) {
        const place = (row * across.length + k) * 2;
        x[k] = across[k] + moved[place];
        y[k] = down[row] + moved[place + 1];
      }
    };
  }
}

/** @param {number} x @param {number} y @returns {number} r² log r², and 0 at 0 */
function radial(x, y) {
  const squared = x * x + y * y;
  return squared > 0 ? squared * Math.log(squared) : 0;
}

/**
 * Return the matrix, (K + 3) × K, from displacements to coefficients.
 * @param {[number, number][]} points
 */
function splineSolution(points) {
  const count = points.length;
  const order = count + 3;
  const system = new Float64Array(order * order);
  points.forEach(([x, y], row) => {
    points.forEach(([px, py], column) => {
      system[row * order + column] = radial(x - px, y - py);
    });
    [1, x, y].forEach((value, k) => {
      system[row * order + count + k] = system[(count + k) * order + row] = value;
    });
  });
  const unit = new Float64Array(order * count);
  for (let k = 0; k < count; k++) unit[k * count + k] = 1;
  return solve(system, unit, order);
}
