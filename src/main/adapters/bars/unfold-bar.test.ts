import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createBarBuilder } from './bar-builder.ts'
import { foldBars } from './fold-bars.ts'
import { decimalPlaces, roundTo, unfoldBar, unfoldPrints } from './unfold-bar.ts'

interface Tick {
  readonly at: number
  readonly price: number
  readonly quantity: number
}

function build(trades: readonly Tick[], timeframe: Timeframe): Bar[] {
  const builder = createBarBuilder(timeframe)
  const closed = trades.flatMap((trade) => builder.add(trade) ?? [])
  const running = builder.running()
  return running ? [...closed, running] : closed
}

const cents = fc.integer({ min: 1, max: 100_000 }).map((value) => value / 100)
const anyBar = fc
  .record({ prices: fc.array(cents, { minLength: 4, maxLength: 4 }), swap: fc.boolean(), volume: fc.nat(1e7) })
  .map(({ prices, swap, volume }): Bar => {
    const [low = 0, a = 0, b = 0, high = 0] = [...prices].sort((x, y) => x - y)
    return { time: 86_400_000, open: swap ? b : a, high, low, close: swap ? a : b, volume: volume / 1_000 }
  })
const places = { price: 2, volume: 3 }

describe('unfolding a bar', () => {
  it('into shorter bars gives bars that fold back into it', () => {
    fc.assert(
      fc.property(anyBar, fc.integer(), fc.constantFrom<Timeframe>('1h', '15m'), (bar, seed, timeframe) => {
        const random = createRandom(seed)
        const count = timeframeMs['1d'] / timeframeMs[timeframe]
        const shocks = Array.from({ length: count }, () => random.normal())
        const weights = shocks.map(() => random.float() + 0.1)
        const bars = unfoldBar(bar, timeframeMs[timeframe], shocks, weights, random, places)
        expect(bars).toHaveLength(count)
        for (const part of bars) {
          expect(part.high).toBeGreaterThanOrEqual(Math.max(part.open, part.close))
          expect(part.low).toBeLessThanOrEqual(Math.min(part.open, part.close))
          expect(part.volume).toBeGreaterThanOrEqual(0)
        }
        expect(foldBars(bars, '1d')).toEqual([bar])
      }),
    )
  })

  it('into prints rebuilds it, from open to close by way of high and low', () => {
    fc.assert(
      fc.property(anyBar, fc.integer(), fc.integer({ min: 1, max: 60 }), (bar, seed, count) => {
        const prints = unfoldPrints(bar, count, createRandom(seed), places)
        expect(prints).toHaveLength(Math.max(4, count))
        const trades = prints.map((print, index) => ({ at: bar.time + index, ...print }))
        expect(build(trades, '1d')).toEqual([bar])
        expect(unfoldPrints(bar, count, createRandom(seed), places)).toEqual(prints)
      }),
    )
  })
})

it('finds how many decimal places a float was written with', () => {
  expect([1, 0.1, 353.4, 0.00012, 1 / 3].map(decimalPlaces)).toEqual([0, 1, 1, 5, 12])
  expect([1e-12, 0.000001236969, 4.3296e-9, 1e-18, 1e-21, 1e21].map(decimalPlaces)).toEqual([12, 12, 13, 18, 18, 0])
  expect(decimalPlaces(185.63999938964844)).toBe(9)
  expect(roundTo(1.005, 2)).toBe(1.0)
})
