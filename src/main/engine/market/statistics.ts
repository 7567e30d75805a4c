import { mean } from '#shared/lib/statistics.ts'

/** Sample standard deviation (divisor n - 1); NaN for fewer than two values. */
export function sampleDeviation(values: Float64Array): number {
  const centre = mean(values)
  let squares = 0
  for (const value of values) squares += (value - centre) ** 2
  return values.length < 2 ? Number.NaN : Math.sqrt(squares / (values.length - 1))
}

/** Log returns of prices: one value fewer than there are prices. */
export function logReturns(prices: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, prices.length - 1) }, (_, index) =>
    Math.log((prices[index + 1] as number) / (prices[index] as number)),
  )
}

/** The median; NaN for no values. */
export function median(values: Float64Array): number {
  const sorted = values.slice().sort()
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** Below it lies all but the upper half of the 5 % that a two-sided 95 % interval leaves out. */
export const intervalQuantile = 0.975
