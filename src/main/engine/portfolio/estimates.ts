import { mean } from '#shared/lib/statistics.ts'
import type { Matrix } from './matrix.ts'
import { covariance, deviation } from './statistics.ts'

// Return series here are one array an asset, of equal length and dates, with NaN where the asset was not listed.

/**
 * Mean return a bar with the weight of a bar falling by 1 - 2 / (span + 1) for each bar after it, oldest first; bars
 * that are missing weigh nothing. NaN for no returns.
 */
export function weightedMeanReturn(returns: Float64Array, span: number): number {
  const keep = 1 - 2 / (span + 1)
  let weight = 0
  let sum = 0
  for (const value of returns) {
    weight *= keep
    sum *= keep
    if (Number.isNaN(value)) continue
    weight += 1
    sum += value
  }
  return sum / weight
}

/** Calls back with each pair of assets' returns over the bars that both have. */
function overPairs(returns: readonly Float64Array[], f: (a: Float64Array, b: Float64Array) => number): Matrix {
  return returns.map((a) =>
    Float64Array.from(returns, (b) => {
      const both = (_: number, t: number) => !Number.isNaN(a[t]) && !Number.isNaN(b[t])
      return f(a.filter(both), b.filter(both))
    }),
  )
}

/** Sample covariances (divisor n - 1) of each pair over the bars that both have. */
export function pairwiseCovariances(returns: readonly Float64Array[]): Matrix {
  return overPairs(returns, covariance)
}

/** Correlations of each pair over the bars that both have. */
export function pairwiseCorrelations(returns: readonly Float64Array[]): Matrix {
  return overPairs(returns, (a, b) => covariance(a, b) / (deviation(a) * deviation(b)))
}

/** Covariances of what falls short of the benchmark return a bar, over all bars; missing bars count as none. */
export function semicovariances(returns: readonly Float64Array[], benchmark = 0): Matrix {
  const falls = returns.map((series) =>
    series.map((value) => (Number.isNaN(value) ? 0 : Math.min(value - benchmark, 0))),
  )
  return falls.map((a) =>
    Float64Array.from(falls, (b) => a.reduce((sum, x, t) => sum + x * (b[t] as number), 0) / a.length),
  )
}

/** A covariance matrix drawn towards a simple one, by the share that is best in expectation. */
export interface Shrunk {
  readonly covariances: Matrix
  /** 0 (the sample) to 1 (the target). */
  readonly share: number
}

function centred(returns: readonly Float64Array[]): Float64Array[] {
  return returns.map((series) => {
    const filled = series.map((value) => (Number.isNaN(value) ? 0 : value))
    const centre = mean(filled)
    return filled.map((value) => value - centre)
  })
}

function products(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] {
  return a.map((x) =>
    Float64Array.from(b, (y) => {
      let sum = 0
      for (let t = 0; t < x.length; t++) sum += (x[t] as number) * (y[t] as number)
      return sum / x.length
    }),
  )
}

/** Ledoit and Wolf (2004): shrinks towards one variance and no covariance; divisor n, missing bars count as 0. */
export function shrinkToIdentity(returns: readonly Float64Array[]): Shrunk {
  const x = centred(returns)
  const n = x.length
  const bars = x[0]?.length ?? 0
  const sample = products(x, x)
  const squares = x.map((series) => series.map((value) => value * value))
  const trace = sample.reduce((sum, row, i) => sum + (row[i] as number), 0)
  const variance = trace / n
  const total = (rows: readonly Float64Array[], f: (value: number) => number) =>
    rows.reduce((sum, row) => sum + row.reduce((part, value) => part + f(value), 0), 0)
  const size = total(sample, (value) => value * value)
  const noise = (total(products(squares, squares), (value) => value) - size) / (n * bars)
  const distance = (size - 2 * variance * trace + n * variance * variance) / n
  const share = distance === 0 ? 0 : Math.min(noise, distance) / distance
  const covariances = sample.map((row, i) =>
    row.map((value, j) => (1 - share) * value + (i === j ? share * variance : 0)),
  )
  return { covariances, share }
}

/**
 * Ledoit and Wolf (2003), "Honey, I shrunk the sample covariance matrix": shrinks towards the sample's variances with
 * one correlation for all pairs. Divisor n - 1 over the bars that both have; missing bars count as 0 in the share.
 */
export function shrinkToConstantCorrelation(returns: readonly Float64Array[]): Shrunk {
  const x = centred(returns)
  const n = x.length
  const bars = x[0]?.length ?? 0
  const sample = pairwiseCovariances(returns)
  const at = (rows: Matrix, i: number, j: number) => rows[i]?.[j] as number
  const spread = Float64Array.from(sample, (row, i) => Math.sqrt(row[i] as number))
  const outer = (i: number, j: number) => (spread[i] as number) * (spread[j] as number)
  let correlation = -n
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) correlation += at(sample, i, j) / outer(i, j)
  correlation /= n * (n - 1)

  const plain = products(x, x)
  const squares = x.map((series) => series.map((value) => value * value))
  const cubes = x.map((series) => series.map((value) => value ** 3))
  const fourth = products(squares, squares)
  const skewed = products(cubes, x)
  let noise = 0
  let common = 0
  let distance = 0
  const target = (i: number, j: number) => (i === j ? at(sample, i, i) : correlation * outer(i, j))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const s = at(sample, i, j)
      const pi = at(fourth, i, j) - 2 * at(plain, i, j) * s + s * s
      noise += pi
      distance += (s - target(i, j)) ** 2
      if (i === j) {
        common += pi
        continue
      }
      const variance = at(sample, i, i)
      const theta = at(skewed, i, j) - at(plain, i, i) * s - at(plain, i, j) * variance + variance * s
      common += (correlation * (spread[j] as number) * theta) / (spread[i] as number)
    }
  }
  const share = distance === 0 ? 0 : Math.max(0, Math.min(1, (noise - common) / distance / bars))
  const covariances = sample.map((row, i) => row.map((value, j) => share * target(i, j) + (1 - share) * value))
  return { covariances, share }
}
