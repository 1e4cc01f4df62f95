/**
 * Interpolations: the pixels of an axis to read for a point, with their weights, as in
 * stnctl.geometry.interpolation. Each is separable: a pair of taps of x and y has the product of
 * their weights.
 */

/**
 * @typedef {"nearest" | "bilinear" | "bicubic" | "quadratic" | "cubic" | "area"} InterpolationName
 */

/**
 * A kernel reads `count` pixels of an axis, from `first` of a point on.
 * @typedef {object} Kernel
 * @property {number} count number of taps
 * @property {number} offset of the first tap from the pixel at or below x + shift
 * @property {number} shift
 * @property {boolean} rounds whether x is rounded to the nearest pixel first
 * @property {(t: number, out: Float64Array) => void} weights of the fraction t above that pixel
 * @property {(t: number, out: Float64Array) => void} slopes derivatives of the weights
 */

/** @type {InterpolationName[]} */
export const INTERPOLATIONS = ["nearest", "bilinear", "bicubic", "quadratic", "cubic", "area"];

/** Pixel coordinates beyond this count as points at this distance outside U. */
export const FARTHEST = 2 ** 22;

/** Slope of the bicubic kernel at a distance of one pixel, as in PyTorch and OpenCV. */
const BICUBIC_SLOPE = -0.75;

const SIXTH = 1 / 6;

/** @type {Record<Exclude<InterpolationName, "area">, Kernel>} */
export const KERNELS = {
  nearest: {
    count: 1, offset: 0, shift: 0, rounds: true,
    weights(t, out) { out[0] = 1; },
    slopes(t, out) { out[0] = 0; },
  },
  bilinear: {
    count: 2, offset: 0, shift: 0, rounds: false,
    weights(t, out) { out[0] = 1 - t; out[1] = t; },
    slopes(t, out) { out[0] = -1; out[1] = 1; },
  },
  bicubic: {
    count: 4, offset: -1, shift: 0, rounds: false,
    weights(t, out) {
      const a = BICUBIC_SLOPE;
      out[0] = ((a * t - 2 * a) * t + a) * t;
      out[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
      out[2] = ((-(a + 2) * t + 2 * a + 3) * t - a) * t;
      out[3] = a * (1 - t) * t * t;
    },
    slopes(t, out) {
      const a = BICUBIC_SLOPE;
      out[0] = (3 * a * t - 4 * a) * t + a;
      out[1] = (3 * (a + 2) * t - 2 * (a + 3)) * t;
      out[2] = (-3 * (a + 2) * t + 2 * (2 * a + 3)) * t - a;
      out[3] = a * (2 - 3 * t) * t;
    },
  },
  quadratic: {
    count: 3, offset: -1, shift: 0.5, rounds: false,
    weights(t, out) {
      out[0] = ((1 - t) * (1 - t)) / 2;
      out[1] = 0.75 - (t - 0.5) * (t - 0.5);
      out[2] = (t * t) / 2;
    },
    slopes(t, out) { out[0] = t - 1; out[1] = 1 - 2 * t; out[2] = t; },
  },
  cubic: {
    count: 4, offset: -1, shift: 0, rounds: false,
    weights(t, out) {
      const s = 1 - t;
      out[0] = s * s * s * SIXTH;
      out[1] = (4 + t * t * (3 * t - 6)) * SIXTH;
      out[2] = (4 + s * s * (3 * s - 6)) * SIXTH;
      out[3] = t * t * t * SIXTH;
    },
    slopes(t, out) {
      const s = 1 - t;
      out[0] = (-s * s) / 2;
      out[1] = (t * (3 * t - 4)) / 2;
      out[2] = (-s * (3 * s - 4)) / 2;
      out[3] = (t * t) / 2;
    },
  },
};

/**
 * Return the largest rounding error of a pixel coordinate. A point this close to a pixel's center
 * counts as at the center, so that V is U at the identity.
 * @param {number} size number of pixels of the axis
 */
export function rounding(size) {
  return 2 * size * Number.EPSILON;
}

/**
 * Return a pixel coordinate within reach: a point that is not finite counts as far outside.
 * @param {number} x
 */
export function within(x) {
  if (x > FARTHEST) return FARTHEST;
  return x >= -FARTHEST ? x : -FARTHEST; // also for NaN
}

/**
 * Return the nearest whole number; the even one of two.
 * @param {number} x
 */
export function roundToEven(x) {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
