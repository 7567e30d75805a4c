import { ParleyError } from '#shared/lib/error.ts'
import { mean } from '#shared/lib/statistics.ts'
import { usualConfidence } from './confidence-levels.ts'
import {
  centralMoment,
  excessKurtosis,
  normalCdf,
  normalDensity,
  normalQuantile,
  quantile,
  quantileOfSorted,
  skewness,
} from './statistics.ts'

/**
 * How the tail is estimated: from the returns themselves; from a normal distribution; or from one corrected for
 * skewness and kurtosis (Cornish-Fisher).
 */
export type TailMethod = 'historical' | 'normal' | 'cornish-fisher'

function checkConfidence(confidence: number): void {
  if (confidence > 0.5 && confidence < 1) return
  throw new ParleyError('CONFIDENCE_INVALID', `A confidence must be above 0.5 and below 1, not ${confidence}.`, {
    wayOut: 'Give 0.95 or 0.99, say.',
  })
}

/** The standard normal quantile corrected for skewness and excess kurtosis (Cornish and Fisher 1938). */
export function cornishFisherQuantile(probability: number, skew: number, kurtosis: number): number {
  const z = normalQuantile(probability)
  return z + ((z * z - 1) * skew) / 6 + ((z ** 3 - 3 * z) * kurtosis) / 24 - ((2 * z ** 3 - 5 * z) * skew * skew) / 36
}

/**
 * Value at risk of a bar: the loss, as a fraction, that is exceeded with probability 1 - confidence; positive for a
 * loss, negative where even that return is a gain. NaN for no returns. The normal and Cornish-Fisher methods use
 * moments with divisor n, the historical one R's type 7 quantile, as PerformanceAnalytics does. Throws
 * CONFIDENCE_INVALID.
 */
export function valueAtRisk(
  returns: Float64Array,
  confidence = usualConfidence,
  method: TailMethod = 'historical',
): number {
  checkConfidence(confidence)
  const tail = 1 - confidence
  if (method === 'historical') return -quantile(returns, tail)
  const z =
    method === 'normal' ? normalQuantile(tail) : cornishFisherQuantile(tail, skewness(returns), excessKurtosis(returns))
  return -mean(returns) - z * Math.sqrt(centralMoment(returns, 2))
}

/** Both historical measures of a bar, for the price of one; see valueAtRisk and expectedShortfall. Throws CONFIDENCE_INVALID. */
export function historicalTail(
  returns: Float64Array,
  confidence: number,
): { readonly valueAtRisk: number; readonly expectedShortfall: number } {
  checkConfidence(confidence)
  const sorted = returns.slice().sort()
  const edge = quantileOfSorted(sorted, 1 - confidence)
  let beyond = 0
  let sum = 0
  for (; beyond < sorted.length && (sorted[beyond] as number) < edge; beyond++) sum += sorted[beyond] as number
  return { valueAtRisk: -edge, expectedShortfall: beyond === 0 ? -edge : -sum / beyond }
}

/** Integral of x^power times the normal density, as Boudt, Peterson and Croux (2008) write it. */
function tailPower(power: number, h: number): number {
  const even = power % 2 === 0
  let sum = even ? normalDensity(h) : -normalCdf(h)
  let product = 1
  for (let k = even ? 2 : 1; k <= power; k += 2) {
    product *= k
    sum += (h ** k / product) * normalDensity(h)
  }
  return product * sum
}

/**
 * Expected shortfall (conditional value at risk) of a bar: the mean loss beyond the value at risk, positive for a
 * loss. Cornish-Fisher after Boudt, Peterson and Croux (2008), never below that method's value at risk. Where a
 * historical tail is empty it is the value at risk itself. Throws CONFIDENCE_INVALID.
 */
export function expectedShortfall(
  returns: Float64Array,
  confidence = usualConfidence,
  method: TailMethod = 'historical',
): number {
  checkConfidence(confidence)
  const tail = 1 - confidence
  if (method === 'historical') return historicalTail(returns, confidence).expectedShortfall
  const spread = Math.sqrt(centralMoment(returns, 2))
  if (method === 'normal') return -mean(returns) + (spread * normalDensity(normalQuantile(tail))) / tail
  const skew = skewness(returns)
  const kurtosis = excessKurtosis(returns)
  const h = cornishFisherQuantile(tail, skew, kurtosis)
  return -mean(returns) - spread * Math.min(-tailExpectation(h, skew, kurtosis) / tail, h)
}

/** Edgeworth expansion of the (negated) expectation of a standardised return below h. */
export function tailExpectation(h: number, skew: number, kurtosis: number): number {
  const density = normalDensity(h)
  return (
    density +
    ((tailPower(4, h) - 6 * tailPower(2, h) + 3 * density) * kurtosis) / 24 +
    ((tailPower(3, h) - 3 * tailPower(1, h)) * skew) / 6 +
    ((tailPower(6, h) - 15 * tailPower(4, h) + 45 * tailPower(2, h) - 15 * density) * skew * skew) / 72
  )
}
