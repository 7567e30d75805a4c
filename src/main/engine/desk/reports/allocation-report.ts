import { type Corner, portfolioAtReturn } from '#engine/portfolio/critical-line.ts'
import { dot, portfolioVariance } from '#engine/portfolio/matrix.ts'
import { riskShares } from '#engine/portfolio/risk-parity.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import { walletOf } from '#engine/trading/positions/book.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type {
  CountedView,
  PortfolioPoint,
  PortfolioQuestion,
  PortfolioReport,
} from '#shared/domain/portfolio-report.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import { toNumber, ZERO } from '#shared/lib/decimal.ts'
import { errorCode } from '#shared/lib/error.ts'
import { portfolioOf, readUniverse } from './book-portfolio.ts'
import { type HeldPosition, heldBook, type ReportParts } from './held-book.ts'
import { perpetualsReport } from './perpetuals-report.ts'
import { tradeBand, tradesTo } from './suggested-trades.ts'
import {
  type BookAnswer,
  cashBeside,
  frontierCorners,
  hasCash,
  type Past,
  readPast,
  type Suggested,
  suggestInvested,
  suggestWithCash,
  turnoverOf,
} from './suggestion.ts'

const points = 40

/** What the optimiser's suggestions are read off. */
export interface AllocationParts extends ReportParts {
  readonly history: Pick<DeskHistory, 'listViews'>
  readonly profiles: PlanningConfig['profiles']
}

/**
 * What is held, the exact efficient frontier of the feed's instruments (long only, fully invested; mean returns and covariances
 * of the bars, shrunk after Ledoit and Wolf 2003), and the weights that a goal suggests, with the trades to get there in whole
 * lots. It suggests; only decisions trade.
 */
export function allocationReport(parts: AllocationParts, asked: PortfolioQuestion): PortfolioReport {
  const { book, feed, now } = parts
  const { goal } = asked
  const { held: all, equity } = heldBook(parts)
  // A perpetual is a bet on what is there, not a part of it.
  const held = all.filter(({ position }) => !isPerpetual(position.instrument))
  const priced = held.flatMap((each) => (each.worth === null ? [] : [{ ...each, worth: each.worth }]))
  const invested = priced.reduce((total, { worth }) => total + worth, 0)
  const base = hasCash(goal) ? (equity === null ? 0 : Math.max(0, toNumber(equity))) : invested
  const profile = parts.profiles[asked.profile]
  const empty = {
    at: now,
    currency: book.currency,
    equity,
    cash: walletOf(book),
    invested,
    goal,
    weighed: hasCash(goal) ? ('equity' as const) : ('invested' as const),
    cashWeight: hasCash(goal) ? { now: base > 0 ? 1 - invested / base : 1, suggested: null } : null,
    turnover: null,
    riskAversion: hasCash(goal) ? profile.riskAversion : null,
    horizonMs: null,
    views: [],
    without: [],
    basis: null,
    frontier: [],
    here: null,
    suggestion: null,
    shrinkage: null,
    diversification: null,
    trades: [],
    band: tradeBand,
    perpetuals: perpetualsReport(parts),
  }
  const universe = readUniverse(
    feed,
    now,
    held.map(({ position }) => position.instrument),
  )
  const reason = whyNone(universe?.read.shared.instruments ?? [], held, priced, goal)
  if (universe === undefined || reason !== null) {
    return { ...empty, unavailable: reason, holdings: holdingsOf(priced, base, new Map(), null) }
  }
  const past = readPast(universe.read)
  const { covariances, expected, shrunk, read } = past
  const { instruments, times } = read.shared
  const weights = Float64Array.from(instruments, (id) => weightOf(priced, base, id))
  const isInvested = invested > 0
  const suggested = suggest(parts, past, universe, isInvested ? weights : null, asked)
  const target = 'weights' in suggested ? suggested.weights : null
  const answer = 'weights' in suggested ? suggested.book : null
  const pointOf = (of: Float64Array): PortfolioPoint => ({
    risk: Math.sqrt(portfolioVariance(of, covariances)),
    expected: dot(of, expected),
  })
  const volatilities = covariances.map((row, asset) => Math.sqrt(row[asset] as number))
  const isBesideCash = hasCash(goal)
  return {
    ...empty,
    basis: { timeframe: read.timeframe, bars: times.length, from: times[0] as number, to: times.at(-1) as number },
    unavailable: 'unavailable' in suggested ? suggested.unavailable : null,
    without: [...universe.without],
    holdings: holdingsOf(
      [...priced, ...instruments.flatMap((id) => unheld(parts, priced, id))],
      base,
      new Map(target === null ? [] : instruments.map((id, asset) => [id, target[asset] as number])),
      isInvested
        ? new Map(instruments.map((id, asset) => [id, riskShares(weights, covariances)[asset] as number]))
        : null,
    ),
    cashWeight:
      empty.cashWeight === null
        ? null
        : {
            ...empty.cashWeight,
            suggested: target === null ? null : cashBeside(target, answer?.question.elsewhere ?? 0),
          },
    turnover: target === null ? null : turnoverOf(target, weights, isBesideCash),
    horizonMs: answer?.horizonMs ?? null,
    views: answer === null || goal !== 'black-litterman' ? [] : viewsCounted(instruments, answer),
    frontier: instruments.length < 2 ? [] : frontierOf(past, asked).map(pointOf),
    here: isInvested ? pointOf(weights) : null,
    suggestion: target === null ? null : pointOf(target),
    shrinkage: shrunk?.share ?? null,
    diversification: isInvested
      ? weights.reduce((total, weight, asset) => total + weight * (volatilities[asset] as number), 0) /
        pointOf(weights).risk
      : null,
    trades: target === null || !(base > 0) ? [] : tradesTo(parts, base, instruments, weights, target),
  }
}

