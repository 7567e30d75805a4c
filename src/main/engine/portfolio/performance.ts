import { mean } from '#shared/lib/statistics.ts'
import { usualConfidence } from './confidence-levels.ts'
import { drawdowns, maxDrawdown, underwater, wealth } from './drawdowns.ts'
import { centralMoment, deviation, excessKurtosis, quantile, skewness } from './statistics.ts'

// Returns are simple returns a bar, as fractions; "a year" scales by the number of bars in one. NaN stands for what
// cannot be told: no returns, or a divisor of zero.

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}

/** Compound return over all bars, as a fraction. */
export function cumulativeReturn(returns: Float64Array): number {
  return returns.length === 0 ? Number.NaN : (wealth(returns)[returns.length - 1] as number) - 1
}

/** Compound return a year, as a fraction. */
export function annualReturn(returns: Float64Array, barsPerYear: number): number {
  return (1 + cumulativeReturn(returns)) ** (barsPerYear / returns.length) - 1
}

/** Standard deviation a year (divisor n - 1). */
export function annualVolatility(returns: Float64Array, barsPerYear: number): number {
  return deviation(returns) * Math.sqrt(barsPerYear)
}

/**
 * Sharpe ratio a bar: (mean - riskFree) / standard deviation; riskFree a bar. x sqrt(bars a year) gives the annual
 * one.
 */
export function sharpeRatio(returns: Float64Array, riskFree = 0): number {
  return finite((mean(returns) - riskFree) / deviation(returns))
}

/** Root mean square of what falls short of the target a bar (divisor n: all bars). */
export function downsideDeviation(returns: Float64Array, target = 0): number {
  return lowerPartialMoment(returns, target, 2) ** 0.5
}

/** Mean of max(target - x, 0)^order. */
export function lowerPartialMoment(returns: Float64Array, target: number, order: number): number {
  return mean(returns.map((value) => Math.max(target - value, 0) ** order))
}

/** Mean of max(x - target, 0)^order. */
export function upperPartialMoment(returns: Float64Array, target: number, order: number): number {
  return mean(returns.map((value) => Math.max(value - target, 0) ** order))
}

/** Sortino ratio a bar: (mean - target) / downside deviation. */
export function sortinoRatio(returns: Float64Array, target = 0): number {
  return finite((mean(returns) - target) / downsideDeviation(returns, target))
}

/** Omega (Keating and Shadwick 2002): gains above the target over shortfalls below it. */
export function omegaRatio(returns: Float64Array, target = 0): number {
  return finite(upperPartialMoment(returns, target, 1) / lowerPartialMoment(returns, target, 1))
}

/** Kappa (Kaplan and Knowles 2004): (mean - target) / lower partial moment^(1 / order); order 2 is Sortino's. */
export function kappaRatio(returns: Float64Array, target: number, order: number): number {
  return finite((mean(returns) - target) / lowerPartialMoment(returns, target, order) ** (1 / order))
}

/** Return a year over the largest drawdown. */
export function calmarRatio(returns: Float64Array, barsPerYear: number): number {
  return finite(annualReturn(returns, barsPerYear) / maxDrawdown(returns))
}

/** Mean loss from the peak, over all bars. */
export function painIndex(returns: Float64Array): number {
  return -mean(underwater(returns))
}

/** Root mean square loss from the peak, over all bars. */
export function ulcerIndex(returns: Float64Array): number {
  return Math.sqrt(mean(underwater(returns).map((loss) => loss * loss)))
}

/** Mean depth of the drawdowns; 0 without any. */
export function averageDrawdown(returns: Float64Array): number {
  const depths = Float64Array.from(drawdowns(returns), (drawdown) => drawdown.depth)
  return depths.length === 0 ? 0 : mean(depths)
}

/** 95 % quantile over the absolute 5 % quantile of returns. */
export function tailRatio(returns: Float64Array): number {
  return finite(Math.abs(quantile(returns, 0.95)) / Math.abs(quantile(returns, 0.05)))
}

/** Sharpe ratio a year, lowered for negative skewness and fat tails (Pezier and White 2006). */
export function adjustedSharpeRatio(returns: Float64Array, barsPerYear: number): number {
  const ratio = sharpeRatio(returns) * Math.sqrt(barsPerYear)
  return ratio * (1 + (skewness(returns) / 6) * ratio - (excessKurtosis(returns) / 24) * ratio * ratio)
}

/** Full Kelly fraction mean excess / variance, uncapped; see `kellyShare` for a position size. */
export function kellyFraction(returns: Float64Array, riskFree = 0): number {
  return finite((mean(returns) - riskFree) / deviation(returns) ** 2)
}

