import { describe, expect, it } from 'vitest'
import { expectedShortfall } from '#engine/portfolio/value-at-risk.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { emptyBook } from '#engine/trading/positions/book.ts'
import { flatPosition } from '#engine/trading/positions/positions.ts'
import type { Bar } from '#shared/domain/bar.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { portfolioRisk } from './portfolio-risk.ts'

const dayMs = 86_400_000

/** Days of an instrument that end now, of which those named are missing. */
function daysOf(seed: number, count: number, missing: readonly number[] = []): Bar[] {
  const random = createRandom(seed)
  let close = 100
  return Array.from({ length: count }, (_, day) => {
    close *= 1 + 0.02 * random.normal()
    return { time: (1_000 - count + day) * dayMs, open: close, high: close, low: close, close, volume: 1 }
  }).filter((_, day) => !missing.includes(day))
}

function riskOf(days: Readonly<Record<string, readonly Bar[]>>, held: Readonly<Record<string, string>>) {
  const feed: Feed = {
    name: 'Days',
    instruments: () => [],
    quote: (instrument) => ({ instrument, bid: decimal(10), ask: decimal(10), last: decimal(10), at: 0 }),
    book: () => undefined,
    bars: (instrument) => days[instrument] ?? [],
    start: () => () => {},
  }
  const book = emptyBook()
  book.cash = decimal(10_000)
  for (const [instrument, quantity] of Object.entries(held)) {
    book.positions.set(instrument, { ...flatPosition(instrument, 0), quantity: decimal(quantity) })
    book.cash = decimal(Number(book.cash) - 10 * Number(quantity))
  }
  return portfolioRisk(book, feed, 1_000 * dayMs)
}

describe('the risk of the portfolio', () => {
  const a = daysOf(1, 200)
  const b = daysOf(2, 200)

  it('is the shortfall of ten days of what is held, as a share of the equity', () => {
    const returns = a.slice(1).map(({ close }, day) => close / (a[day]?.close ?? 0) - 1)
    const daily = expectedShortfall(
      Float64Array.from(returns, (each) => 0.4 * each),
      0.975,
    )
    const risk = riskOf({ a }, { a: '400' })
    expect(risk?.share).toBeCloseTo(daily * Math.sqrt(10), 12)
    expect(risk?.days).toBe(199)
  })

  it('says which position it comes from: one that hedges takes from it', () => {
    const risk = riskOf({ a, same: a, b }, { a: '400', same: '-300', b: '50' })
    expect(risk?.parts.map(({ instrument }) => instrument)).toEqual(['a', 'b', 'same'])
    expect(risk?.parts.at(-1)?.share).toBeLessThan(0)
    expect(riskOf({ a, same: a }, { a: '400', same: '-400' })?.share).toBeCloseTo(0, 12)
  })

  it('goes by the days that all of them have, and is unavailable where these are too few', () => {
    expect(riskOf({ a, b: daysOf(2, 200, [50, 51, 120]) }, { a: '1', b: '1' })?.days).toBe(196)
    expect(riskOf({ a, b: daysOf(2, 60) }, { a: '1', b: '1' })).toBeUndefined()
    expect(riskOf({ a, b: daysOf(2, 61) }, { a: '1', b: '1' })?.days).toBe(60)
    expect(riskOf({}, {})).toEqual({ share: 0, parts: [], days: 0 })
  })
})
