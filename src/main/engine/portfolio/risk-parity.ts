import { ParleyError } from '#shared/lib/error.ts'
import { checkBounds, uniformBounds, type WeightBounds } from './critical-line.ts'
import { type Matrix, multiplyVector } from './matrix.ts'

/** Minimises x'Cx / 2 - strength x sum(budget ln x) within the bounds by cyclical coordinate descent. */
function descend(
  covariances: Matrix,
  budgets: Float64Array,
  bounds: WeightBounds,
  strength: number,
  start: Float64Array,
): Float64Array {
  const n = budgets.length
  const x = start.slice()
  const product = multiplyVector(covariances, x)
  for (let round = 0; round < 10_000; round++) {
    let moved = 0
    for (let i = 0; i < n; i++) {
      const variance = covariances[i]?.[i] as number
      const other = (product[i] as number) - variance * (x[i] as number)
      const free =
        (Math.sqrt(other * other + 4 * variance * strength * (budgets[i] as number)) - other) / (2 * variance)
      const value = Math.max(bounds.lower[i] as number, Math.min(bounds.upper[i] as number, free))
      const step = value - (x[i] as number)
      if (step === 0) continue
      x[i] = value
      moved = Math.max(moved, Math.abs(step))
      for (let k = 0; k < n; k++) product[k] = (product[k] as number) + step * (covariances[k]?.[i] as number)
    }
    if (moved < 1e-14) break
  }
  return x
}

/**
 * Weights, each above zero, whose shares of the portfolio's risk are the budgets (default equal), fully invested and
 * within bounds; an asset at its bound takes the share that is left to it. Cyclical coordinate descent with a
 * bisection on full investment (Griveau-Billion, Richard and Roncalli 2013; Richard and Roncalli 2019). Throws
 * PORTFOLIO_INFEASIBLE for bounds that cannot be met, or that allow no positive weight.
 */
export function riskParityWeights(
  covariances: Matrix,
  options: { readonly bounds?: WeightBounds; readonly budgets?: Float64Array } = {},
): Float64Array {
  const n = covariances.length
  const bounds = options.bounds ?? uniformBounds(n)
  checkBounds(bounds)
  const stuck = bounds.upper.findIndex((value) => value <= 0)
  if (stuck >= 0) {
    throw new ParleyError(
      'PORTFOLIO_INFEASIBLE',
      `Asset ${stuck} may have no positive weight, so it can carry no risk.`,
      {
        wayOut: 'Leave the asset out, or raise its upper bound.',
      },
    )
  }
  const budgets = options.budgets ?? new Float64Array(n).fill(1 / n)
  const sum = (x: Float64Array) => x.reduce((total, value) => total + value, 0)
  let x: Float64Array = Float64Array.from(bounds.upper, (top) => Math.min(top, 1 / n))
  const typical = covariances.reduce((total, row, i) => total + (row[i] as number), 0) / n
  let low = 0
  let high = typical
  while (sum((x = descend(covariances, budgets, bounds, high, x))) < 1 && high < typical * 1e12) high *= 4
  for (let k = 0; k < 200 && high - low > 1e-15 * high; k++) {
    const middle = (low + high) / 2
    x = descend(covariances, budgets, bounds, middle, x)
    if (sum(x) < 1) low = middle
    else high = middle
  }
  return x
}

/** Each asset's share of the portfolio's variance; the shares add up to 1. */
export function riskShares(weights: Float64Array, covariances: Matrix): Float64Array {
  const pull = multiplyVector(covariances, weights)
  let variance = 0
  for (const [i, weight] of weights.entries()) variance += weight * (pull[i] as number)
  return weights.map((weight, i) => (weight * (pull[i] as number)) / variance)
}
