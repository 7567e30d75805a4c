import { ParleyError } from '#shared/lib/error.ts'
import { checkCounts } from './contingency.ts'
import { beta, binomial } from './distributions.ts'
import { findRoot } from './find-root.ts'
import { exactSum } from './sample.ts'
import { logChoose } from './special-functions.ts'
import type { Interval, TestOptions, TestResult } from './test-result.ts'

/** Probabilities within this factor of the observed one count as equal to it, as in R: they differ only by rounding. */
const asLikely = 1 + 1e-7

/** The exact binomial test's result; the statistic is the number of successes. */
export interface BinomialTest extends TestResult {
  /** Clopper and Pearson's. */
  readonly interval: Interval
  readonly estimate: number
}

/** The exact test of a probability (default one half). Throws COUNTS_INVALID. */
export function binomialTest(
  successes: number,
  trials: number,
  {
    alternative = 'two-sided',
    confidence = 0.95,
    probability = 0.5,
  }: TestOptions & { readonly probability?: number } = {},
): BinomialTest {
  checkCounts([[successes, trials]])
  if (successes > trials) throw new ParleyError('COUNTS_INVALID', 'There are more successes than trials.')
  const chance = binomial(trials, probability)
  const p = {
    less: () => chance.cdf(successes),
    greater: () => chance.upper(successes - 1),
    'two-sided': () => likelihoodP(successes, trials, probability),
  }[alternative]()
  const open = alternative === 'two-sided' ? (1 - confidence) / 2 : 1 - confidence
  const low = successes === 0 || alternative === 'less' ? 0 : beta(successes, trials - successes + 1).quantile(open)
  const high =
    successes === trials || alternative === 'greater' ? 1 : beta(successes + 1, trials - successes).upperQuantile(open)
  return { statistic: successes, p, interval: [low, high], estimate: successes / trials }
}

/** Probability of all numbers of successes that are at most as likely as this one. */
function likelihoodP(successes: number, trials: number, probability: number): number {
  if (probability === 0) return successes === 0 ? 1 : 0
  if (probability === 1) return successes === trials ? 1 : 0
  const chance = binomial(trials, probability)
  const expected = trials * probability
  if (successes === expected) return 1
  const limit = chance.density(successes) * asLikely
  // Away from the mean the probabilities fall: where the other tail begins is found by halving.
  if (successes < expected) {
    let low = Math.ceil(expected)
    let high = trials + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (chance.density(middle) <= limit) high = middle
      else low = middle + 1
    }
    return Math.min(1, chance.cdf(successes) + chance.upper(low - 1))
  }
  let low = -1
  let high = Math.floor(expected)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (chance.density(middle) <= limit) low = middle
    else high = middle - 1
  }
  return Math.min(1, chance.cdf(low) + chance.upper(successes - 1))
}

/** Fisher's exact test's result for a 2 x 2 table. */
export interface FisherTest {
  readonly p: number
  /** Conditional maximum likelihood estimate of the odds ratio; 0 or infinite at the edge of what the margins allow. */
  readonly oddsRatio: number
  /** Of the odds ratio, by inverting both one-sided tests. */
  readonly interval: Interval
}

/**
 * Fisher's exact test of a 2 x 2 table against an odds ratio (default 1); agrees with R's fisher.test, with the odds
 * ratio solved to the last digits. Throws COUNTS_INVALID.
 */
export function fisherTest(
  table: readonly [readonly [number, number], readonly [number, number]],
  { alternative = 'two-sided', confidence = 0.95, oddsRatio = 1 }: TestOptions & { readonly oddsRatio?: number } = {},
): FisherTest {
  checkCounts(table)
  const [[a, b], [c, d]] = table
  const [left, right, top] = [a + c, b + d, a + b]
  const low = Math.max(0, top - right)
  const high = Math.min(top, left)
  const support = Array.from({ length: high - low + 1 }, (_, k) => low + k)
  const weights = support.map((k) => logChoose(left, k) + logChoose(right, top - k))

  /** Probabilities over the support at a log odds ratio. */
  function probabilities(logOdds: number): number[] {
    if (logOdds === Number.NEGATIVE_INFINITY) return support.map((k) => (k === low ? 1 : 0))
    if (logOdds === Number.POSITIVE_INFINITY) return support.map((k) => (k === high ? 1 : 0))
    const logs = weights.map((weight, k) => weight + logOdds * (support[k] as number))
    const largest = Math.max(...logs)
    const terms = logs.map((log) => Math.exp(log - largest))
    const whole = exactSum(terms)
    return terms.map((term) => term / whole)
  }
  const atMost = (logOdds: number) => exactSum(probabilities(logOdds).slice(0, a - low + 1))
  const atLeast = (logOdds: number) => exactSum(probabilities(logOdds).slice(a - low))
  const expected = (logOdds: number) =>
    exactSum(probabilities(logOdds).map((share, k) => share * (support[k] as number)))
  /** Where a function of the log odds ratio that rises crosses zero, as an odds ratio. */
  function solve(f: (logOdds: number) => number): number {
    let reach = 1
    while (reach < 1024 && !(f(-reach) < 0 && f(reach) > 0)) reach *= 2
    return Math.exp(findRoot(f, -reach, reach))
  }

  const estimate =
    low === high
      ? Number.NaN
      : a === low
        ? 0
        : a === high
          ? Number.POSITIVE_INFINITY
          : solve((odds) => expected(odds) - a)
  const lowEnd = (open: number) => (a === low ? 0 : solve((odds) => atLeast(odds) - open))
  const highEnd = (open: number) => (a === high ? Number.POSITIVE_INFINITY : solve((odds) => open - atMost(odds)))
  const logOdds = Math.log(oddsRatio)
  const open = 1 - confidence
  switch (alternative) {
    case 'less':
      return { p: atMost(logOdds), oddsRatio: estimate, interval: [0, highEnd(open)] }
    case 'greater':
      return { p: atLeast(logOdds), oddsRatio: estimate, interval: [lowEnd(open), Number.POSITIVE_INFINITY] }
    case 'two-sided': {
      const shares = probabilities(logOdds)
      const limit = (shares[a - low] as number) * asLikely
      const p = Math.min(1, exactSum(shares.filter((share) => share <= limit)))
      return { p, oddsRatio: estimate, interval: [lowEnd(open / 2), highEnd(open / 2)] }
    }
  }
}
