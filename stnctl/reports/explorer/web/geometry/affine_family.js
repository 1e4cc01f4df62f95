/** The families of affine maps. */

import { AffineFamily } from "./transform.js";
import { exponential } from "./matrix_exponential.js";

/** @typedef {import("./transform.js").Theta} Theta */
/** @typedef {[number, number]} Bound */

/** @type {Bound} */
const ANGLE = [-Math.PI, Math.PI];
/** @type {Bound} */
const SCALE = [0, 2];
/** @type {Bound} */
const SHIFT = [-1, 1];
/** @type {Bound} */
const ENTRY = [-2, 2];

export class Translation extends AffineFamily {
  constructor() {
    super("translation", ["tx", "ty"], [SHIFT, SHIFT]);
  }

  /** @param {Theta} theta */
  entries([tx, ty]) {
    return [1, 0, tx, 0, 1, ty];
  }

  slopes() {
    return [[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]];
  }
}

export class Rotation extends AffineFamily {
  constructor() {
    super("rotation", ["angle"], [ANGLE]);
  }

  /** @param {Theta} theta */
  entries([angle]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [cos, -sin, 0, sin, cos, 0];
  }

  /** @param {Theta} theta */
  slopes([angle]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [[-sin, -cos, 0, cos, -sin, 0]];
  }
}

export class Rigid extends AffineFamily {
  constructor() {
    super("rigid", ["angle", "tx", "ty"], [ANGLE, SHIFT, SHIFT]);
  }

  /** @param {Theta} theta */
  entries([angle, tx, ty]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [cos, -sin, tx, sin, cos, ty];
  }

  /** @param {Theta} theta */
  slopes([angle]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [[-sin, -cos, 0, cos, -sin, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]];
  }
}

export class Similarity extends AffineFamily {
  constructor() {
    super("similarity", ["s", "angle", "tx", "ty"], [SCALE, ANGLE, SHIFT, SHIFT]);
  }

  identity() {
    return [1, 0, 0, 0];
  }

  /** @param {Theta} theta */
  entries([s, angle, tx, ty]) {
    const [cos, sin] = [s * Math.cos(angle), s * Math.sin(angle)];
    return [cos, -sin, tx, sin, cos, ty];
  }

  /** @param {Theta} theta */
  slopes([s, angle]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [
      [cos, -sin, 0, sin, cos, 0],
      [-s * sin, -s * cos, 0, s * cos, -s * sin, 0],
      [0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0, 1],
    ];
  }
}

export class Attention extends AffineFamily {
  constructor() {
    super("attention", ["s", "tx", "ty"], [SCALE, SHIFT, SHIFT]);
  }

  identity() {
    return [1, 0, 0];
  }

  /** @param {Theta} theta */
  entries([s, tx, ty]) {
    return [s, 0, tx, 0, s, ty];
  }

  slopes() {
    return [[1, 0, 0, 0, 1, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]];
  }
}

export class ScaleTranslation extends AffineFamily {
  constructor() {
    super("scale_translation", ["sx", "sy", "tx", "ty"], [SCALE, SCALE, SHIFT, SHIFT]);
  }

  identity() {
    return [1, 1, 0, 0];
  }

  /** @param {Theta} theta */
  entries([sx, sy, tx, ty]) {
    return [sx, 0, tx, 0, sy, ty];
  }

  slopes() {
    return [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]];
  }
}

/** Any affine map. An entry with a constraint is fixed; theta has the free entries. */
export class Affine extends AffineFamily {
  /** @param {(number | null)[][]} [constraints] two rows of three; null leaves an entry free */
  constructor(constraints = [[null, null, null], [null, null, null]]) {
    const fixed = constraints.flat();
    const free = [0, 1, 2, 3, 4, 5].filter((k) => fixed[k] === null);
    super(
      "affine",
      free.map((k) => ["a", "b", "tx", "c", "d", "ty"][k]),
      free.map((k) => (k % 3 === 2 ? SHIFT : ENTRY)),
    );
    this.fixed = fixed;
    this.free = free;
  }

  identity() {
    return this.free.map((k) => (k % 4 === 0 ? 1 : 0));
  }

  /** @param {Theta} theta */
  entries(theta) {
    let next = 0;
    return this.fixed.map((value) => value ?? theta[next++]);
  }

  slopes() {
    return this.free.map((k) => [0, 1, 2, 3, 4, 5].map((n) => (n === k ? 1 : 0)));
  }
}

/** The exponential of a matrix: an affine map that is always invertible. */
export class DiffeomorphicAffine extends AffineFamily {
  constructor() {
    super("diffeomorphic_affine", ["a", "b", "tx", "c", "d", "ty"],
      [ENTRY, ENTRY, SHIFT, ENTRY, ENTRY, SHIFT]);
  }

  /** @param {Theta} theta */
  entries(theta) {
    return exponential([...Array.from(theta), 0, 0, 0], 3).slice(0, 6);
  }

  /** @param {Theta} theta */
  slopes(theta) {
    // The upper right block of exp([A E; 0 A]) is the derivative of exp(A) in the direction E.
    return this.parameters.map((_, direction) => {
      const block = new Float64Array(36);
      for (let k = 0; k < 6; k++) {
        const [row, column] = [Math.floor(k / 3), k % 3];
        block[row * 6 + column] = block[(row + 3) * 6 + column + 3] = theta[k];
        block[row * 6 + column + 3] = k === direction ? 1 : 0;
      }
      const found = exponential(block, 6);
      return [...found.slice(3, 6), ...found.slice(9, 12)];
    });
  }
}
