import { mean } from '#shared/lib/statistics.ts'
import { blackLitterman, impliedReturns } from './black-litterman.ts'
import { allocateConstrained } from './constrained-allocation.ts'
import { shrinkToConstantCorrelation } from './estimates.ts'
import { correlationMatrix, dot, type Matrix, portfolioVariance } from './matrix.ts'
import { riskParityWeights } from './risk-parity.ts'
import { deviation } from './statistics.ts'

/** How a market of some assets moves a bar. */
export interface MarketModel {
  readonly covariances: Matrix
  /** What the assets are expected to return, before anybody has a view. */
  readonly prior: Float64Array
  /** The volatility of all of the bars over that of the last ones, at most 1: below 1 in a nervous market. */
  readonly calm: Float64Array
}

/** The volatility of now is that of so many bars. */
const recentBars = 60

/** A mean shrunk towards zero by how little it stands out of its noise: t^2 / (1 + t^2), as James and Stein shrink. */
function shrunkMean(returns: Float64Array): number {
  const average = mean(returns)
  const t = (average / deviation(returns)) * Math.sqrt(returns.length)
  return (average * t * t) / (1 + t * t)
}

/**
 * Reads a market off returns (one array an asset, the same bars, at least two). Covariances are the volatilities of the last 60 bars
 * with the correlations of all of them (shrunk after Ledoit and Wolf 2003). The prior is an equilibrium: the returns that
 * would make the risk parity portfolio of the assets optimal, at the price of risk that this portfolio was paid over the
 * bars, shrunk. Of one asset alone it is its own shrunk mean. Undefined where an asset does not move.
 */
export function readMarketModel(returns: readonly Float64Array[]): MarketModel | undefined {
  const long = returns.map(deviation)
  const recent = returns.map((series) => deviation(series.slice(-recentBars)))
  if (returns.length === 0 || ![...long, ...recent].every((value) => value > 0)) return undefined
  const correlations =
    returns.length === 1 ? [Float64Array.of(1)] : correlationMatrix(shrinkToConstantCorrelation(returns).covariances)
  const covariances = correlations.map((row, i) =>
    row.map((value, j) => value * (recent[i] as number) * (recent[j] as number)),
  )
  const market = riskParityWeights(covariances)
  const series = (returns[0] as Float64Array).map((_, bar) =>
    returns.reduce((sum, own, asset) => sum + (market[asset] as number) * (own[bar] as number), 0),
  )
  const priceOfRisk = shrunkMean(series) / portfolioVariance(market, covariances)
  return {
    covariances,
    prior: impliedReturns(covariances, market, priceOfRisk),
    calm: Float64Array.from(returns, (_, asset) => Math.min(1, (long[asset] as number) / (recent[asset] as number))),
  }
}

/** What is asked about a book: weights are shares of the equity, the rest is cash; returns and covariances over one horizon. */
export interface BookQuestion {
  readonly current: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  /** Share of the equity that is tied up in what is not asked about. */
  readonly elsewhere: number
  /** What trading a unit of weight costs, an asset. */
  readonly costs: Float64Array
  readonly covariances: Matrix
  readonly prior: Float64Array
  /** How much more than the prior an asset is expected to return, with a confidence from 0 to 1. */
  readonly views: readonly { readonly asset: number; readonly move: number; readonly confidence: number }[]
  /** Above 0; 2 is half of Kelly's share. */
  readonly riskAversion: number
  /** Largest share of the equity that may change hands: half of all changes of weight, that of cash included. */
  readonly maxTurnover?: number
}

export interface BookTarget {
  readonly weights: Float64Array
  /** What the assets are expected to return with the views. */
  readonly expected: Float64Array
  /** What other weights would be worth more than the present ones, the costs of the way there paid: a certain return. */
  readonly gain: (weights: Float64Array) => number
}

/** No view is worth nothing at all: the arithmetic divides by its confidence. */
const leastConfidence = 1e-3

/**
 * The weights a book should have beside cash: mean-variance with costs, within bounds, of the prior blended with views by
 * Black and Litterman. A view is a tilt of the prior (Meucci 2010), and the prior's errors are taken to be independent, so that a
 * view moves what it is about and nothing else: a more confident view up of an asset never lowers its weight, whatever
 * limits there are. That assets move together counts in the risk. Throws PORTFOLIO_INFEASIBLE, naming what cannot be met.
 */
export function bookTarget(question: BookQuestion): BookTarget {
  const { current, lower, upper, elsewhere, costs, covariances, prior, views, riskAversion, maxTurnover } = question
  const n = current.length
  const { expected } = blackLitterman(
    prior,
    covariances.map((row, i) => row.map((value, j) => (i === j ? value : 0))),
    views.map(({ asset, move, confidence }) => ({
      assets: Float64Array.from({ length: n }, (_, k) => (k === asset ? 1 : 0)),
      value: (prior[asset] as number) + move,
      confidence: Math.min(1, Math.max(leastConfidence, confidence)),
    })),
  )
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const withCash = (values: Float64Array, cash: number) => Float64Array.of(...values, cash)
  const shorts = -sum(lower.map((value) => Math.min(0, value)))
  const solved = allocateConstrained({
    expected: withCash(expected, 0),
    covariances: [...covariances.map((row) => withCash(row, 0)), new Float64Array(n + 1)],
    riskAversion,
    bounds: { lower: withCash(lower, elsewhere), upper: withCash(upper, 1 + shorts) },
    current: withCash(current, 1 - sum(current)),
    costs: withCash(costs, 0),
    ...(maxTurnover !== undefined && { maxTurnover: 2 * maxTurnover }),
  })
  // The solver may leave a bound by a rounding error.
  const weights = lower.map((low, asset) => Math.max(low, Math.min(upper[asset] as number, solved[asset] as number)))
  const utility = (of: Float64Array) => dot(of, expected) - (riskAversion / 2) * portfolioVariance(of, covariances)
  return {
    weights,
    expected,
    gain: (to) =>
      utility(to) -
      utility(current) -
      to.reduce(
        (paid, weight, asset) => paid + (costs[asset] as number) * Math.abs(weight - (current[asset] as number)),
        0,
      ),
  }
}

/** A trade of one asset while all others stay as they are. */
export interface AssetTrade {
  /** The weight that is worth the most, within the bounds. */
  readonly best: number
  /** What a weight is worth more than the present one, costs paid; beyond a bound each step costs at least what the last one within it brought. */
  readonly gain: (weight: number) => number
}

/** What trading one asset can bring a book: exact, since the worth is a parabola on either side of the present weight. */
export function tradeOf(asset: number, question: BookQuestion, { expected, gain }: BookTarget): AssetTrade {
  const { current, lower, upper, costs, covariances, riskAversion } = question
  const own = current[asset] as number
  const variance = covariances[asset]?.[asset] as number
  const cost = costs[asset] as number
  const others = dot(covariances[asset] as Float64Array, current) - variance * own
  const clamped = (weight: number) => Math.max(lower[asset] as number, Math.min(upper[asset] as number, weight))
  const peak = (paid: number) =>
    clamped(((expected[asset] as number) - paid - riskAversion * others) / (riskAversion * variance))
  const at = (weight: number) => gain(current.with(asset, weight))
  const worth = (weight: number) => Math.min(at(weight), at(2 * clamped(weight) - weight))
  const from = worth(own)
  const best = [peak(cost), peak(-cost)].reduce(
    (found, weight) => (worth(weight) > worth(found) ? weight : found),
    clamped(own),
  )
  return { best, gain: (weight) => worth(weight) - from }
}
