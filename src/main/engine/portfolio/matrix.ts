import { ParleyError } from '#shared/lib/error.ts'
import { covariance } from './statistics.ts'

/** A square matrix as rows. */
export type Matrix = readonly Float64Array[]

/** Sample covariance matrix (divisor n - 1) of return series of equal length, one an asset. */
export function covarianceMatrix(returns: readonly Float64Array[]): Matrix {
  const rows = returns.map(() => new Float64Array(returns.length))
  for (const [i, a] of returns.entries()) {
    for (let j = 0; j <= i; j++) {
      const value = covariance(a, returns[j] as Float64Array)
      ;(rows[i] as Float64Array)[j] = value
      ;(rows[j] as Float64Array)[i] = value
    }
  }
  return rows
}

/** The correlations behind a covariance matrix. */
export function correlationMatrix(covariances: Matrix): Matrix {
  const spread = covariances.map((row, i) => Math.sqrt(row[i] as number))
  return covariances.map((row, i) => row.map((value, j) => value / ((spread[i] as number) * (spread[j] as number))))
}

/** matrix x vector. */
export function multiplyVector(matrix: Matrix, vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector))
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number)
  return sum
}

/** Variance w'Cw of a portfolio. */
export function portfolioVariance(weights: Float64Array, covariances: Matrix): number {
  return dot(weights, multiplyVector(covariances, weights))
}

/**
 * Solves A X = B by elimination with partial pivoting; B's columns are right-hand sides. Throws MATRIX_SINGULAR.
 */
export function solve(a: Matrix, b: Matrix): Float64Array[] {
  const n = a.length
  const width = b[0]?.length ?? 0
  const rows = a.map((row, i): Float64Array => {
    const joined = new Float64Array(n + width)
    joined.set(row)
    joined.set(b[i] as Float64Array, n)
    return joined
  })
  let largest = 0
  for (const row of a) for (const value of row) largest = Math.max(largest, Math.abs(value))
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(rows[i]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = i
    }
    const top = rows[pivot] as Float64Array
    const divisor = top[column] as number
    if (!(Math.abs(divisor) > 1e-15 * largest)) {
      throw new ParleyError(
        'MATRIX_SINGULAR',
        'The covariances do not determine the weights: assets move in lockstep.',
        {
          wayOut: 'Leave out assets that move alike, or shrink the covariances.',
        },
      )
    }
    rows[pivot] = rows[column] as Float64Array
    rows[column] = top
    for (let i = column + 1; i < n; i++) {
      const row = rows[i] as Float64Array
      const factor = (row[column] as number) / divisor
      if (factor === 0) continue
      for (let k = column; k < n + width; k++) row[k] = (row[k] as number) - factor * (top[k] as number)
    }
  }
  const result = a.map(() => new Float64Array(width))
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i] as Float64Array
    const out = result[i] as Float64Array
    for (let c = 0; c < width; c++) {
      let value = row[n + c] as number
      for (let k = i + 1; k < n; k++) value -= (row[k] as number) * (result[k]?.[c] as number)
      out[c] = value / (row[i] as number)
    }
  }
  return result
}

/**
 * The lower triangular L with L L' = the matrix (Cholesky); a semidefinite matrix is allowed. Throws
 * MATRIX_NOT_POSITIVE.
 */
export function cholesky(matrix: Matrix): Float64Array[] {
  const n = matrix.length
  const rows = matrix.map(() => new Float64Array(n))
  const largest = matrix.reduce((top, row, i) => Math.max(top, row[i] as number), 0)
  for (let i = 0; i < n; i++) {
    const own = rows[i] as Float64Array
    for (let j = 0; j <= i; j++) {
      const other = rows[j] as Float64Array
      let rest = matrix[i]?.[j] as number
      for (let k = 0; k < j; k++) rest -= (own[k] as number) * (other[k] as number)
      if (i === j) {
        if (rest < -1e-10 * largest) {
          throw new ParleyError(
            'MATRIX_NOT_POSITIVE',
            'These are not the covariances of anything: a portfolio would have negative variance.',
            {
              wayOut: 'Estimate the covariances over bars that all assets have, or shrink them.',
            },
          )
        }
        own[i] = rest > 1e-14 * largest ? Math.sqrt(rest) : 0
      } else own[j] = other[j] === 0 ? 0 : rest / (other[j] as number)
    }
  }
  return rows
}
