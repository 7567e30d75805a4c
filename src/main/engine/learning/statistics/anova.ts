import { fisherF } from './distributions.ts'
import { checkSample, decimalScale, exactSum, type Moments, moments } from './sample.ts'
import type { TestResult } from './test-result.ts'

/** One line of the table of an analysis of variance. */
export interface VarianceSource {
  readonly df: number
  readonly sumOfSquares: number
  readonly meanSquare: number
}

/** A one-way analysis of variance; the statistic is F. */
export interface Anova extends TestResult {
  readonly between: VarianceSource
  readonly within: VarianceSource
  readonly rSquared: number
  readonly residualDeviation: number
}

function source(df: number, sumOfSquares: number): VarianceSource {
  return { df, sumOfSquares, meanSquare: sumOfSquares / df }
}

/** The means of samples less that of the first, kept beyond a double's digits. */
function offsets(parts: readonly Moments[]): number[] {
  const first = parts[0]
  if (first === undefined) return []
  return parts.map(({ mean, rest }) => mean - first.mean + (rest - first.rest))
}

/**
 * One-way analysis of variance over two or more samples. Short decimals are taken as such, so that constant leading digits
 * cost nothing (NIST's StRD sets). F is infinite where only the samples differ, NaN where nothing
 * does. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function oneWayAnova(samples: readonly Float64Array[]): Anova {
  for (const sample of samples) checkSample(sample, 1)
  const scale = decimalScale(samples)
  const whole = scale === 1 ? samples : samples.map((sample) => sample.map((value) => Math.round(value * scale)))
  const parts = whole.map(moments)
  const total = parts.reduce((sum, { count }) => sum + count, 0)
  const shift = offsets(parts)
  const centre = exactSum(parts.map(({ count }, k) => count * (shift[k] as number))) / total
  const between = source(
    samples.length - 1,
    exactSum(parts.map(({ count }, k) => count * ((shift[k] as number) - centre) ** 2)) / (scale * scale),
  )
  const within = source(total - samples.length, exactSum(parts.map(({ squares }) => squares)) / (scale * scale))
  const statistic = between.meanSquare / within.meanSquare
  return {
    statistic,
    p: fisherF(between.df, within.df).upper(statistic),
    between,
    within,
    rSquared: between.sumOfSquares / (between.sumOfSquares + within.sumOfSquares),
    residualDeviation: Math.sqrt(within.meanSquare),
  }
}

/**
 * Welch's analysis of variance (1951), for samples whose variances may differ. Throws SAMPLE_TOO_SMALL,
 * SAMPLE_NOT_FINITE.
 */
export function welchAnova(
  samples: readonly Float64Array[],
): TestResult & { readonly df: readonly [numerator: number, denominator: number] } {
  for (const sample of samples) checkSample(sample, 2)
  const parts = samples.map(moments)
  const shift = offsets(parts)
  const k = samples.length
  const weights = parts.map(({ count, variance }) => count / variance)
  const weight = exactSum(weights)
  const centre = exactSum(weights.map((value, at) => value * (shift[at] as number))) / weight
  const spread = exactSum(weights.map((value, at) => value * ((shift[at] as number) - centre) ** 2))
  const lack =
    exactSum(weights.map((value, at) => (1 - value / weight) ** 2 / ((parts[at] as Moments).count - 1))) / (k * k - 1)
  const df = [k - 1, 1 / (3 * lack)] as const
  const statistic = spread / ((k - 1) * (1 + 2 * (k - 2) * lack))
  return { statistic, df, p: fisherF(...df).upper(statistic) }
}
