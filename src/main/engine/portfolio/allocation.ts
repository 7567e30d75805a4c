import { assertNever } from '#shared/lib/assert.ts'
import { ParleyError } from '#shared/lib/error.ts'
import {
  type Corner,
  cornerPortfolios,
  maxSharpePortfolio,
  portfolioAtReturn,
  portfolioAtTolerance,
  uniformBounds,
  type WeightBounds,
} from './critical-line.ts'
import { dot, type Matrix, portfolioVariance } from './matrix.ts'

/** What the weights are chosen for; returns and covariances are over the same time, as fractions. */
export type AllocationGoal =
  | { readonly kind: 'min-variance' }
  /** Maximises return - riskAversion / 2 x variance; riskAversion greater than 0. */
  | { readonly kind: 'mean-variance'; readonly riskAversion: number }
  | { readonly kind: 'max-sharpe'; readonly riskFree: number }
  /** Least variance for an expected return, or at least as near as the bounds allow. */
  | { readonly kind: 'target-return'; readonly target: number }
  /** Highest return for a volatility. */
  | { readonly kind: 'target-volatility'; readonly volatility: number }

export interface Allocation {
  readonly weights: Float64Array
  readonly expectedReturn: number
  readonly volatility: number
}

function infeasible(message: string, wayOut: string): ParleyError {
  return new ParleyError('PORTFOLIO_INFEASIBLE', message, { wayOut })
}

/** The weights on the frontier whose volatility, by the given measure, is the target. */
function weightsAtVolatility(
  corners: readonly Corner[],
  expected: Float64Array,
  volatility: (weights: Float64Array) => number,
  target: number,
): Float64Array {
  const least = portfolioAtTolerance(corners, 0)
  if (target < volatility(least) * (1 - 1e-9)) {
    throw infeasible(
      `No portfolio within the bounds has a volatility of ${target}; the least is ${volatility(least)}.`,
      'Raise the target or widen the bounds.',
    )
  }
  let low = dot(least, expected)
  let high = dot(portfolioAtTolerance(corners, Number.POSITIVE_INFINITY), expected)
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2
    if (volatility(portfolioAtReturn(corners, expected, middle)) > target) high = middle
    else low = middle
  }
  return portfolioAtReturn(corners, expected, low)
}

function weightsFor(
  goal: AllocationGoal,
  corners: readonly Corner[],
  expected: Float64Array,
  covariances: Matrix,
): Float64Array {
  switch (goal.kind) {
    case 'min-variance':
      return portfolioAtTolerance(corners, 0)
    case 'mean-variance':
      if (goal.riskAversion > 0) return portfolioAtTolerance(corners, 1 / goal.riskAversion)
      throw new ParleyError(
        'RISK_AVERSION_INVALID',
        `Risk aversion must be greater than zero, not ${goal.riskAversion}.`,
      )
    case 'max-sharpe':
      return maxSharpePortfolio(corners, expected, covariances, goal.riskFree)
    case 'target-return': {
      const most = dot(portfolioAtTolerance(corners, Number.POSITIVE_INFINITY), expected)
      if (goal.target <= most + 1e-9 * Math.abs(most)) return portfolioAtReturn(corners, expected, goal.target)
      throw infeasible(
        `No portfolio within the bounds is expected to return ${goal.target}; the most is ${most}.`,
        'Lower the target or widen the bounds.',
      )
    }
    case 'target-volatility': {
      const volatility = (weights: Float64Array) => Math.sqrt(portfolioVariance(weights, covariances))
      return weightsAtVolatility(corners, expected, volatility, goal.volatility)
    }
    default:
      return assertNever(goal)
  }
}

/**
 * Fully invested weights within bounds (default 0 to 1) for a goal, exact by the critical line. Throws
 * PORTFOLIO_INFEASIBLE, naming what cannot be met, and MATRIX_SINGULAR.
 */
export function allocate(
  goal: AllocationGoal,
  expected: Float64Array,
  covariances: Matrix,
  bounds: WeightBounds = uniformBounds(expected.length),
): Allocation {
  const corners = cornerPortfolios(expected, covariances, bounds)
  const weights = weightsFor(goal, corners, expected, covariances)
  return {
    weights,
    expectedReturn: dot(weights, expected),
    volatility: Math.sqrt(portfolioVariance(weights, covariances)),
  }
}
