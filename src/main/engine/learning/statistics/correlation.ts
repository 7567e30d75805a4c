import { normal, studentT } from './distributions.ts'
import { checkPaired, checkSample, exactSum, moments, rankValues } from './sample.ts'
import {
  type AlternativeHypothesis,
  type Interval,
  symmetricP,
  type TestOptions,
  type TestResult,
  tailsAt,
} from './test-result.ts'

/** Pearson's correlation and its test. */
export interface PearsonTest extends TestResult {
  readonly df: number
  readonly estimate: number
  /** By Fisher's z; undefined for fewer than four pairs. */
  readonly interval: Interval | undefined
}

/** A rank correlation and its test. */
export interface RankCorrelation extends TestResult {
  readonly estimate: number
  readonly method: 'exact' | 'series' | 'asymptotic'
}

/** Options of a rank correlation. */
export interface RankCorrelationOptions {
  /** Default 'two-sided'. */
  readonly alternative?: AlternativeHypothesis
  /** Default: where there are no ties and, for Kendall's, fewer than 50 pairs. Ties rule it out. */
  readonly exact?: boolean
  /** Whether the approximation corrects for continuity; default false. */
  readonly correct?: boolean
}

/** Pearson's correlation of two series of one length; NaN where one of them is constant. */
function correlate(x: Float64Array, y: Float64Array): number {
  const [a, b] = [moments(x), moments(y)]
  const products = exactSum(x.map((value, k) => (value - a.mean - a.rest) * ((y[k] as number) - b.mean - b.rest)))
  return Math.max(-1, Math.min(1, products / (Math.sqrt(a.squares) * Math.sqrt(b.squares))))
}

/**
 * Pearson's correlation and its t test, over at least three pairs; NaN where a series is constant. Throws
 * SAMPLES_UNEQUAL, SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function pearsonTest(
  x: Float64Array,
  y: Float64Array,
  { alternative = 'two-sided', confidence = 0.95 }: TestOptions = {},
): PearsonTest {
  checkPaired(x, y)
  checkSample(x, 3)
  checkSample(y, 3)
  const estimate = correlate(x, y)
  const df = x.length - 2
  const statistic = Math.sqrt(df) * (estimate / Math.sqrt((1 - estimate) * (1 + estimate)))
  const p = symmetricP(tailsAt(studentT(df), statistic), alternative)
  let interval: Interval | undefined
  if (x.length > 3) {
    const z = Math.atanh(estimate)
    const open = 1 - confidence
    const width = normal().upperQuantile(alternative === 'two-sided' ? open / 2 : open) / Math.sqrt(x.length - 3)
    interval = [
      alternative === 'less' ? -1 : Math.tanh(z - width),
      alternative === 'greater' ? 1 : Math.tanh(z + width),
    ]
  }
  return { statistic, df, p, estimate, interval }
}

/** P(S >= s) of the sum of squared rank differences over all orders of n <= 9 ranks, by going through them. */
function countedSpearman(n: number, s: number): number {
  const used = new Uint8Array(n)
  let reached = 0
  let all = 0
  function place(at: number, sum: number): void {
    if (at === n) {
      all++
      if (sum >= s) reached++
      return
    }
    for (let rank = 0; rank < n; rank++) {
      if (used[rank]) continue
      used[rank] = 1
      place(at + 1, sum + (at - rank) ** 2)
      used[rank] = 0
    }
  }
  place(0, 0)
  return reached / all
}

/**
 * P(S >= s), or P(S < s) for the lower side, of the sum of squared rank differences: counted for up to 9 pairs, else by
 * the Edgeworth series of AS 89 (Best and Roberts 1975), as R does.
 */
function spearmanTail(n: number, s: number, side: 'lower' | 'upper'): number {
  const most = (n ** 3 - n) / 3
  if (s <= 0) return side === 'lower' ? 0 : 1
  if (s > most) return side === 'lower' ? 1 : 0
  if (n <= 9) {
    const upper = countedSpearman(n, s)
    return side === 'lower' ? 1 - upper : upper
  }
  const b = 1 / n
  const x = ((6 * (s - 1) * b) / (n * n - 1) - 1) * Math.sqrt(n - 1)
  const y = x * x
  const inner = 0.0072 - 0.0831 * b + y * b * (0.0131 - 0.00046 * y)
  const middle = 0.0879 + 0.0151 * b - y * inner
  const outer = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * middle
  const series = (x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * outer)) / Math.exp(y / 2)
  const { lower, upper } = tailsAt(normal(), x)
  return Math.min(1, Math.max(0, side === 'lower' ? lower - series : upper + series))
}

