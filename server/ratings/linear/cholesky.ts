/*
 * Dense symmetric matrices, n × n, row by row. Every routine comes down to inner products of stretches of rows, taken
 * for four pairs of rows at a time and in strips of columns short enough to stay in the processor's cache.
 */

const strip = 256

/**
 * Factors a symmetric positive definite matrix as L·Lᵀ in place; the lower triangle becomes L, the upper one is left as
 * it was. Returns the first row whose pivot is not positive beyond rounding, or -1 when all are.
 */
export function factor(matrix: Float64Array, n: number): number {
  const block = 48
  const diagonal = new Float64Array(n)
  for (let i = 0; i < n; i++) diagonal[i] = matrix[i * n + i]!
  for (let top = 0; top < n; top += block) {
    const bottom = Math.min(top + block, n)
    for (let i = top; i < bottom; i++) {
      for (let j = top; j <= i; j++) {
        const rest = matrix[i * n + j]! - inner(matrix, i * n, j * n, top, j)
        if (j < i) matrix[i * n + j] = rest / matrix[j * n + j]!
        else if (rest > 1e-14 * Math.abs(diagonal[i]!)) matrix[i * n + i] = Math.sqrt(rest)
        else return i
      }
    }
    for (let i = bottom; i < n; i++) {
      for (let j = top; j < bottom; j++) {
        matrix[i * n + j] = (matrix[i * n + j]! - inner(matrix, i * n, j * n, top, j)) / matrix[j * n + j]!
      }
    }
    subtractProducts(matrix, n, bottom, top, bottom)
  }
  return -1
}

/** matrix[i][j] -= Σ matrix[i][k]·matrix[j][k] for first ≤ j ≤ i < n and k from `from` up to `to`. */
function subtractProducts(matrix: Float64Array, n: number, first: number, from: number, to: number): void {
  const sums = new Float64Array(4)
  for (let i = first; i < n; i += 2) {
    for (let j = first; j <= i + 1 && j < n; j += 2) {
      fourAcross(matrix, i * n, Math.min(i + 1, n - 1) * n, matrix, j * n, Math.min(j + 1, n - 1) * n, from, to, sums)
      matrix[i * n + j]! -= sums[0]!
      if (j + 1 < n) matrix[i * n + j + 1]! -= sums[1]!
      if (i + 1 < n) matrix[(i + 1) * n + j]! -= sums[2]!
      if (i + 1 < n && j + 1 < n) matrix[(i + 1) * n + j + 1]! -= sums[3]!
    }
  }
}

/** Σ m[x+k]·m[y+k] for k from `from` up to `to`. */
function inner(m: Float64Array, x: number, y: number, from: number, to: number): number {
  let even = 0
  let odd = 0
  let k = from
  for (; k + 1 < to; k += 2) {
    even += m[x + k]! * m[y + k]!
    odd += m[x + k + 1]! * m[y + k + 1]!
  }
  if (k < to) even += m[x + k]! * m[y + k]!
  return even + odd
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

/** The inverse (n × n, symmetric, full) of the matrix whose factor is L. */
export function invertFactored(L: Float64Array, n: number): Float64Array {
  return productOfRows(invertedTransposed(L, n), n)
}

/** The transpose of the inverse of L: row j holds column j of L⁻¹, zero left of the diagonal. */
function invertedTransposed(L: Float64Array, n: number): Float64Array {
  const rows = new Float64Array(n * n)
  const sums = new Float64Array(4)
  for (let left = 0; left < n; left += 32) {
    const right = Math.min(left + 32, n)
    for (let i = left; i < n; i += 2) {
      const second = Math.min(i + 1, n - 1)
      for (let j = left; j < right && j <= i + 1; j += 2) {
        const other = Math.min(j + 1, n - 1)
        fourAcross(L, i * n, second * n, rows, j * n, other * n, j, i, sums)
        settle(L, rows, n, i, j, sums[0]!)
        if (other !== j) settle(L, rows, n, i, other, sums[1]!)
        if (second === i) continue
        const step = L[second * n + i]!
        settle(L, rows, n, second, j, sums[2]! + step * rows[j * n + i]!)
        if (other !== j) settle(L, rows, n, second, other, sums[3]! + step * rows[other * n + i]!)
      }
    }
  }
  return rows
}

/** Writes entry (i, j) of L⁻¹ once the sum of what comes before it on the row is known. */
function settle(L: Float64Array, rows: Float64Array, n: number, i: number, j: number, before: number): void {
  if (j <= i) rows[j * n + i] = ((i === j ? 1 : 0) - before) / L[i * n + i]!
}

/** The inner products of rows x0 and x1 of m with rows y0 and y1 of another, over the columns from `from` up to `to`. */
function fourAcross(
  m: Float64Array,
  x0: number,
  x1: number,
  other: Float64Array,
  y0: number,
  y1: number,
  from: number,
  to: number,
  sums: Float64Array,
): void {
  let s00 = 0
  let s01 = 0
  let s10 = 0
  let s11 = 0
  for (let k = from; k < to; k++) {
    const u0 = m[x0 + k]!
    const u1 = m[x1 + k]!
    const v0 = other[y0 + k]!
    const v1 = other[y1 + k]!
    s00 += u0 * v0
    s01 += u0 * v1
    s10 += u1 * v0
    s11 += u1 * v1
  }
  sums[0] = s00
  sums[1] = s01
  sums[2] = s10
  sums[3] = s11
}

/** R·Rᵀ for a matrix of n rows that are zero left of the diagonal. */
function productOfRows(R: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n)
  for (let from = 0; from < n; from += strip) {
    const to = Math.min(from + strip, n)
    addProducts(R, R, product, n, to, from, to, true)
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) product[j * n + i] = product[i * n + j]!
  return product
}

/** X·Y for symmetric n × n matrices. */
export function multiplySymmetric(X: Float64Array, Y: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n)
  for (let from = 0; from < n; from += strip) addProducts(X, Y, product, n, n, from, Math.min(from + strip, n), false)
  return product
}

/** product[i][j] += Σ X[i][k]·Y[j][k] over a strip of columns, for rows below `rows`; j ≤ i only where `lower`. */
function addProducts(
  X: Float64Array,
  Y: Float64Array,
  product: Float64Array,
  n: number,
  rows: number,
  from: number,
  to: number,
  lower: boolean,
): void {
  const sums = new Float64Array(4)
  const tile = 32
  for (let above = 0; above < rows; above += tile) {
    for (let i = 0; i < rows; i += 2) {
      const i1 = Math.min(i + 1, rows - 1)
      const end = Math.min(above + tile, lower ? i + 2 : rows, rows)
      for (let j = above; j < end; j += 2) {
        const j1 = Math.min(j + 1, rows - 1)
        fourAcross(X, i * n, i1 * n, Y, j * n, j1 * n, from, to, sums)
        product[i * n + j]! += sums[0]!
        if (j1 > j) product[i * n + j1]! += sums[1]!
        if (i1 > i) product[i1 * n + j]! += sums[2]!
        if (i1 > i && j1 > j) product[i1 * n + j1]! += sums[3]!
      }
    }
  }
}
