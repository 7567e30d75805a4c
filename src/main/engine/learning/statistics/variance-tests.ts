import { chiSquared, fisherF } from './distributions.ts'
import { checkSample, moments } from './sample.ts'
import { type Interval, symmetricP, type TestOptions, type TestResult, tailsAt } from './test-result.ts'

/** The F test's result. */
export interface VarianceRatioTest extends TestResult {
  readonly df: readonly [numerator: number, denominator: number]
  /** Of the ratio of variances. */
  readonly interval: Interval
  readonly estimate: number
}

/**
 * The F test that two normal samples' variances have a ratio (default 1). Where the second sample is constant the ratio
 * is infinite or NaN. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function varianceRatio(
  x: Float64Array,
  y: Float64Array,
  { alternative = 'two-sided', confidence = 0.95, ratio = 1 }: TestOptions & { readonly ratio?: number } = {},
): VarianceRatioTest {
  checkSample(x, 2)
  checkSample(y, 2)
  const df = [x.length - 1, y.length - 1] as const
  const estimate = moments(x).variance / moments(y).variance
  const statistic = estimate / ratio
  const f = fisherF(...df)
  const open = 1 - confidence
  const p = symmetricP(tailsAt(f, statistic), alternative)
  const interval = ((): Interval => {
    switch (alternative) {
      case 'less':
        return [0, estimate / f.quantile(open)]
      case 'greater':
        return [estimate / f.upperQuantile(open), Number.POSITIVE_INFINITY]
      case 'two-sided':
        return [estimate / f.upperQuantile(open / 2), estimate / f.quantile(open / 2)]
    }
  })()
  return { statistic, p, df, interval, estimate }
}

/**
 * Bartlett's test that normal samples have one variance; infinite where some but not all samples are constant. Throws
 * SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function bartlett(samples: readonly Float64Array[]): TestResult & { readonly df: number } {
  for (const sample of samples) checkSample(sample, 2)
  const parts = samples.map(moments)
  const free = parts.map(({ count }) => count - 1)
  const freeTotal = free.reduce((sum, value) => sum + value, 0)
  const pooled = parts.reduce((sum, { squares }) => sum + squares, 0) / freeTotal
  const logs = parts.reduce((sum, { variance }, k) => sum + (free[k] as number) * Math.log(variance / pooled), 0)
  const inverses = free.reduce((sum, value) => sum + 1 / value, 0)
  const df = samples.length - 1
  const statistic = -logs / (1 + (inverses - 1 / freeTotal) / (3 * df))
  return { statistic, df, p: chiSquared(df).upper(statistic) }
}
