import { mean } from '#shared/lib/statistics.ts'
import { usualConfidence } from './confidence-levels.ts'
import { covarianceMatrix, dot, type Matrix, multiplyVector, portfolioVariance } from './matrix.ts'
import { normalDensity, normalQuantile } from './statistics.ts'
import { portfolioReturns } from './stress.ts'
import { cornishFisherQuantile, tailExpectation } from './value-at-risk.ts'

/** A portfolio's risk and what each asset adds to it: the parts add up to the whole. */
export interface ComponentRisk {
  readonly total: number
  readonly parts: Float64Array
  /** Each part as a share of the whole; they add up to 1. */
  readonly shares: Float64Array
}

/** Value at risk and expected shortfall of a bar, split by asset. */
export interface ComponentTail {
  readonly valueAtRisk: ComponentRisk
  readonly expectedShortfall: ComponentRisk
}

function split(weights: Float64Array, gradient: Float64Array): ComponentRisk {
  const parts = weights.map((weight, asset) => weight * (gradient[asset] as number))
  const total = parts.reduce((sum, part) => sum + part, 0)
  return { total, parts, shares: parts.map((part) => part / total) }
}

/** Volatility split by asset; a part divided by its weight is the asset's marginal volatility. */
export function componentVolatility(weights: Float64Array, covariances: Matrix): ComponentRisk {
  const volatility = Math.sqrt(portfolioVariance(weights, covariances))
  return split(
    weights,
    multiplyVector(covariances, weights).map((pull) => pull / volatility),
  )
}

/**
 * Splits the tail of a portfolio of fixed weights by Euler's rule (Boudt, Peterson and Croux 2008); returns are one
 * array an asset. Variance has divisor n - 1 and the higher moments n, as in PerformanceAnalytics. A confidence is
 * above 0.5 and below 1.
 */
export function componentTail(
  returns: readonly Float64Array[],
  weights: Float64Array,
  confidence = usualConfidence,
  method: 'normal' | 'cornish-fisher' = 'normal',
): ComponentTail {
  const tail = 1 - confidence
  const means = Float64Array.from(returns, mean)
  const covariances = covarianceMatrix(returns)
  const pull = multiplyVector(covariances, weights)
  const variance = dot(weights, pull)
  const deviation = Math.sqrt(variance)
  const z = normalQuantile(tail)
  if (method === 'normal') {
    const reach = normalDensity(z) / tail
    const slope = (factor: number) =>
      pull.map((value, asset) => (factor * value) / deviation - (means[asset] as number))
    return { valueAtRisk: split(weights, slope(-z)), expectedShortfall: split(weights, slope(reach)) }
  }

  const centred = returns.map((series, asset) => series.map((value) => value - (means[asset] as number)))
  const path = portfolioReturns(centred, weights)
  const third = mean(path.map((value) => value ** 3))
  const fourth = mean(path.map((value) => value ** 4))
  const skew = third / deviation ** 3
  const kurtosis = fourth / variance ** 2 - 3
  const h = cornishFisherQuantile(tail, skew, kurtosis)
  const density = normalDensity(h)
  const expectation = tailExpectation(h, skew, kurtosis)
  // Slopes of h and of the tail's expectation in skewness, kurtosis and h.
  const hSkew = (z * z - 1) / 6 - ((2 * z ** 3 - 5 * z) * skew) / 18
  const hKurtosis = (z ** 3 - 3 * z) / 24
  const atSkew = (tailExpectation(h, 1, 0) - tailExpectation(h, -1, 0)) / 2
  const atSquare = (tailExpectation(h, 1, 0) + tailExpectation(h, -1, 0)) / 2 - density
  const atKurtosis = tailExpectation(h, 0, 1) - density
  const atH =
    density *
    (-h +
      ((-(h ** 5) + 6 * h ** 3 - 3 * h) * kurtosis) / 24 +
      ((-(h ** 4) + 3 * h * h) * skew) / 6 +
      ((-(h ** 7) + 15 * h ** 5 - 45 * h ** 3 + 15 * h) * skew * skew) / 72)

  const valueSlope = new Float64Array(weights.length)
  const shortfallSlope = new Float64Array(weights.length)
  const operational = -expectation / tail > h
  for (const [asset, series] of centred.entries()) {
    const varianceSlope = 2 * (pull[asset] as number)
    const deviationSlope = (pull[asset] as number) / deviation
    const thirdSlope = 3 * mean(series.map((value, t) => value * (path[t] as number) ** 2))
    const fourthSlope = 4 * mean(series.map((value, t) => value * (path[t] as number) ** 3))
    const skewSlope = thirdSlope / deviation ** 3 - (1.5 * third * varianceSlope) / (deviation ** 3 * variance)
    const kurtosisSlope = fourthSlope / variance ** 2 - (2 * fourth * varianceSlope) / variance ** 3
    const hSlope = hSkew * skewSlope + hKurtosis * kurtosisSlope
    const own = -(means[asset] as number)
    valueSlope[asset] = own - deviationSlope * h - deviation * hSlope
    const expectationSlope = atH * hSlope + (atSkew + 2 * atSquare * skew) * skewSlope + atKurtosis * kurtosisSlope
    shortfallSlope[asset] = own + (deviationSlope * expectation + deviation * expectationSlope) / tail
  }
  return {
    valueAtRisk: split(weights, valueSlope),
    expectedShortfall: split(weights, operational ? valueSlope : shortfallSlope),
  }
}
