/**
 * Base classes of the families of transforms, as in stnctl.geometry.transforms. A transform maps
 * target points of V to source points of U, in normalized coordinates. Angles are in radians.
 */

import { axisPoints } from "./grid.js";

/** @typedef {import("./grid.js").Size} Size */
/** @typedef {ArrayLike<number> & Iterable<number>} Theta */

/** A family of transforms. Stateless: theta is an argument. */
export class Transform {
  /** @param {string} name @param {string[]} parameters @param {[number, number][]} bounds */
  constructor(name, parameters, bounds) {
    this.name = name;
    this.parameters = parameters;
    this.bounds = bounds;
    this.numParams = parameters.length;
  }

  /** Return the theta with V = U. @returns {number[]} */
  identity() {
    return this.parameters.map(() => 0);
  }

  /**
   * Return the source point of a target point.
   * @param {Theta} theta
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  point(theta, x, y) {
    throw new Error(`${this.name} maps no single points`);
  }

  /**
   * Return the derivatives of the source point of a target point to each parameter.
   * @param {Theta} theta
   * @param {number} x
   * @param {number} y
   * @returns {{dx: Float64Array, dy: Float64Array}}
   */
  jacobian(theta, x, y) {
    throw new Error(`${this.name} has no derivatives`);
  }

  /**
   * Return the 9 entries of the matrix from target to source points; null if there is none.
   * @param {Theta} theta
   * @returns {number[] | null}
   */
  matrix(theta) {
    return null;
  }

  /**
   * Return a function that writes the source points of a row of V.
   * @param {Theta} theta
   * @param {Size} size [height, width] of V
   * @param {boolean} alignCorners
   * @returns {import("./sampler.js").RowPoints}
   */
  rows(theta, [height, width], alignCorners) {
    const across = axisPoints(width, alignCorners);
    const down = axisPoints(height, alignCorners);
    return (row, x, y) => {
      for (let k = 0; k < width; k++) [x[k], y[k]] = this.point(theta, across[k], down[row]);
    };
  }

  /**
   * Return the sampling grid: x and y of the source point of each pixel of V, row by row.
   * @param {Theta} theta
   * @param {Size} size [height, width] of V
   * @param {boolean} alignCorners
   */
  grid(theta, size, alignCorners) {
    const [height, width] = size;
    const rows = this.rows(theta, size, alignCorners);
    const [x, y] = [new Float64Array(width), new Float64Array(width)];
    const found = new Float64Array(height * width * 2);
    for (let row = 0, place = 0; row < height; row++) {
      rows(row, x, y);
      for (let k = 0; k < width; k++) {
        found[place++] = x[k];
        found[place++] = y[k];
      }
    }
    return found;
  }
}

/** A family of affine maps. A subclass gives the six entries, row by row, and their derivatives. */
export class AffineFamily extends Transform {
  /** @param {Theta} theta @returns {ArrayLike<number>} a b tx c d ty */
  entries(theta) {
    return theta;
  }

  /**
   * Return the derivatives of the six entries to each parameter: one row of six per parameter.
   * @param {Theta} theta
   * @returns {ArrayLike<number>[]}
   */
  slopes(theta) {
    throw new Error(`${this.name} has no derivatives`);
  }

  /** @param {Theta} theta */
  matrix(theta) {
    return [...Array.from(this.entries(theta)), 0, 0, 1];
  }

  /** @param {Theta} theta @param {number} x @param {number} y @returns {[number, number]} */
  point(theta, x, y) {
    const m = this.entries(theta);
    return [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]];
  }

  /** @param {Theta} theta @param {number} x @param {number} y */
  jacobian(theta, x, y) {
    const slopes = this.slopes(theta);
    return {
      dx: Float64Array.from(slopes, (row) => row[0] * x + row[1] * y + row[2]),
      dy: Float64Array.from(slopes, (row) => row[3] * x + row[4] * y + row[5]),
    };
  }

  /**
   * @param {Theta} theta @param {Size} size @param {boolean} alignCorners
   * @returns {import("./sampler.js").RowPoints}
   */
  rows(theta, [height, width], alignCorners) {
    const [a, b, tx, c, d, ty] = Array.from(this.entries(theta));
    const across = axisPoints(width, alignCorners);
    const down = axisPoints(height, alignCorners);
    return (row, x, y) => {
      const [by, dy] = [b * down[row], d * down[row]];
      for (let k = 0; k < width; k++) {
        x[k] = a * across[k] + by + tx;
        y[k] = c * across[k] + dy + ty;
      }
    };
  }
}
