import { ParleyError } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import { mean } from '#shared/lib/statistics.ts'
import { usualConfidence } from './confidence-levels.ts'
import { cholesky, type Matrix } from './matrix.ts'
import { quantile } from './statistics.ts'

/** Returns a portfolio of fixed weights would have had: one array of returns an asset, of equal length. */
export function portfolioReturns(returns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const bars = returns[0]?.length ?? 0
  return Float64Array.from({ length: bars }, (_, t) =>
    returns.reduce((sum, series, asset) => sum + (weights[asset] as number) * (series[t] as number), 0),
  )
}

/** A shock to each factor or asset that a scenario names, as a return: -0.3 is a fall of 30 %. */
export interface StressScenario {
  readonly name: string
  readonly shocks: Readonly<Record<string, number>>
}

/** A holding by name, with its share of the equity and how it answers to factors (1 to itself where none are given). */
export interface StressedHolding {
  readonly name: string
  readonly weight: number
  readonly betas?: Readonly<Record<string, number>>
}

export interface StressResult {
  readonly scenario: string
  /** Change of the equity, as a fraction. */
  readonly change: number
  readonly byHolding: Readonly<Record<string, number>>
  /** Holdings that no shock of the scenario reaches: their change is unknown and counted as none. */
  readonly untouched: readonly string[]
}

/**
 * What each scenario would do to the holdings. A shock to a holding by name goes before its betas; a holding cannot
 * lose more than its weight when long.
 */
export function stressTest(holdings: readonly StressedHolding[], scenarios: readonly StressScenario[]): StressResult[] {
  return scenarios.map(({ name, shocks }) => {
    const byHolding: Record<string, number> = {}
    const untouched: string[] = []
    let change = 0
    for (const holding of holdings) {
      const answers = Object.entries(holding.betas ?? {}).filter(([factor]) => shocks[factor] !== undefined)
      const own = shocks[holding.name]
      if (own === undefined && answers.length === 0) untouched.push(holding.name)
      const move = own ?? answers.reduce((sum, [factor, beta]) => sum + beta * (shocks[factor] as number), 0)
      const effect = holding.weight * Math.max(-1, move)
      byHolding[holding.name] = (byHolding[holding.name] ?? 0) + effect
      change += effect
    }
    return { scenario: name, change, byHolding, untouched }
  })
}

export interface SimulatedRisk {
  /** Loss exceeded with probability 1 - confidence, and the mean loss beyond it; positive for losses. */
  readonly valueAtRisk: number
  readonly expectedShortfall: number
  /** Standard error of the value at risk, from the spread of order statistics. */
  readonly standardError: number
}

/**
 * Value at risk by Monte Carlo: `draws` returns of the portfolio over `bars` bars of correlated normal
 * log-return-like moves, with the given means and covariances a bar. `degreesOfFreedom` above 2 draws from Student's
 * t of the same covariances instead, for fat tails. Throws SIMULATION_INVALID.
 */
export function simulateRisk(
  random: Random,
  weights: Float64Array,
  means: Float64Array,
  covariances: Matrix,
  options: {
    readonly confidence?: number
    readonly draws?: number
    readonly bars?: number
    readonly degreesOfFreedom?: number
  } = {},
): SimulatedRisk {
  const { confidence = usualConfidence, draws = 10_000, bars = 1, degreesOfFreedom } = options
  if (!(draws >= 100) || !(bars >= 1) || (degreesOfFreedom !== undefined && !(degreesOfFreedom > 2))) {
    throw new ParleyError(
      'SIMULATION_INVALID',
      'A simulation needs 100 draws or more, a bar or more, and more than 2 degrees of freedom.',
    )
  }
  const root = cholesky(covariances)
  // The portfolio's own exposure to each independent normal, so that a bar costs one draw an asset.
  const exposures = weights.map((_, k) =>
    root.reduce((sum, row, asset) => sum + (weights[asset] as number) * (row[k] as number), 0),
  )
  const drift = weights.reduce((sum, weight, asset) => sum + weight * (means[asset] as number), 0)
  const fat = degreesOfFreedom
  const results = Float64Array.from({ length: draws }, () => {
    let wealth = 1
    for (let bar = 0; bar < bars; bar++) {
      let scale = 1
      if (fat !== undefined) {
        let squares = 0
        for (let k = 0; k < fat; k++) squares += random.normal() ** 2
        scale = Math.sqrt((fat - 2) / squares)
      }
      let move = 0
      for (const exposure of exposures) move += exposure * random.normal()
      wealth *= 1 + drift + scale * move
    }
    return wealth - 1
  })
  const edge = quantile(results, 1 - confidence)
  const beyond = results.filter((value) => value <= edge)
  // Half the distance between the order statistics one binomial standard deviation either way.
  const slack = Math.sqrt((confidence * (1 - confidence)) / draws)
  const upper = quantile(results, Math.min(1, 1 - confidence + slack))
  const lower = quantile(results, Math.max(0, 1 - confidence - slack))
  return { valueAtRisk: -edge, expectedShortfall: -mean(beyond), standardError: (upper - lower) / 2 }
}
