import { ParleyError } from '#shared/lib/error.ts'
import { mean } from '#shared/lib/statistics.ts'

/** How two return series move together; null where one of them does not move or there are too few values. */
export interface Correlations {
  /** Linear correlation, -1 to 1. */
  readonly pearson: number | null
  /** Correlation of ranks, -1 to 1: not swayed by outliers. */
  readonly spearman: number | null
  /** Linear correlation with the recent past weighing more, -1 to 1. */
  readonly ewma: number | null
  /** Pairs of returns that both series have. */
  readonly count: number
}

function known(value: number): number | null {
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null
}

/** Pearson's correlation; null for fewer than three pairs or a constant series. */
export function pearson(a: Float64Array, b: Float64Array): number | null {
  const meanA = mean(a)
  const meanB = mean(b)
  let cross = 0
  let squaresA = 0
  let squaresB = 0
  for (let index = 0; index < a.length; index++) {
    const x = (a[index] as number) - meanA
    const y = (b[index] as number) - meanB
    cross += x * y
    squaresA += x * x
    squaresB += y * y
  }
  return a.length < 3 ? null : known(cross / Math.sqrt(squaresA * squaresB))
}

/** Ranks from 1; equal values share the mean of their ranks. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((i, j) => (values[i] as number) - (values[j] as number))
  const result = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[start] as number]) end++
    for (let k = start; k <= end; k++) result[order[k] as number] = (start + end) / 2 + 1
    start = end + 1
  }
  return result
}

/** Spearman's rank correlation; null as for Pearson's. */
function spearman(a: Float64Array, b: Float64Array): number | null {
  return pearson(ranks(a), ranks(b))
}

/** Exponentially weighted correlation of returns about zero (RiskMetrics), oldest first; null as for Pearson's. */
function ewmaCorrelation(a: Float64Array, b: Float64Array, decay: number): number | null {
  let cross = 0
  let squaresA = 0
  let squaresB = 0
  for (let index = 0; index < a.length; index++) {
    const x = a[index] as number
    const y = b[index] as number
    cross = decay * cross + x * y
    squaresA = decay * squaresA + x * x
    squaresB = decay * squaresB + y * y
  }
  return a.length < 3 ? null : known(cross / Math.sqrt(squaresA * squaresB))
}

/**
 * Compares two return series of equal length and dates, oldest first; pairs with a hole (NaN) are left out.
 * `decay` is the EWMA's weight of the past per bar (0.94 for daily bars). Throws SERIES_LENGTHS_DIFFER.
 */
export function correlations(a: Float64Array, b: Float64Array, decay = 0.94): Correlations {
  if (a.length !== b.length) {
    throw new ParleyError(
      'SERIES_LENGTHS_DIFFER',
      `Series of ${a.length} and ${b.length} returns cannot be compared.`,
      { wayOut: 'Align the two series on the same bars first.' },
    )
  }
  const both = (_: number, index: number) => !Number.isNaN(a[index]) && !Number.isNaN(b[index])
  const left = a.filter(both)
  const right = b.filter(both)
  return {
    pearson: pearson(left, right),
    spearman: spearman(left, right),
    ewma: ewmaCorrelation(left, right, decay),
    count: left.length,
  }
}
