import { ParleyError } from '#shared/lib/error.ts'
import { normal, studentT } from './distributions.ts'
import { findRoot } from './find-root.ts'
import type { AlternativeHypothesis } from './test-result.ts'

/** How means are compared: one against a number, two of equal-sized groups, or one of differences of pairs. */
export type MeanDesign = 'one-sample' | 'two-sample' | 'paired'

/** What the power of a t test depends on besides the size of the samples. */
export interface MeanPlan {
  /** Difference of means in standard deviations (Cohen's d). */
  readonly effect: number
  /** Chance of finding what is not there; default 0.05. */
  readonly significance?: number
  /** Default 'two-sample'. */
  readonly design?: MeanDesign
  /** Default 'two-sided'. */
  readonly alternative?: AlternativeHypothesis
  /** Whether a two-sided test's finding of the opposite counts too (default true, as in pwr; power.t.test leaves it out). */
  readonly bothTails?: boolean
}

/** What the power of a comparison of two equal-sized groups' proportions depends on. */
export interface ProportionPlan {
  /** Both proportions, each above 0 and below 1. */
  readonly proportions: readonly [number, number]
  readonly significance?: number
  readonly alternative?: 'one-sided' | 'two-sided'
  readonly bothTails?: boolean
}

/** Cohen's h: the difference of two proportions on the scale on which their spread is equal (Cohen 1988). */
export function proportionEffect(first: number, second: number): number {
  return 2 * Math.asin(Math.sqrt(first)) - 2 * Math.asin(Math.sqrt(second))
}

/** Power of a t test with so many values in each sample (pairs for 'paired'), by the noncentral t distribution. */
export function meanPower(
  n: number,
  { effect, significance = 0.05, design = 'two-sample', alternative = 'two-sided', bothTails = true }: MeanPlan,
): number {
  const groups = design === 'two-sample' ? 2 : 1
  const df = (n - 1) * groups
  const signed = alternative === 'less' ? -effect : alternative === 'two-sided' ? Math.abs(effect) : effect
  const t = studentT(df, Math.sqrt(n / groups) * signed)
  const edge = studentT(df).upperQuantile(alternative === 'two-sided' ? significance / 2 : significance)
  return t.upper(edge) + (alternative === 'two-sided' && bothTails ? t.cdf(-edge) : 0)
}

/** Power of the comparison of two proportions on Cohen's scale (effect h), with so many trials in each group. */
export function effectPower(
  n: number,
  effect: number,
  { significance = 0.05, alternative = 'two-sided' }: Pick<MeanPlan, 'significance' | 'alternative'> = {},
): number {
  const z = normal()
  const signed = alternative === 'less' ? -effect : alternative === 'two-sided' ? Math.abs(effect) : effect
  const edge = z.upperQuantile(alternative === 'two-sided' ? significance / 2 : significance)
  const shift = Math.sqrt(n / 2) * signed
  return z.upper(edge - shift) + (alternative === 'two-sided' ? z.cdf(-edge - shift) : 0)
}

/** Power of the comparison of two proportions with pooled spread under the null hypothesis, as R's power.prop.test. */
export function proportionPower(
  n: number,
  { proportions, significance = 0.05, alternative = 'two-sided', bothTails = false }: ProportionPlan,
): number {
  const [first, second] = proportions
  const z = normal()
  const edge = z.upperQuantile(alternative === 'two-sided' ? significance / 2 : significance)
  const pooled = Math.sqrt((first + second) * (1 - (first + second) / 2))
  const apart = Math.sqrt(first * (1 - first) + second * (1 - second))
  const shift = Math.sqrt(n) * Math.abs(first - second)
  const power = z.cdf((shift - edge * pooled) / apart)
  return alternative === 'two-sided' && bothTails ? power + z.upper((shift + edge * pooled) / apart) : power
}

/**
 * The size of each sample, not rounded, from which on a power is reached: the power must rise with the size. Throws
 * POWER_UNREACHABLE where no size up to a billion is enough, as with no effect.
 */
export function sampleSize(power: number, powerOf: (n: number) => number): number {
  const least = 2
  const most = 1e9
  if (!(power > 0 && power < 1)) {
    throw new ParleyError('POWER_INVALID', `A power is above 0 and below 1, not ${power}.`, {
      wayOut: 'Give 0.8, say.',
    })
  }
  const lack = (n: number) => powerOf(n) - power
  if (lack(least) >= 0) return least
  let high = least
  while (lack(high) < 0) {
    high *= 2
    if (high > most) {
      throw new ParleyError('POWER_UNREACHABLE', `No sample of up to ${most} values has a power of ${power}.`, {
        wayOut: 'Look for a larger effect, or accept less power.',
      })
    }
  }
  return findRoot(lack, high / 2, high)
}

/** The smallest effect above 0 that has a power with samples of a given size. Throws as sampleSize. */
export function detectableEffect(power: number, powerOf: (effect: number) => number): number {
  let high = 1
  while (powerOf(high) < power) {
    high *= 2
    if (high > 1e6) throw new ParleyError('POWER_UNREACHABLE', `No effect has a power of ${power} with so few values.`)
  }
  return findRoot((effect) => powerOf(effect) - power, 0, high)
}
