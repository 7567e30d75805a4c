import { ParleyError } from '#shared/lib/error.ts'
import { normal } from './distributions.ts'
import { checkSample, exactSum } from './sample.ts'
import type { TestResult } from './test-result.ts'

const most = 5000

/** A polynomial's value; coefficients from the constant up. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0)
}

/** Weights of the upper half of the ordered values, the largest first (Royston 1992, 1995). */
function weights(n: number): Float64Array {
  if (n === 3) return Float64Array.of(Math.SQRT1_2)
  const scores = Float64Array.from({ length: n >> 1 }, (_, k) => normal().upperQuantile((k + 0.625) / (n + 0.25)))
  const squares = 2 * exactSum(scores.map((score) => score * score))
  const root = 1 / Math.sqrt(n)
  const [first = 0, second = 0] = scores
  const a1 = polynomial(root, [0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056]) + first / Math.sqrt(squares)
  if (n <= 5) {
    const scale = Math.sqrt((squares - 2 * first ** 2) / (1 - 2 * a1 ** 2))
    return scores.map((score, k) => (k === 0 ? a1 : score / scale))
  }
  const a2 = polynomial(root, [0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633]) + second / Math.sqrt(squares)
  const scale = Math.sqrt((squares - 2 * first ** 2 - 2 * second ** 2) / (1 - 2 * a1 ** 2 - 2 * a2 ** 2))
  return scores.map((score, k) => (k === 0 ? a1 : k === 1 ? a2 : score / scale))
}

/**
 * The Shapiro-Wilk test of normality for 3 to 5,000 values, by AS R94 (Royston 1995), as R's shapiro.test. Throws
 * SAMPLE_TOO_SMALL, SAMPLE_TOO_LARGE, SAMPLE_NOT_FINITE, SAMPLE_CONSTANT.
 */
export function shapiroWilk(values: Float64Array): TestResult {
  checkSample(values, 3)
  const n = values.length
  if (n > most) {
    throw new ParleyError('SAMPLE_TOO_LARGE', `The Shapiro-Wilk test is made for up to ${most} values, not ${n}.`, {
      wayOut: 'Take a random part of them.',
    })
  }
  const sorted = values.toSorted()
  const middle = sorted[n >> 1] as number
  const range = (sorted[n - 1] as number) - (sorted[0] as number)
  if (range === 0) throw new ParleyError('SAMPLE_CONSTANT', 'All values are equal, so they have no shape to test.')
  const scaled = sorted.map((value) => (value - middle) / range)
  const half = weights(n)
  const a = Float64Array.from({ length: n }, (_, k) => {
    const mirrored = n - 1 - k
    if (k === mirrored) return 0
    return k > mirrored ? (half[mirrored] as number) : -(half[k] as number)
  })
  const mean = exactSum(scaled) / n
  const weightSquares = exactSum(a.map((weight) => weight * weight))
  const squares = exactSum(scaled.map((value) => (value - mean) ** 2))
  const products = exactSum(scaled.map((value, k) => (a[k] as number) * (value - mean)))
  // 1 - W by itself: W is near 1 for large samples.
  const root = Math.sqrt(weightSquares * squares)
  const lack = ((root - products) * (root + products)) / (weightSquares * squares)
  const statistic = 1 - lack
  if (n === 3) {
    const p = (6 / Math.PI) * (Math.asin(Math.sqrt(statistic)) - Math.asin(Math.sqrt(0.75)))
    return { statistic, p: Math.max(0, p) }
  }
  const y = Math.log(lack)
  const logN = Math.log(n)
  if (n <= 11) {
    const limit = polynomial(n, [-2.273, 0.459])
    if (y >= limit) return { statistic, p: 1e-99 }
    const mean = polynomial(n, [0.544, -0.39978, 0.025054, -6.714e-4])
    const deviation = Math.exp(polynomial(n, [1.3822, -0.77857, 0.062767, -0.0020322]))
    return { statistic, p: normal(mean, deviation).upper(-Math.log(limit - y)) }
  }
  const centre = polynomial(logN, [-1.5861, -0.31082, -0.083751, 0.0038915])
  const deviation = Math.exp(polynomial(logN, [-0.4803, -0.082676, 0.0030302]))
  return { statistic, p: normal(centre, deviation).upper(y) }
}
