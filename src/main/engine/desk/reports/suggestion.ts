import type { BriefingPortfolio, StandingView } from '#engine/agents/seat.ts'
import { bookQuestion } from '#engine/agents/seats/book-question.ts'
import { percent } from '#engine/agents/wording.ts'
import { type BookQuestion, type BookTarget, bookTarget } from '#engine/portfolio/book-target.ts'
import {
  type Corner,
  cornerPortfolios,
  maxSharpePortfolio,
  uniformBounds,
  type WeightBounds,
} from '#engine/portfolio/critical-line.ts'
import { minimiseCvar } from '#engine/portfolio/cvar-allocation.ts'
import { type Shrunk, shrinkToConstantCorrelation } from '#engine/portfolio/estimates.ts'
import { hierarchicalRiskParity } from '#engine/portfolio/hierarchical-risk-parity.ts'
import { covarianceMatrix, type Matrix } from '#engine/portfolio/matrix.ts'
import { riskParityWeights } from '#engine/portfolio/risk-parity.ts'
import type { ReadReturns } from '#engine/trading/gate/tail-reader.ts'
import type { PortfolioGoal } from '#shared/domain/portfolio-goal.ts'
import { errorCode, errorMessage } from '#shared/lib/error.ts'
import { mean } from '#shared/lib/statistics.ts'

const yearMs = 365.25 * 86_400_000

/** What the past says of some instruments; returns and covariances a year. */
export interface Past {
  readonly read: ReadReturns
  readonly expected: Float64Array
  readonly covariances: Matrix
  /** Null for one instrument. */
  readonly shrunk: Shrunk | null
}

/** Reads the past of instruments that share bars. */
export function readPast(read: ReadReturns): Past {
  const { times, returns } = read.shared
  const perYear = ((times.length - 1) * yearMs) / ((times.at(-1) as number) - (times[0] as number))
  const shrunk = returns.length < 2 ? null : shrinkToConstantCorrelation(returns)
  return {
    read,
    expected: Float64Array.from(returns, (series) => mean(series) * perYear),
    covariances: (shrunk?.covariances ?? covarianceMatrix(returns)).map((row) => row.map((value) => value * perYear)),
    shrunk,
  }
}

/** Limits on a suggestion, as shares; undefined sets none. */
export interface SuggestionLimits {
  readonly maximumWeight?: number | undefined
  readonly maximumTurnover?: number | undefined
}

/** Weights that were found, or why there are none: limits that cannot be met are named and never relaxed. */
export type Suggested =
  | { readonly weights: Float64Array; readonly book: BookAnswer | null }
  | { readonly unavailable: string }

/** What a goal with cash was worked out from. */
export interface BookAnswer {
  readonly question: BookQuestion
  readonly target: BookTarget
  readonly horizonMs: number
  readonly views: readonly StandingView[]
}

/** Goals that weigh the equity and leave a part of it in cash. */
export function hasCash(goal: PortfolioGoal): boolean {
  return goal === 'mean-variance' || goal === 'black-litterman'
}

/** The desk looks so many bars ahead. */
const horizonBars = 24

/** The bounds that a largest weight sets. */
function boundsOf({ read }: Past, { maximumWeight = 1 }: SuggestionLimits): WeightBounds {
  return uniformBounds(read.shared.instruments.length, 0, maximumWeight)
}

/** Corner portfolios of the frontier within a largest weight. Throws PORTFOLIO_INFEASIBLE and MATRIX_SINGULAR. */
export function frontierCorners(past: Past, limits: SuggestionLimits): Corner[] {
  return cornerPortfolios(past.expected, past.covariances, boundsOf(past, limits))
}

