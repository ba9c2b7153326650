/**
 * Factors a symmetric positive definite matrix (n × n, row by row) as L·Lᵀ in place; the lower triangle becomes L, the
 * upper one is left as it was. Returns the first row whose pivot is not positive beyond rounding, or -1 when all are.
 */
export function factor(matrix: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    const row = i * n
    const diagonal = matrix[row + i]!
    for (let j = 0; j < i; j++) matrix[row + j] = (matrix[row + j]! - dot(matrix, row, j * n, j)) / matrix[j * n + j]!
    const pivot = diagonal - dot(matrix, row, row, i)
    if (!(pivot > 1e-14 * Math.abs(diagonal))) return i
    matrix[row + i] = Math.sqrt(pivot)
  }
  return -1
}

/** Σ m[x+k]·m[y+k] for k < length; four sums at once keep the processor busy. */
function dot(m: Float64Array, x: number, y: number, length: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    s0 += m[x + k]! * m[y + k]!
    s1 += m[x + k + 1]! * m[y + k + 1]!
    s2 += m[x + k + 2]! * m[y + k + 2]!
    s3 += m[x + k + 3]! * m[y + k + 3]!
  }
  for (; k < length; k++) s0 += m[x + k]! * m[y + k]!
  return s0 + s1 + (s2 + s3)
}

/** Solves L·Lᵀ·x = b for a factor made by `factor`, overwriting b with x. */
export function solveFactored(L: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let rest = b[i]!
    for (let k = 0; k < i; k++) rest -= L[i * n + k]! * b[k]!
    b[i] = rest / L[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    const x = b[i]! / L[i * n + i]!
    b[i] = x
    for (let k = 0; k < i; k++) b[k]! -= L[i * n + k]! * x
  }
  return b
}

/** The inverse (n × n, symmetric, full) of the matrix whose factor is L; L is overwritten. */
export function invertFactored(L: Float64Array, n: number): Float64Array {
  invertTriangle(L, n)
  const inverse = new Float64Array(n * n)
  for (let k = 0; k < n; k++) {
    const row = k * n
    for (let i = 0; i <= k; i++) {
      const scale = L[row + i]!
      const target = i * n
      for (let j = 0; j <= i; j++) inverse[target + j]! += scale * L[row + j]!
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j]!
  return inverse
}

function invertTriangle(L: Float64Array, n: number): void {
  const fresh = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const row = i * n
    const pivot = 1 / L[row + i]!
    fresh.fill(0, 0, i)
    for (let k = 0; k < i; k++) {
      const scale = L[row + k]!
      const done = k * n
      for (let j = 0; j <= k; j++) fresh[j]! += scale * L[done + j]!
    }
    for (let j = 0; j < i; j++) L[row + j] = -pivot * fresh[j]!
    L[row + i] = pivot
  }
}