/**
 * Spearman's rank correlation; the statistic is the sum of squared rank differences that the correlation amounts to.
 * Without ties the p-value is exact to 9 pairs and a series to 1,290; otherwise Student's t. Agrees with R's cor.test.
 * NaN where a series is constant. Throws SAMPLES_UNEQUAL, SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function spearman(
  x: Float64Array,
  y: Float64Array,
  { alternative = 'two-sided', exact = true }: Omit<RankCorrelationOptions, 'correct'> = {},
): RankCorrelation {
  checkPaired(x, y)
  checkSample(x, 2)
  checkSample(y, 2)
  const [first, second] = [rankValues(x), rankValues(y)]
  const n = x.length
  const estimate = correlate(first.ranks, second.ranks)
  const cubes = n ** 3 - n
  const statistic = (cubes * (1 - estimate)) / 6
  const isTied = first.ties.length + second.ties.length > 0
  if (exact && !isTied && n <= 1290) {
    const s = Math.round(statistic)
    const less = () => spearmanTail(n, s - 1, 'upper')
    const greater = () => spearmanTail(n, s + 2, 'lower')
    // A large sum of squares is a negative correlation.
    const p = {
      less,
      greater,
      'two-sided': () => Math.min(1, 2 * (s > cubes / 6 ? less() : greater())),
    }[alternative]()
    return { statistic, p, estimate, method: n <= 9 ? 'exact' : 'series' }
  }
  const t = estimate / Math.sqrt(((1 - estimate) * (1 + estimate)) / (n - 2))
  return { statistic, p: symmetricP(tailsAt(studentT(n - 2), t), alternative), estimate, method: 'asymptotic' }
}

/** Share of the n! orders with at most so many inversions, and with at least so many. */
function inversionTails(n: number, inversions: number): { lower: number; upper: number } {
  let shares = Float64Array.of(1)
  for (let k = 2; k <= n; k++) {
    const next = new Float64Array(shares.length + k - 1)
    for (let at = 0; at < next.length; at++) {
      let sum = 0
      for (let back = Math.max(0, at - shares.length + 1); back < k && back <= at; back++)
        sum += shares[at - back] as number
      next[at] = sum / k
    }
    shares = next
  }
  return {
    lower: Math.min(1, exactSum(shares.subarray(0, inversions + 1))),
    upper: Math.min(1, exactSum(shares.subarray(inversions))),
  }
}

/**
 * Kendall's tau-b. Without ties and below 50 pairs it counts all orders and the statistic is the number of concordant
 * pairs; otherwise it is z with the variance for ties. Agrees with R's cor.test. NaN where a series is constant. Throws
 * SAMPLES_UNEQUAL, SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE.
 */
export function kendall(
  x: Float64Array,
  y: Float64Array,
  { alternative = 'two-sided', exact = x.length < 50, correct = false }: RankCorrelationOptions = {},
): RankCorrelation {
  checkPaired(x, y)
  checkSample(x, 2)
  checkSample(y, 2)
  const n = x.length
  const tiesX = rankValues(x).ties
  const tiesY = rankValues(y).ties
  let score = 0
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      score += Math.sign((x[i] as number) - (x[j] as number)) * Math.sign((y[i] as number) - (y[j] as number))
    }
  }
  const total = (ties: readonly number[], f: (size: number) => number) => ties.reduce((sum, size) => sum + f(size), 0)
  const pairs = (n * (n - 1)) / 2
  const within = (size: number) => (size * (size - 1)) / 2
  const estimate = score / (Math.sqrt(pairs - total(tiesX, within)) * Math.sqrt(pairs - total(tiesY, within)))
  if (exact && tiesX.length + tiesY.length === 0) {
    const statistic = Math.round((score + pairs) / 2)
    return { statistic, p: symmetricP(inversionTails(n, statistic), alternative), estimate, method: 'exact' }
  }
  const spread = (size: number) => size * (size - 1) * (2 * size + 5)
  const two = (size: number) => size * (size - 1)
  const three = (size: number) => size * (size - 1) * (size - 2)
  const variance =
    (spread(n) - total(tiesX, spread) - total(tiesY, spread)) / 18 +
    (total(tiesX, two) * total(tiesY, two)) / (2 * n * (n - 1)) +
    (n > 2 ? (total(tiesX, three) * total(tiesY, three)) / (9 * three(n)) : 0)
  const shifted = correct ? Math.sign(score) * (Math.abs(score) - 1) : score
  const statistic = shifted / Math.sqrt(variance)
  return { statistic, p: symmetricP(tailsAt(normal(), statistic), alternative), estimate, method: 'asymptotic' }
}
