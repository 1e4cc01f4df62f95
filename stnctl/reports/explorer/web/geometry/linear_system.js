/** Systems of linear equations. */

/**
 * Return X, the solution of A X = B, by elimination with pivots. NaN if A is singular.
 * @param {Float64Array} A row by row, n × n
 * @param {Float64Array} B row by row, n × m
 * @param {number} n
 */
export function solve(A, B, n) {
  const m = B.length / n;
  const left = A.slice();
  const right = B.slice();
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) {
      if (Math.abs(left[row * n + k]) > Math.abs(left[pivot * n + k])) pivot = row;
    }
    swapRows(left, n, k, pivot);
    swapRows(right, m, k, pivot);
    for (let row = 0; row < n; row++) {
      const share = row === k ? 0 : left[row * n + k] / left[k * n + k];
      if (share === 0) continue;
      for (let c = k; c < n; c++) left[row * n + c] -= share * left[k * n + c];
      for (let c = 0; c < m; c++) right[row * m + c] -= share * right[k * m + c];
    }
  }
  return right.map((value, k) => value / left[Math.floor(k / m) * (n + 1)]);
}

/** @param {Float64Array} rows @param {number} width @param {number} a @param {number} b */
function swapRows(rows, width, a, b) {
  if (a === b) return;
  const kept = rows.slice(a * width, (a + 1) * width);
  rows.copyWithin(a * width, b * width, (b + 1) * width);
  rows.set(kept, b * width);
}
