import { checkBounds, type WeightBounds } from './critical-line.ts'
import { type Matrix, multiplyVector } from './matrix.ts'
import { type Constraint, minimiseQuadratic } from './quadratic.ts'

/** Limits on the sum of some assets' weights. */
interface GroupLimit {
  readonly name: string
  /** Indices of the assets. */
  readonly assets: readonly number[]
  readonly min?: number
  readonly max?: number
}

export interface ConstrainedAllocation {
  readonly expected: Float64Array
  readonly covariances: Matrix
  readonly riskAversion: number
  readonly bounds: WeightBounds
  readonly groups?: readonly GroupLimit[]
  /** Present weights; without them trading costs nothing and turnover is free. */
  readonly current?: Float64Array
  /** Cost of trading a unit of weight, an asset (0.001 is 10 basis points), over the time of the expected returns. */
  readonly costs?: Float64Array
  /** Largest sum of |change of weight|. */
  readonly maxTurnover?: number
}

/**
 * Minimises a problem whose Hessian is not definite, since buying and selling one asset cancel, by proximal steps:
 * each solves the problem with a pull back to the point before, until the point stays.
 */
function approach(
  hessian: (extra: number) => Matrix,
  linear: Float64Array,
  constraints: readonly Constraint[],
): Float64Array {
  const plain = hessian(0)
  const pull = (0.1 * plain.reduce((sum, row, i) => sum + (row[i] as number), 0)) / plain.length
  const pulled = hessian(pull)
  let x = new Float64Array(linear.length)
  for (let round = 0; round < 500; round++) {
    const before = x
    const next = minimiseQuadratic(
      pulled,
      linear.map((value, k) => value - pull * (before[k] as number)),
      constraints,
    )
    x = new Float64Array(next)
    if (x.every((value, k) => Math.abs(value - (before[k] as number)) < 1e-11)) break
  }
  return x
}

/**
 * Fully invested weights that maximise return - riskAversion / 2 x variance - trading costs, within bounds, group
 * limits and a turnover limit. Throws PORTFOLIO_INFEASIBLE, naming the constraints that conflict, and
 * MATRIX_SINGULAR.
 */
export function allocateConstrained(goal: ConstrainedAllocation): Float64Array {
  const { expected, covariances, riskAversion, bounds, groups = [], maxTurnover } = goal
  checkBounds(bounds)
  const n = expected.length
  const current = goal.current ?? new Float64Array(n)
  const costs = goal.current ? (goal.costs ?? new Float64Array(n)) : new Float64Array(n)
  const split = goal.current !== undefined
  // With present weights the unknowns are what is bought and what is sold; without, the weights.
  const size = split ? 2 * n : n
  const onWeights = (coefficient: (asset: number) => number) =>
    Float64Array.from({ length: size }, (_, k) => (k < n ? coefficient(k) : -coefficient(k - n)))
  const unit = (asset: number, scale: number) => onWeights((other) => (other === asset ? scale : 0))
  const held = (coefficient: (asset: number) => number) =>
    split ? current.reduce((sum, weight, asset) => sum + coefficient(asset) * weight, 0) : 0

  const constraints: Constraint[] = []
  const require = (
    name: string,
    coefficient: (asset: number) => number,
    limit: number,
    kind: Constraint['kind'] = 'at least',
  ) => constraints.push({ name, coefficients: onWeights(coefficient), limit: limit - held(coefficient), kind })
  require('full investment', () => 1, 1, 'equal')
  for (let asset = 0; asset < n; asset++) {
    const own = split ? (current[asset] as number) : 0
    const [low, high] = [bounds.lower[asset] as number, bounds.upper[asset] as number]
    constraints.push(
      { name: `lower bound of asset ${asset}`, coefficients: unit(asset, 1), limit: low - own, kind: 'at least' },
      { name: `upper bound of asset ${asset}`, coefficients: unit(asset, -1), limit: own - high, kind: 'at least' },
    )
  }
  for (const { name, assets, min, max } of groups) {
    const inside = new Set(assets)
    if (min !== undefined) require(`least share of ${name}`, (asset) => (inside.has(asset) ? 1 : 0), min)
    if (max !== undefined) require(`largest share of ${name}`, (asset) => (inside.has(asset) ? -1 : 0), -max)
  }
  for (let k = 0; k < (split ? size : 0); k++) {
    const side = k < n ? 'bought' : 'sold'
    constraints.push({
      name: `nothing less than zero ${side} of asset ${k % n}`,
      coefficients: Float64Array.from({ length: size }, (_, other) => (other === k ? 1 : 0)),
      limit: 0,
      kind: 'at least',
    })
  }
  if (split && maxTurnover !== undefined) {
    constraints.push({
      name: `turnover limit ${maxTurnover}`,
      coefficients: new Float64Array(size).fill(-1),
      limit: -maxTurnover,
      kind: 'at least',
    })
  }
  const hessian = (extra: number) =>
    Array.from({ length: size }, (_, i) =>
      Float64Array.from({ length: size }, (_, j) => {
        const sign = i < n === j < n ? 1 : -1
        return sign * riskAversion * (covariances[i % n]?.[j % n] as number) + (i === j ? extra : 0)
      }),
    )
  const linear = onWeights((asset) => -(expected[asset] as number))
  const pull = multiplyVector(covariances, current)
  for (const [asset, cost] of split ? costs.entries() : []) {
    const risk = riskAversion * (pull[asset] as number)
    linear[asset] = (linear[asset] as number) + risk + cost
    linear[n + asset] = (linear[n + asset] as number) - risk + cost
  }
  const x = split ? approach(hessian, linear, constraints) : minimiseQuadratic(hessian(0), linear, constraints)
  return Float64Array.from({ length: n }, (_, asset) =>
    split ? (current[asset] as number) + (x[asset] as number) - (x[n + asset] as number) : (x[asset] as number),
  )
}
