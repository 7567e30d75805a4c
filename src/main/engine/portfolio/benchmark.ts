import { mean } from '#shared/lib/statistics.ts'
import { annualReturn, annualVolatility, cumulativeReturn } from './performance.ts'
import { centralMoment, covariance, deviation } from './statistics.ts'

// Returns and benchmark are simple returns of the same bars. NaN stands for what cannot be told.

/** Slope of the returns on the benchmark's: covariance / variance. */
export function benchmarkBeta(returns: Float64Array, benchmark: Float64Array, riskFree = 0): number {
  return (
    covariance(
      returns.map((value) => value - riskFree),
      benchmark.map((value) => value - riskFree),
    ) /
    deviation(benchmark) ** 2
  )
}

/** Mean excess return a bar beyond beta x the benchmark's. */
export function alpha(returns: Float64Array, benchmark: Float64Array, riskFree = 0): number {
  return mean(returns) - riskFree - benchmarkBeta(returns, benchmark) * (mean(benchmark) - riskFree)
}

/** Jensen's alpha: compound return a year beyond beta x the benchmark's; riskFree a year. */
export function jensenAlpha(returns: Float64Array, benchmark: Float64Array, barsPerYear: number, riskFree = 0): number {
  const own = annualReturn(returns, barsPerYear) - riskFree
  return own - benchmarkBeta(returns, benchmark) * (annualReturn(benchmark, barsPerYear) - riskFree)
}

function difference(returns: Float64Array, benchmark: Float64Array): Float64Array {
  return returns.map((value, t) => value - (benchmark[t] as number))
}

/** Standard deviation of the difference a year. */
export function trackingError(returns: Float64Array, benchmark: Float64Array, barsPerYear: number): number {
  return annualVolatility(difference(returns, benchmark), barsPerYear)
}

/** Compound return a year less the benchmark's. */
export function activeReturn(returns: Float64Array, benchmark: Float64Array, barsPerYear: number): number {
  return annualReturn(returns, barsPerYear) - annualReturn(benchmark, barsPerYear)
}

/** Active return / tracking error. */
export function informationRatio(returns: Float64Array, benchmark: Float64Array, barsPerYear: number): number {
  return activeReturn(returns, benchmark, barsPerYear) / trackingError(returns, benchmark, barsPerYear)
}

/**
 * Risk a year split into what comes with the benchmark and what does not: total^2 = systematic^2 + specific^2. As in
 * PerformanceAnalytics the first has divisor n - 1 and the second n.
 */
export interface RiskSplit {
  readonly systematic: number
  readonly specific: number
  readonly total: number
}

export function riskSplit(returns: Float64Array, benchmark: Float64Array, barsPerYear: number): RiskSplit {
  const slope = benchmarkBeta(returns, benchmark)
  const systematic = Math.abs(slope) * annualVolatility(benchmark, barsPerYear)
  const rest = returns.map((value, t) => value - slope * (benchmark[t] as number))
  const specific = Math.sqrt(centralMoment(rest, 2) * barsPerYear)
  return { systematic, specific, total: Math.hypot(systematic, specific) }
}

/** Return that the benchmark's volatility would have earned at this Sharpe ratio (Modigliani); riskFree a year. */
export function modigliani(returns: Float64Array, benchmark: Float64Array, barsPerYear: number, riskFree = 0): number {
  const excess = annualReturn(returns, barsPerYear) - riskFree
  return (excess * deviation(benchmark)) / deviation(returns) + riskFree
}

/**
 * Compound return over the bars in which the benchmark rose, or did not, relative to the benchmark's own over them;
 * returns a year where barsPerYear is given (empyrical), else over all of those bars (PerformanceAnalytics).
 */
export function captureRatio(
  returns: Float64Array,
  benchmark: Float64Array,
  side: 'up' | 'down',
  barsPerYear?: number,
): number {
  const counts = (_: number, t: number) =>
    side === 'up' ? (benchmark[t] as number) > 0 : (benchmark[t] as number) <= 0
  const measure = (values: Float64Array) =>
    barsPerYear === undefined ? cumulativeReturn(values) : annualReturn(values, barsPerYear)
  return measure(returns.filter(counts)) / measure(benchmark.filter(counts))
}

/**
 * Fragility heuristic (Taleb, Canetti et al. 2012) as empyrical has it: the returns at the benchmark's lowest and
 * highest returns, weighed by how near its middle one lies to each, less the return at the middle one; below 0 for
 * what suffers from extremes. NaN for fewer than three bars.
 */
export function betaFragility(returns: Float64Array, benchmark: Float64Array): number {
  const order = Array.from(benchmark.keys()).sort((i, j) => (benchmark[i] as number) - (benchmark[j] as number))
  if (order.length < 3) return Number.NaN
  // Half the number of bars, a half rounded to the even one.
  const half = order.length / 2
  const middle = half % 1 === 0.5 ? 2 * Math.round(half / 2) : half
  const [low, mid, high] = [order[0], order[middle], order.at(-1)] as [number, number, number]
  const at = (row: number) => benchmark[row] as number
  const span = at(high) - at(low)
  const lowWeight = span === 0 ? 0.5 : (at(mid) - at(low)) / span
  const highWeight = span === 0 ? 0.5 : (at(high) - at(mid)) / span
  return lowWeight * (returns[low] as number) + highWeight * (returns[high] as number) - (returns[mid] as number)
}
