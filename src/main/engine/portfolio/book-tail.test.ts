import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { bookProfits, largestAddition, type PriceHistory, sharedReturns, tailOfProfits } from './book-tail.ts'
import { expectedShortfall, valueAtRisk } from './value-at-risk.ts'

const dayMs = 86_400_000

/** Profits of a book over the histories, and the moments that they stand on. */
function bookHistory(worths: ReadonlyMap<string, number>, histories: ReadonlyMap<string, PriceHistory>) {
  const shared = sharedReturns(histories)
  return { profits: bookProfits(shared, worths), from: shared.times[0] ?? null, to: shared.times.at(-1) ?? null }
}

function walk(seed: number, bars = 200): PriceHistory {
  const random = createRandom(seed)
  let price = 100
  const closes = Array.from({ length: bars }, () => {
    price *= Math.exp(0.03 * random.normal())
    return price
  })
  return { times: closes.map((_, k) => k * dayMs), closes }
}

describe('a book by historical simulation', () => {
  it('of one holding is its worth times the tail of its returns', () => {
    const { times, closes } = walk(1)
    const returns = Float64Array.from(closes.slice(1), (close, k) => close / (closes[k] as number) - 1)
    const { profits, from, to } = bookHistory(new Map([['A', 5_000]]), new Map([['A', { times, closes }]]))
    const tail = tailOfProfits(profits, dayMs)
    expect([from, to]).toEqual([0, 199 * dayMs])
    expect(tail?.valueAtRisk).toBeCloseTo(5_000 * valueAtRisk(returns), 8)
    expect(tail?.expectedShortfall).toBeCloseTo(5_000 * expectedShortfall(returns), 8)
    expect(tail?.bars).toBe(199)
  })

  it('stands on the bars that all holdings have, and a short of the same cancels a long', () => {
    const [a, b] = [walk(1), walk(2)]
    const late = { times: b.times.slice(80), closes: b.closes.slice(80) }
    const both = bookHistory(
      new Map([
        ['A', 1_000],
        ['B', 500],
      ]),
      new Map([
        ['A', a],
        ['B', late],
      ]),
    )
    expect(both.from).toBe(80 * dayMs)
    expect(both.profits).toHaveLength(119)
    const hedged = bookHistory(
      new Map([
        ['A', 1_000],
        ['A too', -1_000],
      ]),
      new Map([
        ['A', a],
        ['A too', a],
      ]),
    )
    expect(tailOfProfits(hedged.profits, dayMs)).toEqual({ valueAtRisk: 0, expectedShortfall: 0, bars: 199 })
  })

  it('of shorter bars is scaled to a day by the root of time, and below 50 bars there is none', () => {
    const { profits } = bookHistory(new Map([['A', 1]]), new Map([['A', walk(3)]]))
    const daily = tailOfProfits(profits, dayMs)
    expect(tailOfProfits(profits, dayMs / 4)?.valueAtRisk).toBeCloseTo(2 * (daily?.valueAtRisk ?? 0), 12)
    expect(tailOfProfits(profits.slice(0, 49), dayMs)).toBeNull()
    expect(bookHistory(new Map([['A', 1]]), new Map())).toEqual({ profits: new Float64Array(), from: null, to: null })
  })

  it('the largest addition fills the tighter bound and no more, whatever is held', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: -4_000, max: 4_000, noNaN: true }), (seed, held) => {
        const histories = new Map([
          ['A', walk(seed)],
          ['B', walk(seed + 1)],
        ])
        const filled = bookHistory(new Map([['B', held]]), histories).profits
        const unit = bookHistory(new Map([['A', 1]]), histories).profits
        const bounds = { valueAtRisk: 400, expectedShortfall: 500 }
        const worth = largestAddition(filled, unit, dayMs, bounds)
        const tailAt = (added: number) =>
          tailOfProfits(
            filled.map((p, k) => p + added * (unit[k] as number)),
            dayMs,
          )
        const isOver = (added: number) =>
          (tailAt(added)?.valueAtRisk ?? 0) > 400 || (tailAt(added)?.expectedShortfall ?? 0) > 500
        expect(isOver(worth)).toBe(false)
        expect(isOver(worth * 1.001)).toBe(true)
      }),
      { numRuns: 30 },
    )
    const unit = bookHistory(new Map([['A', 1]]), new Map([['A', walk(9)]])).profits
    const none = { valueAtRisk: null, expectedShortfall: null }
    expect(largestAddition(unit, unit, dayMs, none)).toBe(Number.POSITIVE_INFINITY)
    expect(largestAddition(unit, unit, dayMs, { ...none, valueAtRisk: 0 })).toBe(0)
  })
})
