import { usualConfidence } from './confidence-levels.ts'
import type { WeightBounds } from './critical-line.ts'
import { checkBounds } from './critical-line.ts'
import { dot } from './matrix.ts'
import { type Constraint, minimiseQuadratic } from './quadratic.ts'

/** Conditional value at risk of a portfolio over equally likely scenarios, and its slope in each weight. */
function shortfall(scenarios: readonly Float64Array[], weights: Float64Array, tail: number) {
  const losses = scenarios.map((row) => -dot(row, weights))
  const order = Array.from(losses.keys()).sort((i, j) => (losses[j] as number) - (losses[i] as number))
  // The worst scenarios up to a mass of `tail`, the last of them in part.
  let left = tail * scenarios.length
  let value = 0
  const slope = new Float64Array(weights.length)
  for (const row of order) {
    if (left <= 0) break
    const share = Math.min(1, left) / (tail * scenarios.length)
    left -= 1
    value += share * (losses[row] as number)
    const scenario = scenarios[row] as Float64Array
    for (let i = 0; i < slope.length; i++) slope[i] = (slope[i] as number) - share * (scenario[i] as number)
  }
  return { value, slope }
}

export interface CvarAllocation {
  readonly weights: Float64Array
  /** Conditional value at risk of a scenario, positive for a loss. */
  readonly cvar: number
  /** How far, at most, it is above the least one possible. */
  readonly gap: number
}

/**
 * Fully invested weights within bounds of the least conditional value at risk (Rockafellar and Uryasev 2000) over
 * scenarios: rows of returns, one an asset, equally likely. A proximal bundle method, ended when the proven gap is
 * below `tolerance` times the value. Throws PORTFOLIO_INFEASIBLE.
 */
export function minimiseCvar(
  scenarios: readonly Float64Array[],
  bounds: WeightBounds,
  confidence = usualConfidence,
  tolerance = 1e-7,
): CvarAllocation {
  checkBounds(bounds)
  const n = bounds.lower.length
  const tail = 1 - confidence
  const budget: Constraint = {
    name: 'full investment',
    coefficients: Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? 1 : 0)),
    limit: 1,
    kind: 'equal',
  }
  const unit = (asset: number, scale: number) =>
    Float64Array.from({ length: n + 1 }, (_, k) => (k === asset ? scale : 0))
  const box: Constraint[] = Array.from({ length: n }, (_, i) => i).flatMap((i): Constraint[] => [
    { name: `lower bound of asset ${i}`, coefficients: unit(i, 1), limit: bounds.lower[i] as number, kind: 'at least' },
    {
      name: `upper bound of asset ${i}`,
      coefficients: unit(i, -1),
      limit: -(bounds.upper[i] as number),
      kind: 'at least',
    },
  ])
  // A first portfolio: the feasible one nearest to equal weights.
  const square = Array.from({ length: n + 1 }, (_, i) => unit(i, 1))
  const start = minimiseQuadratic(
    square,
    Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? -1 / n : 0)),
    [budget, ...box],
  )
  let centre = start.slice(0, n)
  let best = shortfall(scenarios, centre, tail)
  const scale = Math.max(1e-12, Math.abs(best.value))
  // Values are divided by `scale`, so that the solver sees numbers near one.
  let cuts = [{ slope: best.slope, offset: best.value - dot(best.slope, centre), idle: 0 }]
  let step = 1
  let gap = Number.POSITIVE_INFINITY
  for (let round = 0; round < 600; round++) {
    const hessian = Array.from({ length: n + 1 }, (_, i) => unit(i, i < n ? 1 / step : 1e-9))
    const linear = Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? -(centre[k] as number) / step : 1))
    const lines = cuts.map(
      ({ slope, offset }, k): Constraint => ({
        name: `cut ${k}`,
        coefficients: Float64Array.from({ length: n + 1 }, (_, i) => (i < n ? -(slope[i] as number) / scale : 1)),
        limit: offset / scale,
        kind: 'at least',
      }),
    )
    const x = minimiseQuadratic(hessian, linear, [budget, ...box, ...lines])
    // The solver may leave a bound by a rounding error.
    const candidate = x
      .slice(0, n)
      .map((value, i) => Math.max(bounds.lower[i] as number, Math.min(bounds.upper[i] as number, value)))
    const bound = scale * (x[n] as number)
    const predicted = best.value - bound
    const moved = candidate.reduce((sum, value, i) => sum + Math.abs(value - (centre[i] as number)), 0)
    gap = predicted + (scale * moved * moved) / step
    if (gap <= tolerance * scale) break
    const trial = shortfall(scenarios, candidate, tail)
    cuts = cuts
      .map((cut) => {
        const slack = bound - (dot(cut.slope, candidate) + cut.offset)
        return { ...cut, idle: slack > 1e-9 * scale ? cut.idle + 1 : 0 }
      })
      .filter((cut) => cut.idle < 40)
    cuts.push({ slope: trial.slope, offset: trial.value - dot(trial.slope, candidate), idle: 0 })
    if (best.value - trial.value >= 0.1 * predicted) {
      centre = candidate
      best = trial
      step = Math.min(1e4, step * 1.5)
    } else if (round % 10 === 9) step = Math.max(1e-3, step * 0.9)
  }
  return { weights: centre, cvar: best.value, gap }
}