type Priced = HeldPosition & { readonly worth: number }

/** Why nothing can be weighed; null where something can. */
function whyNone(
  instruments: readonly string[],
  held: readonly HeldPosition[],
  priced: readonly Priced[],
  goal: PortfolioQuestion['goal'],
): string | null {
  const unpriced = held.filter(({ worth }) => worth === null).map(({ position }) => position.instrument)
  if (unpriced.length > 0) return `There is no price for ${unpriced.join(', ')}.`
  if (priced.some(({ worth }) => worth < 0)) return 'A short position is held; the weights here are long only.'
  const lacking = priced.map(({ position }) => position.instrument).filter((id) => !instruments.includes(id))
  if (lacking.length > 0) return `There are too few closed bars of ${lacking.join(', ')}.`
  if (instruments.length === 0) return 'No instrument of this feed has enough closed bars.'
  if (instruments.length === 1 && !hasCash(goal)) {
    return `Only ${instruments[0]} has enough closed bars: this needs two instruments. Beside cash one is enough.`
  }
  return null
}

function suggest(
  parts: AllocationParts,
  past: Past,
  universe: NonNullable<ReturnType<typeof readUniverse>>,
  current: Float64Array | null,
  { goal, profile: name, maximumWeight, maximumTurnover }: PortfolioQuestion,
): Suggested {
  const limits = { maximumWeight, maximumTurnover }
  if (goal !== 'mean-variance' && goal !== 'black-litterman') return suggestInvested(goal, past, current, limits)
  const { maximumPosition, riskAversion } = parts.profiles[name]
  const portfolio = portfolioOf(parts, universe, maximumPosition)
  if (portfolio === null) return { unavailable: 'The equity is unavailable, or something does not move at all.' }
  return suggestWithCash(goal, past, portfolio, { ...limits, riskAversion, now: parts.now })
}

function viewsCounted(instruments: readonly string[], { question, target, views }: BookAnswer): CountedView[] {
  return views.map(({ at, runId, insight: { instrument, direction, magnitude, confidence, horizonMs } }) => {
    const asset = instruments.indexOf(instrument)
    return {
      instrument,
      direction,
      magnitude,
      confidence,
      at,
      until: Math.round(at + horizonMs),
      runId,
      prior: question.prior[asset] as number,
      expected: target.expected[asset] as number,
    }
  })
}

/** Portfolios along the frontier; none where the limits leave none, which the suggestion says. */
function frontierOf(past: Past, asked: PortfolioQuestion): Float64Array[] {
  let corners: readonly Corner[]
  try {
    corners = frontierCorners(past, asked)
  } catch (error) {
    if (errorCode(error) === 'PORTFOLIO_INFEASIBLE' || errorCode(error) === 'MATRIX_SINGULAR') return []
    throw error
  }
  const [top, bottom] = [corners[0], corners.at(-1)]
  if (top === undefined || bottom === undefined) return []
  const [high, low] = [dot(top.weights, past.expected), dot(bottom.weights, past.expected)]
  return Array.from({ length: points }, (_, k) =>
    portfolioAtReturn(corners, past.expected, low + ((high - low) * k) / (points - 1)),
  )
}

function weightOf(priced: readonly Priced[], base: number, id: string): number {
  const worth = priced.find(({ position }) => position.instrument === id)?.worth ?? 0
  return base > 0 ? worth / base : 0
}

/** An instrument that is not held, as one of which nothing is held. */
function unheld({ feed, now }: AllocationParts, priced: readonly Priced[], id: string): Priced[] {
  const quote = feed.quote(id)
  if (quote === undefined || priced.some(({ position }) => position.instrument === id)) return []
  const position = { instrument: id, quantity: ZERO, averagePrice: null, realised: ZERO, fees: ZERO, updatedAt: now }
  return [{ position, mark: quote.last, markedAt: quote.at, worth: 0, runId: null }]
}

function holdingsOf(
  priced: readonly Priced[],
  base: number,
  suggested: ReadonlyMap<string, number>,
  shares: ReadonlyMap<string, number> | null,
): PortfolioReport['holdings'] {
  return priced
    .map(({ position: { instrument, quantity }, markedAt, worth, runId }) => ({
      instrument,
      quantity,
      markedAt: markedAt ?? 0,
      worth,
      weight: base > 0 ? worth / base : 0,
      riskShare: shares?.get(instrument) ?? null,
      suggested: suggested.get(instrument) ?? 0,
      runId,
    }))
    .sort((a, b) => b.worth - a.worth || (a.instrument < b.instrument ? -1 : 1))
}
