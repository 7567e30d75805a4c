import { powerIndices } from '#engine/consensus/lab/power-indices.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { fractionText } from '#shared/lib/fraction.ts'

/** Power in a weighted game as exact fractions ("3/5") by player. */
export interface LabPower {
  readonly swings: string[]
  readonly banzhaf: string[]
  readonly shapleyShubik: string[]
}

/**
 * `parley lab power --quota Q --weights w,...`: the Banzhaf and Shapley-Shubik indices of each player, exact. Weights may be
 * decimals. Throws NOT_A_DECIMAL, GAME_INVALID or GAME_TOO_LARGE.
 */
export function labPower(quota: string, weights: string): LabPower {
  const [wholeQuota = 0, ...wholeWeights] = asWhole([quota, ...weights.split(',')])
  const { swings, banzhaf, shapleyShubik } = powerIndices(wholeQuota, wholeWeights)
  return {
    swings: swings.map(String),
    banzhaf: banzhaf.map(fractionText),
    shapleyShubik: shapleyShubik.map(fractionText),
  }
}

function asWhole(values: readonly string[]): number[] {
  const parts = values.map((value) => decimal(value).split('.'))
  const places = Math.max(...parts.map(([, digits = '']) => digits.length))
  return parts.map(([whole = '', digits = '']) => Number(whole + digits.padEnd(places, '0')))
}
