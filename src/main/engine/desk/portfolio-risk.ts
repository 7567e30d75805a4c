import { expectedShortfall } from '#engine/portfolio/value-at-risk.ts'
import type { Feed } from '#engine/ports.ts'
import { equity, type TradingBook } from '#engine/trading/book.ts'
import { marksOf } from '#engine/trading/marks.ts'
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

const confidence = 0.975
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
  const positions = held.map(({ instrument, quantity }) => {
    const last = mark(instrument)
    return {
      instrument,
      value: last === undefined ? undefined : toNumber(multiply(quantity, last)) / toNumber(worth),
      returns: dailyReturns(feed, instrument, nowMs),
    }
  })
  const [first, ...others] = positions
  if (first === undefined || positions.some(({ value }) => value === undefined)) return undefined
  const days = [...first.returns.keys()].filter((day) => others.every(({ returns }) => returns.has(day)))
  if (days.length < leastDays) return undefined
  const profits = days.map((day) =>
    positions.reduce((sum, { value = 0, returns }) => sum + value * (returns.get(day) ?? 0), 0),
  )
  const scale = Math.sqrt(horizonDays)
  const share = Math.max(0, expectedShortfall(Float64Array.from(profits), confidence)) * scale
  const worst = days
    .map((day, index) => ({ day, profit: profits[index] ?? 0 }))
    .sort((a, b) => a.profit - b.profit)
    .slice(0, Math.max(1, Math.floor(days.length * (1 - confidence))))
  const parts = positions
    .map(({ instrument, value = 0, returns }) => ({
      instrument,
      share: (-worst.reduce((sum, { day }) => sum + value * (returns.get(day) ?? 0), 0) / worst.length) * scale,
    }))
    .sort((a, b) => b.share - a.share)
  return { share, parts, days: days.length }
}

const dayMs = timeframeMs['1d']

/** Simple returns of closed days, by the day that they end. */
function dailyReturns(feed: Feed, instrument: string, nowMs: number): ReadonlyMap<number, number> {
  const closed = feed.bars(instrument, '1d', mostDays + 1).filter(({ time }) => time + dayMs <= nowMs)
  const returns = new Map<number, number>()
  for (const [index, bar] of closed.entries()) {
    const before = closed[index - 1]
    if (before !== undefined && before.close > 0) returns.set(bar.time, bar.close / before.close - 1)
  }
  return returns
}
