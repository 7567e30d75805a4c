import { roundTripShare } from '#engine/agents/costs.ts'
import { leastTailBars } from '#engine/portfolio/book-tail.ts'
import {
  type Corner,
  cornerPortfolios,
  maxSharpePortfolio,
  portfolioAtReturn,
  uniformBounds,
} from '#engine/portfolio/critical-line.ts'
import { type Shrunk, shrinkToConstantCorrelation } from '#engine/portfolio/estimates.ts'
import { dot, type Matrix, portfolioVariance } from '#engine/portfolio/matrix.ts'
import { riskParityWeights, riskShares } from '#engine/portfolio/risk-parity.ts'
import { mean } from '#engine/portfolio/statistics.ts'
import { walletOf } from '#engine/trading/book.ts'
import { closedBars } from '#engine/trading/closed-bars.ts'
import { type ReadReturns, readReturns } from '#engine/trading/tail-reader.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { PortfolioGoal, PortfolioPoint, PortfolioReport } from '#shared/domain/portfolio-report.ts'
import { absolute, compare, fromNumber, multiply, roundToStep, sign, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { errorCode, errorMessage } from '#shared/lib/error.ts'
import { type HeldPosition, heldBook, type ReportParts } from './held-book.ts'
import { perpetualsReport } from './perpetuals-report.ts'

/** A weight nearer to its target than this is left alone: trading it costs more than it mends. */
const band = 0.02
const points = 40
const mostInstruments = 12
const yearMs = 365.25 * 86_400_000

/** Returns and covariances a year of the instruments that the feed has enough bars of. */
interface Universe {
  readonly read: ReadReturns
  readonly expected: Float64Array
  readonly covariances: Matrix
  readonly shrunk: Shrunk
  readonly corners: readonly Corner[]
}

/**
 * What is held, the exact efficient frontier of the feed's instruments (long only, fully invested; mean returns and covariances
 * of the bars, shrunk after Ledoit and Wolf 2003), and the weights that a goal suggests for what is invested, with the
 * trades to get there in whole lots. It suggests; only decisions trade.
 */
export function allocationReport(parts: ReportParts, goal: PortfolioGoal): PortfolioReport {
  const { book, now } = parts
  const { held: all, equity } = heldBook(parts)
  // A perpetual is a bet on what is there, not a part of it.
  const held = all.filter(({ position }) => !isPerpetual(position.instrument))
  const priced = held.flatMap((each) => (each.worth === null ? [] : [{ ...each, worth: each.worth }]))
  const invested = priced.reduce((total, { worth }) => total + worth, 0)
  const empty = {
    at: now,
    currency: book.currency,
    equity,
    cash: walletOf(book),
    invested,
    goal,
    basis: null,
    frontier: [],
    here: null,
    suggestion: null,
    shrinkage: null,
    diversification: null,
    trades: [],
    band,
    perpetuals: perpetualsReport(parts),
  }
  const universe = readUniverse(parts, priced)
  if (typeof universe === 'string' || priced.length < held.length || priced.some(({ worth }) => worth < 0)) {
    const unavailable = typeof universe === 'string' ? universe : reasonAgainst(held)
    return { ...empty, unavailable, holdings: holdingsOf(priced, invested, new Map(), null) }
  }
  const { read, expected, covariances, shrunk, corners } = universe
  const { instruments, times } = read.shared
  const weights = Float64Array.from(instruments, (id) => weightOf(priced, invested, id))
  const isInvested = invested > 0
  const target = suggest(universe, goal)
  const pointOf = (of: Float64Array): PortfolioPoint => ({
    risk: Math.sqrt(portfolioVariance(of, covariances)),
    expected: dot(of, expected),
  })
  const suggested = new Map(
    typeof target === 'string' ? [] : instruments.map((id, asset) => [id, target[asset] as number]),
  )
  const volatilities = covariances.map((row, asset) => Math.sqrt(row[asset] as number))
  return {
    ...empty,
    basis: { timeframe: read.timeframe, bars: times.length, from: times[0] as number, to: times.at(-1) as number },
    unavailable: typeof target === 'string' ? target : null,
    holdings: holdingsOf(
      [...priced, ...instruments.flatMap((id) => unheld(parts, priced, id))],
      invested,
      suggested,
      isInvested
        ? new Map(instruments.map((id, asset) => [id, riskShares(weights, covariances)[asset] as number]))
        : null,
    ),
    frontier: frontierOf(corners, expected).map(pointOf),
    here: isInvested ? pointOf(weights) : null,
    suggestion: typeof target === 'string' ? null : pointOf(target),
    shrinkage: shrunk.share,
    diversification: isInvested
      ? weights.reduce((sum, weight, asset) => sum + weight * (volatilities[asset] as number), 0) /
        pointOf(weights).risk
      : null,
    trades: typeof target === 'string' || !isInvested ? [] : tradesTo(parts, invested, instruments, weights, target),
  }
}

type Priced = HeldPosition & { readonly worth: number }

function reasonAgainst(held: readonly HeldPosition[]): string {
  const unpriced = held.filter(({ worth }) => worth === null).map(({ position }) => position.instrument)
  return unpriced.length > 0
    ? `There is no price for ${unpriced.join(', ')}.`
    : 'A short position is held; the frontier here is long only.'
}

function readUniverse({ feed, now }: ReportParts, priced: readonly Priced[]): Universe | string {
  const wanted = new Set(priced.map(({ position }) => position.instrument))
  for (const { id } of feed.instruments()) if (wanted.size < mostInstruments && !isPerpetual(id)) wanted.add(id)
  const enough = [...wanted].filter((id) => (closedBars(feed, [id], now).bars.get(id)?.length ?? 0) > leastTailBars)
  const lacking = priced.map(({ position }) => position.instrument).filter((id) => !enough.includes(id))
  if (lacking.length > 0) return `There are fewer than ${leastTailBars} closed bars of ${lacking.join(', ')}.`
  if (enough.length < 2) {
    return `A frontier needs two instruments with ${leastTailBars} closed bars each; this feed has ${enough.length}.`
  }
  const read = readReturns(feed, enough, now)
  const { times, returns } = read.shared
  if (times.length <= leastTailBars) return `The instruments share only ${times.length} closed bars.`
  const perYear = ((times.length - 1) * yearMs) / ((times.at(-1) as number) - (times[0] as number))
  const shrunk = shrinkToConstantCorrelation(returns)
  const covariances = shrunk.covariances.map((row) => row.map((value) => value * perYear))
  const expected = Float64Array.from(returns, (series) => mean(series) * perYear)
  try {
    return {
      read,
      expected,
      covariances,
      shrunk,
      corners: cornerPortfolios(expected, covariances, uniformBounds(enough.length)),
    }
  } catch (error) {
    if (errorCode(error) === 'MATRIX_SINGULAR') return errorMessage(error)
    throw error
  }
}

/** The weights for a goal, or why there are none. */
function suggest({ corners, expected, covariances }: Universe, goal: PortfolioGoal): Float64Array | string {
  switch (goal) {
    case 'risk-parity':
      return riskParityWeights(covariances)
    case 'minimum-variance':
      return (corners.at(-1) as Corner).weights
    case 'maximum-sharpe':
      if (Math.max(...expected) <= 0) return 'Every instrument fell over these bars: no portfolio is expected to gain.'
      return maxSharpePortfolio(corners, expected, covariances, 0)
  }
}

function frontierOf(corners: readonly Corner[], expected: Float64Array): Float64Array[] {
  const [top, bottom] = [corners[0], corners.at(-1)]
  if (top === undefined || bottom === undefined) return []
  const [high, low] = [dot(top.weights, expected), dot(bottom.weights, expected)]
  return Array.from({ length: points }, (_, k) =>
    portfolioAtReturn(corners, expected, low + ((high - low) * k) / (points - 1)),
  )
}

function weightOf(priced: readonly Priced[], invested: number, id: string): number {
  const worth = priced.find(({ position }) => position.instrument === id)?.worth ?? 0
  return invested > 0 ? worth / invested : 0
}

/** An instrument that is not held, as one of which nothing is held. */
function unheld({ feed, now }: ReportParts, priced: readonly Priced[], id: string): Priced[] {
  const quote = feed.quote(id)
  if (quote === undefined || priced.some(({ position }) => position.instrument === id)) return []
  const position = { instrument: id, quantity: ZERO, averagePrice: null, realised: ZERO, fees: ZERO, updatedAt: now }
  return [{ position, mark: quote.last, markedAt: quote.at, worth: 0, runId: null }]
}

function holdingsOf(
  priced: readonly Priced[],
  invested: number,
  suggested: ReadonlyMap<string, number>,
  shares: ReadonlyMap<string, number> | null,
): PortfolioReport['holdings'] {
  return priced
    .map(({ position: { instrument, quantity }, markedAt, worth, runId }) => ({
      instrument,
      quantity,
      markedAt: markedAt ?? 0,
      worth,
      weight: invested > 0 ? worth / invested : 0,
      riskShare: shares?.get(instrument) ?? null,
      suggested: suggested.get(instrument) ?? 0,
      runId,
    }))
    .sort((a, b) => b.worth - a.worth || (a.instrument < b.instrument ? -1 : 1))
}

function tradesTo(
  { feed }: ReportParts,
  invested: number,
  instruments: readonly string[],
  weights: Float64Array,
  target: Float64Array,
): PortfolioReport['trades'] {
  return instruments.flatMap((id, asset): PortfolioReport['trades'] => {
    const gap = (target[asset] as number) - (weights[asset] as number)
    const instrument = feed.instruments().find((each) => each.id === id)
    const quote = feed.quote(id)
    if (Math.abs(gap) < band || instrument === undefined || quote === undefined) return []
    const wanted = fromNumber((gap * invested) / toNumber(quote.last), 12)
    const quantity = roundToStep(absolute(wanted), instrument.quantityStep, 'down')
    const notional = multiply(quantity, quote.last)
    if (sign(quantity) === 0 || compare(notional, instrument.minimumNotional) < 0) return []
    const worth = toNumber(notional)
    return [
      { instrument: id, side: gap > 0 ? 'buy' : 'sell', quantity, worth, cost: (worth * roundTripShare(quote)) / 2 },
    ]
  })
}
