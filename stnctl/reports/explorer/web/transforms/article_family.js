/**
 * The sliders of the article's notebook as a family of affine maps. Like the notebook, it rotates
 * and shears in pixels, measured from the center of the image, so a rotation keeps all shapes.
 */

import { AffineFamily } from "../geometry/transform.js";
import { halfSpan } from "../geometry/grid.js";

/** @typedef {import("../geometry/transform.js").Theta} Theta */

export class ArticleFamily extends AffineFamily {
  /**
   * @param {[number, number]} inputSize [height, width] of U
   * @param {boolean} alignCorners
   */
  constructor(inputSize, alignCorners) {
    super(
      "article",
      ["tx", "ty", "angle", "s", "kx", "ky"],
      [[-1, 1], [-1, 1], [-Math.PI, Math.PI], [0, 2], [-2, 2], [-2, 2]],
    );
    const [halfX, halfY] = halfSpan(inputSize, alignCorners);
    this.stretch = halfY / halfX;
  }

  identity() {
    return [0, 0, 0, 1, 0, 0];
  }

  /** @param {Theta} theta */
  entries([tx, ty, angle, s, kx, ky]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return this.#normalized(s * cos, -s * (sin + kx), tx, s * (sin + ky), s * cos, ty);
  }

  /** @param {Theta} theta */
  slopes([, , angle, s, kx, ky]) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [
      [0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0, 1],
      this.#normalized(-s * sin, -s * cos, 0, s * cos, -s * sin, 0),
      this.#normalized(cos, -(sin + kx), 0, sin + ky, cos, 0),
      this.#normalized(0, -s, 0, 0, 0, 0),
      this.#normalized(0, 0, 0, s, 0, 0),
    ];
  }

  /** @param {number} a @param {number} b @param {number} tx @param {number} c @param {number} d
   * @param {number} ty */
  #normalized(a, b, tx, c, d, ty) {
    return [a, b * this.stretch, tx, c / this.stretch, d, ty];
  }
}
