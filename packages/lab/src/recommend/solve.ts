/** Solves A x = b for a symmetric positive definite A (n × n, row by row, overwritten) by Cholesky; b becomes x. */
export function solveSymmetric(matrix: Float64Array, right: Float64Array, n: number): void {
  for (let row = 0; row < n; row += 1) {
    const own = row * n;
    for (let column = 0; column <= row; column += 1) {
      const other = column * n;
      let sum = matrix[own + column] as number;
      for (let k = 0; k < column; k += 1) sum -= (matrix[own + k] as number) * (matrix[other + k] as number);
      matrix[own + column] =
        column === row ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (matrix[other + column] as number);
    }
  }
  for (let row = 0; row < n; row += 1) {
    let sum = right[row] as number;
    for (let k = 0; k < row; k += 1) sum -= (matrix[row * n + k] as number) * (right[k] as number);
    right[row] = sum / (matrix[row * n + row] as number);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    let sum = right[row] as number;
    for (let k = row + 1; k < n; k += 1) sum -= (matrix[k * n + row] as number) * (right[k] as number);
    right[row] = sum / (matrix[row * n + row] as number);
  }
}