/** Weights for a goal over what is invested, from present ones. */
export function suggestInvested(
  goal: Exclude<PortfolioGoal, 'mean-variance' | 'black-litterman'>,
  past: Past,
  current: Float64Array | null,
  limits: SuggestionLimits,
): Suggested {
  const { instruments, returns, times } = past.read.shared
  const bounds = boundsOf(past, limits)
  const find = (): Float64Array | string => {
    switch (goal) {
      case 'risk-parity':
        return riskParityWeights(past.covariances, { bounds })
      case 'hierarchical-risk-parity':
        return hierarchicalRiskParity(past.covariances)
      case 'minimum-variance':
        return (frontierCorners(past, limits).at(-1) as Corner).weights
      case 'least-cvar': {
        const scenarios = times.slice(1).map((_, bar) => Float64Array.from(returns, (series) => series[bar] as number))
        return minimiseCvar(scenarios, bounds).weights
      }
      case 'maximum-sharpe':
        if (Math.max(...past.expected) <= 0)
          return 'Every instrument fell over these bars: no portfolio is expected to gain.'
        return maxSharpePortfolio(frontierCorners(past, limits), past.expected, past.covariances, 0)
    }
  }
  return named(instruments, () => {
    const weights = find()
    if (typeof weights === 'string') return { unavailable: weights }
    const breach = breachOf(weights, current, instruments, limits)
    return breach === null ? { weights, book: null } : { unavailable: breach }
  })
}

/** Weights beside cash: by the views of the desk, or by the means of the past alone. */
export function suggestWithCash(
  goal: 'mean-variance' | 'black-litterman',
  past: Past,
  portfolio: BriefingPortfolio,
  { riskAversion, now, maximumWeight = 1, maximumTurnover }: SuggestionLimits & { riskAversion: number; now: number },
): Suggested {
  const horizonMs = horizonBars * portfolio.barMs
  const views = goal === 'mean-variance' ? [] : portfolio.views
  const asked = bookQuestion(portfolio, views, { now, horizonMs, riskAversion })
  const question: BookQuestion = {
    ...asked,
    ...(goal === 'mean-variance' && {
      prior: Float64Array.from(past.read.shared.returns, (series) => mean(series) * horizonBars),
    }),
    upper: asked.upper.map((value) => Math.min(value, maximumWeight)),
    ...(maximumTurnover !== undefined && { maxTurnover: maximumTurnover }),
  }
  return named(past.read.shared.instruments, () => {
    const target = bookTarget(question)
    return { weights: target.weights, book: { question, target, horizonMs, views } }
  })
}

/** The share of the equity that weights leave in cash; what is smaller than a rounding error is nothing. */
export function cashBeside(weights: Float64Array, elsewhere: number): number {
  const cash = 1 - elsewhere - weights.reduce((sum, weight) => sum + weight, 0)
  return Math.abs(cash) < 1e-9 ? 0 : cash
}

/** Half of all changes of weight, that of the cash included where there is any. */
export function turnoverOf(weights: Float64Array, current: Float64Array, isWithCash = false): number {
  const changes = weights.map((weight, asset) => weight - (current[asset] as number))
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  return (sum(changes.map(Math.abs)) + (isWithCash ? Math.abs(sum(changes)) : 0)) / 2
}

/** Which limit weights that a method cannot bend are beyond; null where they are within all. */
function breachOf(
  weights: Float64Array,
  current: Float64Array | null,
  instruments: readonly string[],
  { maximumWeight = 1, maximumTurnover = 1 }: SuggestionLimits,
): string | null {
  const heaviest = weights.reduce((most, weight, asset) => (weight > (weights[most] as number) ? asset : most), 0)
  const most = weights[heaviest] as number
  if (most > maximumWeight + 1e-6) {
    return `This puts ${percent(most)} into ${instruments[heaviest]}, more than the largest weight of ${percent(maximumWeight)}; its weights cannot be bent.`
  }
  const turnover = current === null ? 0 : turnoverOf(weights, current)
  if (turnover <= maximumTurnover + 1e-6) return null
  return `This has ${percent(turnover)} change hands, more than the limit of ${percent(maximumTurnover)}; it cannot stop on the way.`
}

/** Says of a problem without a solution which limits contradict each other, by the names of the instruments. */
function named(instruments: readonly string[], solve: () => Suggested): Suggested {
  try {
    return solve()
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'PORTFOLIO_INFEASIBLE' && code !== 'MATRIX_SINGULAR') throw error
    return { unavailable: nameAssets(errorMessage(error), instruments) }
  }
}

/** Puts names in the place of the numbers that the mathematics calls assets by; the one after the last is cash. */
function nameAssets(message: string, instruments: readonly string[]): string {
  return message.replaceAll(/\basset (\d+)\b/gi, (_, number: string) => instruments[Number(number)] ?? 'cash')
}
