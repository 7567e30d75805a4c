import { studentT } from './distributions.ts'
import { checkPaired, checkSample, checkSpread, moments } from './sample.ts'
import { halfWidths, type Interval, symmetricP, type TestOptions, type TestResult, tailsAt } from './test-result.ts'

/** A t test's result. */
export interface TTest extends TestResult {
  /** Degrees of freedom. */
  readonly df: number
  /** Of the mean, the difference of means, or the mean difference. */
  readonly interval: Interval
  /** The mean, both means, or the mean difference. */
  readonly estimates: readonly number[]
}

/** Options of a t test. */
export interface TTestOptions extends TestOptions {
  /** The mean, or difference of means, under the null hypothesis; default 0. */
  readonly mu?: number
}

function finish(
  difference: number,
  error: number,
  df: number,
  estimates: readonly number[],
  { alternative = 'two-sided', confidence = 0.95, mu = 0 }: TTestOptions,
): TTest {
  const t = studentT(df)
  const statistic = (difference - mu) / error
  const [below, above] = halfWidths(t, alternative, confidence)
  return {
    statistic,
    p: symmetricP(tailsAt(t, statistic), alternative),
    df,
    interval: [difference + below * error, difference + above * error],
    estimates,
  }
}

/** Student's t test of a mean against mu. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE, SAMPLE_CONSTANT. */
export function oneSampleT(x: Float64Array, options: TTestOptions = {}): TTest {
  checkSample(x, 2)
  const { count, mean, variance } = moments(x)
  const error = Math.sqrt(variance / count)
  checkSpread(error, mean)
  return finish(mean, error, count - 1, [mean], options)
}

/** Student's t test of the differences x - y. Throws also SAMPLES_UNEQUAL. */
export function pairedT(x: Float64Array, y: Float64Array, options: TTestOptions = {}): TTest {
  checkPaired(x, y)
  return oneSampleT(
    x.map((value, k) => value - (y[k] as number)),
    options,
  )
}

/**
 * Welch's t test of two means whose variances may differ (Welch 1947), the one to take where nothing is known of them.
 * Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE, SAMPLE_CONSTANT.
 */
export function welchT(x: Float64Array, y: Float64Array, options: TTestOptions = {}): TTest {
  checkSample(x, 2)
  checkSample(y, 2)
  const [a, b] = [moments(x), moments(y)]
  const [partA, partB] = [a.variance / a.count, b.variance / b.count]
  const error = Math.sqrt(partA + partB)
  checkSpread(error, a.mean, b.mean)
  const df = (partA + partB) ** 2 / (partA ** 2 / (a.count - 1) + partB ** 2 / (b.count - 1))
  return finish(a.mean - b.mean + (a.rest - b.rest), error, df, [a.mean, b.mean], options)
}

/**
 * Student's t test of two means with one common variance; one of the samples may hold a single value. Throws
 * SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE, SAMPLE_CONSTANT.
 */
export function studentTwoSampleT(x: Float64Array, y: Float64Array, options: TTestOptions = {}): TTest {
  checkSample(x, y.length > 1 ? 1 : 2)
  checkSample(y, 1)
  const [a, b] = [moments(x), moments(y)]
  const df = a.count + b.count - 2
  const error = Math.sqrt(((a.squares + b.squares) / df) * (1 / a.count + 1 / b.count))
  checkSpread(error, a.mean, b.mean)
  return finish(a.mean - b.mean + (a.rest - b.rest), error, df, [a.mean, b.mean], options)
}
