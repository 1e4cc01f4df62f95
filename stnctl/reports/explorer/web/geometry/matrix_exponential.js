/** The matrix exponential, as in stnctl.geometry.transforms.diffeomorphic_affine. */

const SQUARINGS = 4;
const TERMS = 24;

/**
 * Return the exponential of a matrix of n × n entries, by scaling and squaring.
 * @param {ArrayLike<number>} matrix row by row
 * @param {number} n
 * @returns {Float64Array}
 */
export function exponential(matrix, n) {
  const small = Float64Array.from(matrix, (entry) => entry / 2 ** SQUARINGS);
  const unit = small.map((_, k) => (k % (n + 1) === 0 ? 1 : 0));
  let total = unit;
  for (let term = TERMS; term > 0; term--) {
    total = matrixProduct(small, total, n).map((entry, k) => unit[k] + entry / term);
  }
  for (let k = 0; k < SQUARINGS; k++) total = matrixProduct(total, total, n);
  return total;
}

/**
 * Return the product of two matrices of n × n entries, row by row.
 * @param {ArrayLike<number>} first
 * @param {ArrayLike<number>} second
 * @param {number} n
 */
function matrixProduct(first, second, n) {
  const found = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < n; k++) {
      const share = first[row * n + k];
      for (let column = 0; column < n; column++) {
        found[row * n + column] += share * second[k * n + column];
      }
    }
  }
  return found;
}
