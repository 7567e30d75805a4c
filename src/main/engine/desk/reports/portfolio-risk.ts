import { bookProfits, type PriceHistory, sharedReturns } from '#engine/portfolio/book-tail.ts'
import { portfolioConfidence } from '#engine/portfolio/confidence-levels.ts'
import { expectedShortfall } from '#engine/portfolio/value-at-risk.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { multiply, sign, toNumber } from '#shared/lib/decimal.ts'

/** What ten days can do to the account, and which position has the greatest part in it. */
export interface PortfolioRisk {
  /** The expected shortfall as a share of the equity. */
  readonly share: number
  /** The share of the equity that each position's worst days cost, by instrument, the greatest first. */
  readonly parts: readonly { readonly instrument: string; readonly share: number }[]
  readonly days: number
}

const confidence = portfolioConfidence
const horizonDays = 10
const leastDays = 60
const mostDays = 400

/**
 * The portfolio's risk: the expected shortfall at 97.5 % over ten days as a share of the equity, which is the measure of the
 * Basel market risk standard (MAR33, 2019). By historical simulation: what today's positions would have made on each of the
 * last days that all of them have, a day's shortfall scaled by the root of ten. Undefined (unavailable) where a price, the
 * equity or sixty common days are missing; 0 where nothing is held.
 */
export function portfolioRisk(book: TradingBook, feed: Feed, nowMs: number): PortfolioRisk | undefined {
  const mark = marksOf(feed)
  const held = [...book.positions.values()].filter(({ quantity }) => sign(quantity) !== 0)
  const worth = equity(book, mark)
  if (worth === undefined || sign(worth) <= 0) return undefined
  if (held.length === 0) return { share: 0, parts: [], days: 0 }
  const shares = new Map<string, number>()
  for (const { instrument, quantity } of held) {
    const last = mark(instrument)
    if (last === undefined) return undefined
    shares.set(instrument, toNumber(multiply(quantity, last)) / toNumber(worth))
  }
  const common = sharedReturns(
    new Map(held.map(({ instrument }) => [instrument, closedDays(feed, instrument, nowMs)] as const)),
  )
  const profits = bookProfits(common, shares)
  if (profits.length < leastDays) return undefined
  const scale = Math.sqrt(horizonDays)
  const worst = [...profits.keys()]
    .sort((a, b) => (profits[a] as number) - (profits[b] as number))
    .slice(0, Math.max(1, Math.floor(profits.length * (1 - confidence))))
  const parts = common.instruments
    .map((instrument, asset) => {
      const returns = common.returns[asset] as Float64Array
      const lost = worst.reduce((sum, day) => sum - (returns[day] as number), 0) / worst.length
      return { instrument, share: lost * (shares.get(instrument) ?? 0) * scale }
    })
    .sort((a, b) => b.share - a.share)
  return { share: Math.max(0, expectedShortfall(profits, confidence)) * scale, parts, days: profits.length }
}

const dayMs = timeframeMs['1d']

/** Closes of the days that have ended. */
function closedDays(feed: Feed, instrument: string, nowMs: number): PriceHistory {
  const closed = feed
    .bars(instrument, '1d', mostDays + 1)
    .filter(({ time, close }) => time + dayMs <= nowMs && close > 0)
  return { times: closed.map(({ time }) => time), closes: closed.map(({ close }) => close) }
}