/** R^2 of a straight line through the cumulated log returns: 1 for the steadiest growth or fall. */
export function stability(returns: Float64Array): number {
  if (returns.length < 2) return Number.NaN
  let total = 0
  const path = returns.map((value) => {
    total += Math.log1p(value)
    return total
  })
  const centre = mean(path)
  const middle = (path.length - 1) / 2
  let cross = 0
  let squares = 0
  for (const [t, value] of path.entries()) {
    cross += (t - middle) * (value - centre)
    squares += (t - middle) ** 2
  }
  return finite((cross * cross) / (squares * centralMoment(path, 2) * path.length))
}

/** A measure of each window of so many bars, oldest first; empty where there are too few bars. */
export function rolling(length: number, window: number, measure: (start: number, end: number) => number): Float64Array {
  return Float64Array.from({ length: Math.max(0, length - window + 1) }, (_, start) => measure(start, start + window))
}

/**
 * Compound returns of calendar weeks (from Monday), months, quarters or years in UTC, oldest first; those without
 * bars are left out.
 */
export function aggregateReturns(
  returns: Float64Array,
  times: Float64Array,
  period: 'week' | 'month' | 'quarter' | 'year',
): Float64Array {
  const wealthOf = new Map<number, number>()
  for (const [t, time] of times.entries()) {
    const date = new Date(time)
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
    const keys = {
      // 1970-01-01 was a Thursday.
      week: Math.floor((time / 86_400_000 + 3) / 7),
      month,
      quarter: Math.floor(month / 3),
      year: date.getUTCFullYear(),
    }
    const key = keys[period]
    wealthOf.set(key, (wealthOf.get(key) ?? 1) * (1 + (returns[t] as number)))
  }
  return Float64Array.from(wealthOf.values(), (value) => value - 1)
}

/** The numbers a risk manager cites of a series of returns; null where they cannot be told. */
export interface PerformanceRead {
  readonly bars: number
  readonly cumulativeReturn: number | null
  readonly annualReturn: number | null
  readonly annualVolatility: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly omega: number | null
  readonly maxDrawdown: number | null
  readonly skewness: number | null
  readonly excessKurtosis: number | null
  readonly tailRatio: number | null
}

/** Reads simple returns a bar; ratios are a year, with a risk-free rate of zero. */
export function readPerformance(returns: Float64Array, barsPerYear: number): PerformanceRead {
  const known = (value: number) => (Number.isFinite(value) ? value : null)
  const scale = Math.sqrt(barsPerYear)
  return {
    bars: returns.length,
    cumulativeReturn: known(cumulativeReturn(returns)),
    annualReturn: known(annualReturn(returns, barsPerYear)),
    annualVolatility: known(annualVolatility(returns, barsPerYear)),
    sharpe: known(sharpeRatio(returns) * scale),
    sortino: known(sortinoRatio(returns) * scale),
    calmar: known(calmarRatio(returns, barsPerYear)),
    omega: known(omegaRatio(returns)),
    maxDrawdown: known(maxDrawdown(returns)),
    skewness: known(skewness(returns)),
    excessKurtosis: known(excessKurtosis(returns)),
    tailRatio: known(tailRatio(returns)),
  }
}

/**
 * Return a year over the root of the squared losses of all runs of losing bars (Burke 1994). As PerformanceAnalytics
 * has it, the returns of a run are compounded as if they were percentages, that is nearly added up.
 */
export function burkeRatio(returns: Float64Array, barsPerYear: number): number {
  let squares = 0
  let run = 1
  for (const value of returns) {
    if (value < 0) run *= 1 + 0.01 * value
    else {
      squares += (100 * (run - 1)) ** 2
      run = 1
    }
  }
  squares += (100 * (run - 1)) ** 2
  return finite(annualReturn(returns, barsPerYear) / Math.sqrt(squares))
}

/**
 * Mean depth of the deepest drawdowns: those beyond the 1 - confidence quantile of all stretches, stretches at a peak
 * counting as depth 0 (PerformanceAnalytics' CDD).
 */
export function conditionalDrawdown(returns: Float64Array, confidence = usualConfidence): number {
  const found = drawdowns(returns)
  const stretches: number[] = []
  let row = 0
  for (const { start, end, depth } of found) {
    if (start > row) stretches.push(0)
    stretches.push(depth)
    row = end ?? returns.length
  }
  if (row < returns.length) stretches.push(0)
  const depths = Float64Array.from(stretches)
  const edge = quantile(depths, confidence)
  return mean(depths.filter((depth) => depth >= edge))
}
