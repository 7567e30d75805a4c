import { z } from 'zod'

export const regimes = ['trend up', 'trend down', 'range', 'crisis'] as const
export const regimeSchema = z.enum(regimes)
/** What kind of market it is; 'crisis' is high volatility, whichever way. */
export type Regime = z.infer<typeof regimeSchema>

/** A regime as it stands in a sentence. */
export const regimeWords: Readonly<Record<Regime, string>> = {
  'trend up': 'an up trend',
  'trend down': 'a down trend',
  range: 'a range',
  crisis: 'a crisis',
}

/** The features of a situation, each with the range that it is held within; none has a unit. */
export const situationFeatures = {
  /** How the averages of 20, 50 and 200 bars lie, from falling to rising. */
  trend: [-1, 1],
  /** The log return of the last 60 bars, in deviations of such a return. */
  drift: [-3, 3],
  /** The natural logarithm of recent over usual volatility. */
  volatility: [-1, 1],
  /** RSI(14). */
  rsi: [0, 100],
  /** Volume of the last 5 bars over that of the last 20, less 1. */
  volume: [-1, 1],
  /** What the research says, from a fall to a rise: signal x strength x quality, the mean of a task. */
  sentiment: [-1, 1],
  onchain: [-1, 1],
  macro: [-1, 1],
  liquidity: [-1, 1],
  /** The analyst's view, from sure of a fall to sure of a rise. */
  conviction: [-1, 1],
  /** The position's share of equity; below 0 it is short. */
  exposure: [-1, 1],
} as const satisfies Readonly<Record<string, readonly [number, number]>>
export type SituationFeature = keyof typeof situationFeatures
export const featureNames = Object.keys(situationFeatures) as SituationFeature[]

/** What a decision was made in: the instrument, the regime, and features. What is unavailable is left out. */
export const situationSchema = z.object({
  instrument: z.string(),
  at: z.int(),
  /** Null where there are too few bars to tell. */
  regime: regimeSchema.nullable(),
  features: z.partialRecord(z.enum(featureNames as [SituationFeature, ...SituationFeature[]]), z.number()),
})
export type Situation = z.infer<typeof situationSchema>

/** How much a difference of the regime and of the instrument weighs; each feature weighs 1. */
const regimeWeight = 2
const instrumentWeight = 1
const allWeights = regimeWeight + instrumentWeight + featureNames.length

/** Situations up to this distance are alike. */
export const alikeWithin = 0.15

/** A value held within its feature's range. */
export function heldWithin(feature: SituationFeature, value: number): number {
  const [low, high] = situationFeatures[feature]
  return Math.min(high, Math.max(low, value))
}

/**
 * How far apart two situations are, from 0 (the same) to 1: the weighted mean over what both know of the regime (0 or 1,
 * weight 2), the instrument (0 or 1, weight 1) and the features (their difference as a share of the range, weight 1 each).
 * Null where less than half of the weight is known of both. After J. C. Gower, A general coefficient of similarity and
 * some of its properties, Biometrics 27 (1971).
 */
export function situationDistance(a: Situation, b: Situation): number | null {
  let weight = instrumentWeight
  let apart = a.instrument === b.instrument ? 0 : instrumentWeight
  if (a.regime !== null && b.regime !== null) {
    weight += regimeWeight
    apart += a.regime === b.regime ? 0 : regimeWeight
  }
  for (const feature of featureNames) {
    const one = a.features[feature]
    const other = b.features[feature]
    if (one === undefined || other === undefined) continue
    const [low, high] = situationFeatures[feature]
    weight += 1
    apart += Math.min(1, Math.abs(one - other) / (high - low))
  }
  return weight * 2 < allWeights ? null : apart / weight
}
