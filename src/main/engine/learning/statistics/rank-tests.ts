import { chiSquared, normal } from './distributions.ts'
import { checkPaired, checkSample, pool, rankValues, tieCubes } from './sample.ts'
import type { Tails } from './special-functions.ts'
import { type AlternativeHypothesis, symmetricP, type TestResult, tailsAt } from './test-result.ts'

/** A rank test's result, and whether its p-value counts all arrangements or approximates them. */
export interface RankTest extends TestResult {
  readonly method: 'exact' | 'normal'
}

/** Options of a rank test. */
export interface RankTestOptions {
  /** Default 'two-sided'. */
  readonly alternative?: AlternativeHypothesis
  /**
   * Whether to count all arrangements. Default: for fewer than 50 values in each sample. Ties, and zeros in the signed
   * rank test, rule it out.
   */
  readonly exact?: boolean
  /** Whether the normal approximation corrects for continuity; default true. */
  readonly correct?: boolean
  /** The shift under the null hypothesis; default 0. */
  readonly mu?: number
}

/** Tails of a whole-numbered statistic from the weight of each value; both include the statistic itself. */
function wholeTails(weights: Float64Array, statistic: number): Tails {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let below = 0
  for (let k = 0; k <= statistic && k < weights.length; k++) below += weights[k] as number
  let above = 0
  for (let k = weights.length - 1; k >= statistic && k >= 0; k--) above += weights[k] as number
  return { lower: Math.min(1, below / total), upper: Math.min(1, above / total) }
}

/** How many of the n + m over n arrangements give each value of the rank sum less its minimum. */
function rankSumCounts(n: number, m: number): Float64Array {
  const counts = new Float64Array(n * m + 1)
  counts[0] = 1
  // The Gaussian binomial: times (1 - q^(m + k)) / (1 - q^k) for k to n.
  for (let k = 1; k <= n; k++) {
    for (let u = counts.length - 1; u >= m + k; u--) counts[u] = (counts[u] as number) - (counts[u - m - k] as number)
    for (let u = k; u < counts.length; u++) counts[u] = (counts[u] as number) + (counts[u - k] as number)
  }
  return counts
}

/** The share of the 2^n signs that gives each value of the signed rank sum. */
function signedRankShares(n: number): Float64Array {
  const shares = new Float64Array((n * (n + 1)) / 2 + 1)
  shares[0] = 1
  for (let rank = 1; rank <= n; rank++) {
    for (let v = (rank * (rank + 1)) / 2; v >= 0; v--) {
      shares[v] = ((shares[v] as number) + (v >= rank ? (shares[v - rank] as number) : 0)) / 2
    }
  }
  return shares
}

function correction(distance: number, alternative: AlternativeHypothesis): number {
  switch (alternative) {
    case 'two-sided':
      return Math.sign(distance) / 2
    case 'greater':
      return 0.5
    case 'less':
      return -0.5
  }
}

function normalP(distance: number, deviation: number, { alternative = 'two-sided', correct = true }: RankTestOptions) {
  const z = (distance - (correct ? correction(distance, alternative) : 0)) / deviation
  return symmetricP(tailsAt(normal(), z), alternative)
}

/**
 * The Mann-Whitney (Wilcoxon rank sum) test; the statistic counts the pairs in which x is above y, ties half. The p-value
 * is NaN where all values are equal. Agrees with R's wilcox.test. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function mannWhitney(x: Float64Array, y: Float64Array, options: RankTestOptions = {}): RankTest {
  checkSample(x, 1)
  checkSample(y, 1)
  const { alternative = 'two-sided', mu = 0, exact = x.length < 50 && y.length < 50 } = options
  const { ranks, ties } = rankValues(pool([x.map((value) => value - mu), y]))
  const [n, m] = [x.length, y.length]
  let rankSum = 0
  for (let k = 0; k < n; k++) rankSum += ranks[k] as number
  const statistic = rankSum - (n * (n + 1)) / 2
  if (exact && ties.length === 0) {
    const tails = wholeTails(rankSumCounts(n, m), statistic)
    return { statistic, p: symmetricP(tails, alternative), method: 'exact' }
  }
  const all = n + m
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - tieCubes(ties) / (all * (all - 1))))
  return { statistic, p: normalP(statistic - (n * m) / 2, deviation, options), method: 'normal' }
}

/**
 * Wilcoxon's signed rank test of x against mu; the statistic is the sum of the ranks of the positive differences, and
 * differences of zero are left out. Agrees with R's wilcox.test. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function signedRank(x: Float64Array, options: RankTestOptions = {}): RankTest {
  checkSample(x, 1)
  const { alternative = 'two-sided', mu = 0 } = options
  const shifted = x.map((value) => value - mu)
  const differences = shifted.filter((value) => value !== 0)
  const n = differences.length
  const { exact = n < 50 } = options
  const { ranks, ties } = rankValues(differences.map(Math.abs))
  const statistic = ranks.reduce((sum, rank, k) => sum + ((differences[k] as number) > 0 ? rank : 0), 0)
  if (exact && ties.length === 0 && n === x.length) {
    const tails = wholeTails(signedRankShares(n), statistic)
    return { statistic, p: symmetricP(tails, alternative), method: 'exact' }
  }
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieCubes(ties) / 48)
  return { statistic, p: normalP(statistic - (n * (n + 1)) / 4, deviation, options), method: 'normal' }
}

/** Wilcoxon's signed rank test of the differences x - y. Throws also SAMPLES_UNEQUAL. */
export function pairedSignedRank(x: Float64Array, y: Float64Array, options: RankTestOptions = {}): RankTest {
  checkPaired(x, y)
  return signedRank(
    x.map((value, k) => value - (y[k] as number)),
    options,
  )
}

/**
 * The Kruskal-Wallis test that samples have one location, corrected for ties; the p-value is NaN where all values are
 * equal. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function kruskalWallis(samples: readonly Float64Array[]): TestResult & { readonly df: number } {
  for (const sample of samples) checkSample(sample, 1)
  const { ranks, ties } = rankValues(pool(samples))
  const n = ranks.length
  const middle = (n + 1) / 2
  let between = 0
  let at = 0
  for (const { length } of samples) {
    let gap = 0
    for (const rank of ranks.subarray(at, at + length)) gap += rank - middle
    between += (gap * gap) / length
    at += length
  }
  const statistic = ((12 / (n * (n + 1))) * between) / (1 - tieCubes(ties) / (n ** 3 - n))
  const df = samples.length - 1
  return { statistic, df, p: chiSquared(df).upper(statistic) }
}
