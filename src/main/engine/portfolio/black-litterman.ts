import { ParleyError } from '#shared/lib/error.ts'
import { dot, type Matrix, multiplyVector, solve } from './matrix.ts'

/** An opinion: the portfolio `assets` (a coefficient an asset) is expected to return `value`. */
export interface View {
  readonly assets: Float64Array
  readonly value: number
  /** How sure it is, above 0 to 1; without it the view is as uncertain as the prior (He and Litterman). */
  readonly confidence?: number
}

export interface Posterior {
  readonly expected: Float64Array
  readonly covariances: Matrix
}

/** Expected excess returns that would make the market's weights optimal: riskAversion x covariances x weights. */
export function impliedReturns(covariances: Matrix, marketWeights: Float64Array, riskAversion: number): Float64Array {
  return multiplyVector(covariances, marketWeights).map((value) => riskAversion * value)
}

/**
 * Blends a prior with views (Black and Litterman 1992). A view of confidence c has variance tau v (1 - c) / c for a
 * portfolio of variance v (Idzorek). Throws VIEW_CONFIDENCE_INVALID.
 */
export function blackLitterman(
  prior: Float64Array,
  covariances: Matrix,
  views: readonly View[],
  tau = 0.05,
): Posterior {
  if (views.length === 0) {
    return { expected: prior.slice(), covariances: covariances.map((row) => row.map((value) => (1 + tau) * value)) }
  }
  // tau C P', one row a view.
  const reach = views.map((view) => multiplyVector(covariances, view.assets).map((value) => tau * value))
  const system = views.map((view, i) =>
    Float64Array.from(reach, (row, j) => {
      const shared = dot(view.assets, row)
      if (i !== j) return shared
      const { confidence } = view
      if (confidence !== undefined && !(confidence > 0 && confidence <= 1)) {
        throw new ParleyError(
          'VIEW_CONFIDENCE_INVALID',
          `A confidence must be above 0 and at most 1, not ${confidence}.`,
        )
      }
      return shared + (confidence === undefined ? shared : (shared * (1 - confidence)) / confidence)
    }),
  )
  const surprise = views.map((view) => Float64Array.of(view.value - dot(view.assets, prior)))
  const pull = solve(system, surprise)
  const expected = prior.map((value, asset) =>
    reach.reduce((sum, row, k) => sum + (row[asset] as number) * (pull[k]?.[0] as number), value),
  )
  // C + tau C - tau C P' (P tau C P' + Omega)^-1 P tau C
  const certainty = solve(system, reach)
  const updated = covariances.map((row, i) =>
    row.map((value, j) =>
      reach.reduce((sum, own, k) => sum - (own[i] as number) * (certainty[k]?.[j] as number), (1 + tau) * value),
    ),
  )
  return { expected, covariances: updated }
}
