import jstat from 'jstat'
import { mean } from '#shared/lib/statistics.ts'

/** Mean of (x - mean)^order, divisor n. */
export function centralMoment(values: Float64Array, order: number): number {
  const centre = mean(values)
  let sum = 0
  for (const value of values) sum += (value - centre) ** order
  return sum / values.length
}

/** Sample standard deviation (divisor n - 1); NaN for fewer than two values. */
export function deviation(values: Float64Array): number {
  if (values.length < 2) return Number.NaN
  return Math.sqrt((centralMoment(values, 2) * values.length) / (values.length - 1))
}

/** Moment skewness m3 / m2^1.5. */
export function skewness(values: Float64Array): number {
  return centralMoment(values, 3) / centralMoment(values, 2) ** 1.5
}

/** Excess kurtosis m4 / m2^2 - 3. */
export function excessKurtosis(values: Float64Array): number {
  return centralMoment(values, 4) / centralMoment(values, 2) ** 2 - 3
}

/** Quantile between the two nearest order statistics (R's type 7); probability from 0 to 1; NaN for no values. */
export function quantile(values: Float64Array, probability: number): number {
  return quantileOfSorted(values.slice().sort(), probability)
}

/** The quantile of values that ascend. */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN
  return low + (position - below) * (high - low)
}

/** Sample covariance (divisor n - 1) of two series of equal length. */
export function covariance(a: Float64Array, b: Float64Array): number {
  const meanA = mean(a)
  const meanB = mean(b)
  let sum = 0
  for (let t = 0; t < a.length; t++) sum += ((a[t] as number) - meanA) * ((b[t] as number) - meanB)
  return sum / (a.length - 1)
}

/** The standard normal's quantile, density and distribution function. */
export function normalQuantile(probability: number): number {
  return jstat.normal.inv(probability, 0, 1)
}

export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)
}

export function normalCdf(x: number): number {
  return jstat.normal.cdf(x, 0, 1)
}
