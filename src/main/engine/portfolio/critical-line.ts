import { ParleyError } from '#shared/lib/error.ts'
import { dot, type Matrix, multiplyVector, portfolioVariance, solve } from './matrix.ts'

/** Lower and upper bound of every weight. */
export interface WeightBounds {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** An efficient portfolio at which an asset enters or leaves; between two corners weights are on the straight line. */
export interface Corner {
  /** Risk tolerance: the weights minimise w'Cw / 2 - tolerance x expected return. */
  readonly tolerance: number
  readonly weights: Float64Array
}

/** The same bounds for n assets. */
export function uniformBounds(n: number, lower = 0, upper = 1): WeightBounds {
  return { lower: new Float64Array(n).fill(lower), upper: new Float64Array(n).fill(upper) }
}

/** Throws PORTFOLIO_INFEASIBLE, naming the bound that makes full investment impossible. */
export function checkBounds(bounds: WeightBounds): void {
  const n = bounds.lower.length
  const fail = (message: string) => {
    throw new ParleyError('PORTFOLIO_INFEASIBLE', message, { wayOut: 'Widen the bounds of the weights.' })
  }
  let low = 0
  let high = 0
  for (let i = 0; i < n; i++) {
    const [a, b] = [bounds.lower[i] as number, bounds.upper[i] as number]
    if (!(a <= b)) fail(`Asset ${i}: the lower bound ${a} is above the upper bound ${b}.`)
    low += a
    high += b
  }
  if (low > 1 + 1e-12) fail(`The lower bounds add up to ${Number(low.toPrecision(6))}: more than the whole portfolio.`)
  if (high < 1 - 1e-12)
    fail(`The upper bounds add up to ${Number(high.toPrecision(6))}: less than the whole portfolio.`)
}

/**
 * All corner portfolios of the efficient frontier of fully invested weights within bounds, from the highest expected
 * return (infinite tolerance) to the least variance (tolerance 0), by Markowitz's critical line algorithm (1956;
 * Bailey and Lopez de Prado 2013). Exact up to rounding, whatever the number of assets. Ties between expected returns
 * are broken by a hair. Throws PORTFOLIO_INFEASIBLE, and MATRIX_SINGULAR where assets in the portfolio move in
 * lockstep.
 */
export function cornerPortfolios(expected: Float64Array, covariances: Matrix, bounds: WeightBounds): Corner[] {
  checkBounds(bounds)
  const n = expected.length
  const { lower, upper } = bounds
  const scale = Math.max(1e-12, ...expected.map(Math.abs))
  const mu = expected.map((value, i) => value + (scale * 1e-11 * (n - i)) / n)
  const order = Array.from(mu.keys()).sort((i, j) => (mu[j] as number) - (mu[i] as number))

  // The portfolio of the highest return: every weight at its lower bound, then raised from the best asset on.
  const weights = new Float64Array(lower)
  let left = 1 - lower.reduce((sum, value) => sum + value, 0)
  const free: number[] = []
  for (const i of order) {
    const room = (upper[i] as number) - (lower[i] as number)
    if (room <= 0) continue
    if (left <= room) {
      weights[i] = (lower[i] as number) + left
      free.push(i)
      break
    }
    weights[i] = upper[i] as number
    left -= room
  }
  if (free.length === 0) {
    const last = order.findLast((i) => (upper[i] as number) > (lower[i] as number))
    if (last === undefined) return [{ tolerance: 0, weights }]
    free.push(last)
  }
  const corners: Corner[] = [{ tolerance: Number.POSITIVE_INFINITY, weights: weights.slice() }]
  let tolerance = Number.POSITIVE_INFINITY
  // The asset that came in or out last, and the bound it stands at: it does not go back there at once.
  let lastChange = -1
  let lastBound = Number.NaN

  for (let round = 0; round < 50 * n + 100; round++) {
    const count = free.length
    const isFree = new Set(free)
    const held = weights.map((weight, i) => (isFree.has(i) ? 0 : weight))
    const pull = multiplyVector(covariances, held)
    const heldSum = held.reduce((sum, weight) => sum + weight, 0)
    // [C 1; 1' 0] [w; -nu] = [tolerance mu - C held; 1 - held], as constant + tolerance x slope.
    const system: Float64Array[] = []
    const sides: Float64Array[] = []
    for (const i of free) {
      const row = new Float64Array(count + 1)
      for (const [k, j] of free.entries()) row[k] = covariances[i]?.[j] as number
      row[count] = 1
      system.push(row)
      sides.push(Float64Array.of(-(pull[i] as number), mu[i] as number))
    }
    const budget = new Float64Array(count + 1).fill(1)
    budget[count] = 0
    system.push(budget)
    sides.push(Float64Array.of(1 - heldSum, 0))
    const solution = solve(system, sides)
    const base = new Float64Array(held)
    const slope = new Float64Array(n)
    for (const [k, i] of free.entries()) {
      base[i] = solution[k]?.[0] as number
      slope[i] = solution[k]?.[1] as number
    }
    // Gradient of every asset, again as constant + tolerance x slope: zero for the free ones.
    const gradientBase = multiplyVector(covariances, base)
    const gradientSlope = multiplyVector(covariances, slope)
    const price = solution[count] as Float64Array

    let next = 0
    let change = -1
    const consider = (at: number, asset: number, bound: number) => {
      const clamped = Math.min(at, tolerance)
      if (clamped > next && !(asset === lastChange && bound === lastBound)) {
        next = clamped
        change = asset
      }
    }
    let hitUpper = false
    for (let i = 0; i < n; i++) {
      if ((upper[i] as number) <= (lower[i] as number)) continue
      if (isFree.has(i)) {
        const rate = slope[i] as number
        if (count === 1 || Math.abs(rate) < 1e-300) continue
        const bound = rate > 0 ? (lower[i] as number) : (upper[i] as number)
        const before = change
        consider((bound - (base[i] as number)) / rate, i, bound)
        if (change !== before) hitUpper = rate < 0
      } else {
        const rate = (gradientSlope[i] as number) - (mu[i] as number) + (price[1] as number)
        const constant = (gradientBase[i] as number) + (price[0] as number)
        const atLower = (weights[i] as number) <= (lower[i] as number)
        if (atLower ? rate > 0 : rate < 0) consider(-constant / rate, i, weights[i] as number)
      }
    }
    tolerance = next
    for (const i of free) {
      const value = (base[i] as number) + next * (slope[i] as number)
      weights[i] = Math.max(lower[i] as number, Math.min(upper[i] as number, value))
    }
    if (change >= 0) {
      lastBound = weights[change] as number
      const at = free.indexOf(change)
      if (at >= 0) {
        weights[change] = (hitUpper ? upper[change] : lower[change]) as number
        lastBound = weights[change] as number
        free.splice(at, 1)
      } else free.push(change)
    }
    corners.push({ tolerance, weights: weights.slice() })
    if (change < 0 || tolerance <= 0) break
    lastChange = change
  }
  return corners
}

function blend(a: Float64Array, b: Float64Array, share: number): Float64Array {
  return a.map((value, i) => value + share * ((b[i] as number) - value))
}

/**
 * The efficient portfolio for a risk tolerance (return for variance: the weights minimise w'Cw / 2 - tolerance x
 * return).
 */
export function portfolioAtTolerance(corners: readonly Corner[], tolerance: number): Float64Array {
  if (tolerance === Number.POSITIVE_INFINITY) return (corners[0] as Corner).weights.slice()
  for (let k = 1; k < corners.length; k++) {
    const [above, below] = [corners[k - 1] as Corner, corners[k] as Corner]
    if (tolerance < below.tolerance) continue
    if (!Number.isFinite(above.tolerance) || above.tolerance === below.tolerance) return below.weights.slice()
    return blend(below.weights, above.weights, (tolerance - below.tolerance) / (above.tolerance - below.tolerance))
  }
  return (corners[corners.length - 1] as Corner).weights.slice()
}

/** The efficient portfolio of an expected return, or the end of the frontier where no efficient portfolio has it. */
export function portfolioAtReturn(corners: readonly Corner[], expected: Float64Array, target: number): Float64Array {
  let above = corners[0] as Corner
  for (const below of corners.slice(1)) {
    const [high, low] = [dot(above.weights, expected), dot(below.weights, expected)]
    if (target >= high) return above.weights.slice()
    if (target >= low) return blend(below.weights, above.weights, high > low ? (target - low) / (high - low) : 0)
    above = below
  }
  return above.weights.slice()
}

/**
 * The efficient portfolio of the highest (expected return - riskFree) / volatility, exact: on each line between two
 * corners the ratio has its maximum in closed form or at an end. Throws PORTFOLIO_INFEASIBLE where no portfolio is
 * expected to earn more than the risk-free rate.
 */
export function maxSharpePortfolio(
  corners: readonly Corner[],
  expected: Float64Array,
  covariances: Matrix,
  riskFree: number,
): Float64Array {
  let best = corners[0] as Corner
  const ratio = (weights: Float64Array) =>
    (dot(weights, expected) - riskFree) / Math.sqrt(portfolioVariance(weights, covariances))
  if (dot(best.weights, expected) <= riskFree) {
    throw new ParleyError(
      'PORTFOLIO_INFEASIBLE',
      `No portfolio within the bounds is expected to return more than the risk-free ${riskFree}.`,
      { wayOut: 'Ask for the least variance instead, or lower the risk-free rate.' },
    )
  }
  let weights = best.weights
  let top = ratio(weights)
  for (const corner of corners.slice(1)) {
    const step = corner.weights.map((value, i) => value - (best.weights[i] as number))
    // Ratio of (a + s b) to sqrt(c + 2 s d + s^2 e) along the line.
    const a = dot(best.weights, expected) - riskFree
    const b = dot(step, expected)
    const c = portfolioVariance(best.weights, covariances)
    const d = dot(step, multiplyVector(covariances, best.weights))
    const e = portfolioVariance(step, covariances)
    const share = (b * c - a * d) / (a * e - b * d)
    const candidates = [corner.weights]
    if (share > 0 && share < 1) candidates.push(blend(best.weights, corner.weights, share))
    for (const candidate of candidates) {
      const value = ratio(candidate)
      if (value > top) {
        top = value
        weights = candidate
      }
    }
    best = corner
  }
  return weights.slice()
}
