import { usualConfidence } from '#engine/portfolio/confidence-levels.ts'
import { cornerPortfolios, portfolioAtReturn, uniformBounds } from '#engine/portfolio/critical-line.ts'
import { almgrenChriss, type ImpactModel } from '#engine/portfolio/execution-schedule.ts'
import { dot, type Matrix, portfolioVariance } from '#engine/portfolio/matrix.ts'
import { type PerformanceRead, readPerformance } from '#engine/portfolio/performance.ts'
import { expectedShortfall, type TailMethod, valueAtRisk } from '#engine/portfolio/value-at-risk.ts'

export interface LabRisk extends PerformanceRead {
  /** Value at risk and expected shortfall of a bar, positive for a loss, by method. */
  readonly valueAtRisk: Readonly<Record<TailMethod, number>>
  readonly expectedShortfall: Readonly<Record<TailMethod, number>>
}

/** `parley lab risk`: performance and tail risk of simple returns a bar. Throws CONFIDENCE_INVALID. */
export function labRisk(returns: Float64Array, barsPerYear: number, confidence = usualConfidence): LabRisk {
  const byMethod = (measure: (method: TailMethod) => number) => ({
    historical: measure('historical'),
    normal: measure('normal'),
    'cornish-fisher': measure('cornish-fisher'),
  })
  return {
    ...readPerformance(returns, barsPerYear),
    valueAtRisk: byMethod((method) => valueAtRisk(returns, confidence, method)),
    expectedShortfall: byMethod((method) => expectedShortfall(returns, confidence, method)),
  }
}

/** One point of the efficient frontier. */
export interface FrontierPoint {
  readonly expectedReturn: number
  readonly variance: number
  readonly weights: readonly number[]
}

export interface LabFrontierOptions {
  /** Bounds of every weight; default 0 and 1. */
  readonly lower?: number
  readonly upper?: number
  /** Returns at which to give the frontier; default `points` evenly spaced ones. */
  readonly returns?: readonly number[]
  /** Default 50. */
  readonly points?: number
}

/**
 * `parley lab frontier`: the exact efficient frontier, highest return first, with its corner portfolios. Throws
 * PORTFOLIO_INFEASIBLE and MATRIX_SINGULAR.
 */
export function labFrontier(
  expected: Float64Array,
  covariances: Matrix,
  options: LabFrontierOptions = {},
): { readonly corners: readonly FrontierPoint[]; readonly points: readonly FrontierPoint[] } {
  const { lower = 0, upper = 1, points = 50 } = options
  const corners = cornerPortfolios(expected, covariances, uniformBounds(expected.length, lower, upper))
  const describe = (weights: Float64Array): FrontierPoint => ({
    expectedReturn: dot(weights, expected),
    variance: portfolioVariance(weights, covariances),
    weights: [...weights],
  })
  const described = corners.map((corner) => describe(corner.weights))
  const [high, low] = [described.at(0)?.expectedReturn ?? 0, described.at(-1)?.expectedReturn ?? 0]
  const even = Array.from({ length: points }, (_, k) => high - ((high - low) * k) / Math.max(1, points - 1))
  const targets = options.returns ?? even
  return {
    corners: described,
    points: targets.map((target) => describe(portfolioAtReturn(corners, expected, target))),
  }
}

/** Reads a problem in OR-Library's format: n, n lines "mean deviation", then lines "i j correlation" from 1. */
export function readOrLibrary(text: string): { readonly expected: Float64Array; readonly covariances: Matrix } {
  const numbers = text.trim().split(/\s+/).map(Number)
  const n = numbers[0] as number
  const expected = Float64Array.from({ length: n }, (_, i) => numbers[1 + 2 * i] as number)
  const deviations = Float64Array.from({ length: n }, (_, i) => numbers[2 + 2 * i] as number)
  const covariances = Array.from({ length: n }, () => new Float64Array(n))
  for (let k = 1 + 2 * n; k + 2 < numbers.length; k += 3) {
    const [i, j] = [(numbers[k] as number) - 1, (numbers[k + 1] as number) - 1]
    const value = (numbers[k + 2] as number) * (deviations[i] as number) * (deviations[j] as number)
    const [row, column] = [covariances[i], covariances[j]]
    if (row) row[j] = value
    if (column) column[i] = value
  }
  return { expected, covariances }
}

export interface LabAlmgrenChriss extends ImpactModel {
  readonly quantity: number
  readonly horizon: number
  readonly slices: number
}

/** `parley lab almgren-chriss`: the optimal schedule for each risk aversion. Throws SCHEDULE_INVALID. */
export function labAlmgrenChriss(problem: LabAlmgrenChriss, riskAversions: readonly number[]) {
  return riskAversions.map((riskAversion) => {
    const plan = almgrenChriss(problem.quantity, problem.horizon, problem.slices, riskAversion, problem)
    return { riskAversion, ...plan, holdings: [...plan.holdings], trades: [...plan.trades] }
  })
}
