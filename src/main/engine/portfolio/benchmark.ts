import { annualReturn, annualVolatility, cumulativeReturn } from './performance.ts'
import { centralMoment, covariance, deviation, mean } from './statistics.ts'

// Returns and benchmark are simple returns of the same bars. NaN stands for what cannot be told.

/** Slope of the returns on the benchmark's: covariance / variance. */
export function beta(returns: Float64Array, benchmark: Float64Array, riskFree = 0): number {
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
  return mean(returns) - riskFree - beta(returns, benchmark) * (mean(benchmark) - riskFree)
}

/** Jensen's alpha: compound return a year beyond beta x the benchmark's; riskFree a year. */
export function jensenAlpha(returns: Float64Array, benchmark: Float64Array, barsPerYear: number, riskFree = 0): number {
  const own = annualReturn(returns, barsPerYear) - riskFree
  return own - beta(returns, benchmark) * (annualReturn(benchmark, barsPerYear) - riskFree)
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
  const slope = beta(returns, benchmark)
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

/** Compound return over the bars in which the benchmark rose, or fell, relative to the benchmark's own over them. */
export function captureRatio(returns: Float64Array, benchmark: Float64Array, side: 'up' | 'down'): number {
  const counts = (_: number, t: number) =>
    side === 'up' ? (benchmark[t] as number) > 0 : (benchmark[t] as number) <= 0
  return cumulativeReturn(returns.filter(counts)) / cumulativeReturn(benchmark.filter(counts))
}
