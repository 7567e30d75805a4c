import type { Random } from '#shared/lib/random.ts'

const regimes = ['trend up', 'trend down', 'range', 'high volatility', 'crisis'] as const
/** A state of the market that lasts for days to weeks. */
export type SimulatedRegime = (typeof regimes)[number]

interface RegimeModel {
  /** Mean of the market's daily move, in ordinary daily deviations. */
  readonly drift: number
  /** Multiplies the market's ordinary volatility. */
  readonly volatility: number
  /** Probability that tomorrow is the same. */
  readonly stay: number
  /** Relative chance that another regime gives way to it. */
  readonly entry: number
}

/** How the market behaves in each regime. */
export const regimeModels: Readonly<Record<SimulatedRegime, RegimeModel>> = {
  'trend up': { drift: 0.14, volatility: 0.85, stay: 0.975, entry: 4 },
  'trend down': { drift: -0.13, volatility: 1.05, stay: 0.97, entry: 3 },
  range: { drift: 0, volatility: 0.65, stay: 0.97, entry: 4 },
  'high volatility': { drift: 0, volatility: 1.5, stay: 0.93, entry: 2 },
  crisis: { drift: -0.4, volatility: 2.3, stay: 0.85, entry: 0.6 },
}

/** Tomorrow's regime: a Markov chain. */
export function nextRegime(regime: SimulatedRegime, random: Random): SimulatedRegime {
  if (random.chance(regimeModels[regime].stay)) return regime
  const others = regimes.filter((other) => other !== regime)
  let left = random.float() * others.reduce((sum, other) => sum + regimeModels[other].entry, 0)
  for (const other of others) {
    left -= regimeModels[other].entry
    if (left < 0) return other
  }
  return 'range'
}
