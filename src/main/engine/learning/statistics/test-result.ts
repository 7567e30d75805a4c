import type { Distribution } from './distributions.ts'
import type { Tails } from './special-functions.ts'

/** What is believed where the null hypothesis is not: a difference either way, or one below, or above it. */
export type AlternativeHypothesis = 'two-sided' | 'less' | 'greater'

/** Both ends of a confidence interval; infinite on the side that a one-sided test leaves open. */
export type Interval = readonly [low: number, high: number]

/** A test's statistic and the probability of one at least as extreme where the null hypothesis holds. */
export interface TestResult {
  readonly statistic: number
  readonly p: number
}

/** The options that tests share. */
export interface TestOptions {
  /** Default 'two-sided'. */
  readonly alternative?: AlternativeHypothesis
  /** Confidence of the interval, 0 to 1; default 0.95. */
  readonly confidence?: number
}

/** The p-value of a statistic whose distribution is symmetric about 0. */
export function symmetricP({ lower, upper }: Tails, alternative: AlternativeHypothesis): number {
  switch (alternative) {
    case 'less':
      return lower
    case 'greater':
      return upper
    case 'two-sided':
      return Math.min(1, 2 * Math.min(lower, upper))
  }
}

/** Both tails of a distribution at x, of which a continuous one's upper tail begins at x itself. */
export function tailsAt(distribution: Distribution, x: number): Tails {
  return { lower: distribution.cdf(x), upper: distribution.upper(x) }
}

/** Half widths of an interval below and above its estimate, in units of the statistic. */
export function halfWidths(
  distribution: Distribution,
  alternative: AlternativeHypothesis,
  confidence: number,
): Interval {
  const open = 1 - confidence
  switch (alternative) {
    case 'less':
      return [Number.NEGATIVE_INFINITY, distribution.upperQuantile(open)]
    case 'greater':
      return [-distribution.upperQuantile(open), Number.POSITIVE_INFINITY]
    case 'two-sided': {
      const half = distribution.upperQuantile(open / 2)
      return [-half, half]
    }
  }
}
