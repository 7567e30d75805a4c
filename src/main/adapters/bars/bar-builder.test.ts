import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, barOpenTime, type Timeframe, timeframes } from '#shared/domain/bar.ts'
import { createBarBuilder } from './bar-builder.ts'
import { foldBars } from './fold-bars.ts'

interface Tick {
  readonly at: number
  readonly price: number
  readonly quantity: number
}

// Gaps from a second to five hours, so that bars are skipped; quantities that floats add exactly.
const ticks = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.nat(90_000), fc.nat(18_000_000)),
      price: fc.integer({ min: 1, max: 999 }),
      lots: fc.nat(4_096),
    }),
    {
      minLength: 1,
      maxLength: 120,
    },
  )
  .map((rows) => {
    let at = 1_700_000_000_000
    return rows.map(({ gap, price, lots }): Tick => {
      at += gap
      return { at, price, quantity: lots / 1_024 }
    })
  })

function build(trades: readonly Tick[], timeframe: Timeframe): Bar[] {
  const builder = createBarBuilder(timeframe)
  const closed = trades.flatMap((trade) => builder.add(trade) ?? [])
  const running = builder.running()
  return running ? [...closed, running] : closed
}

describe('bars from trades', () => {
  it('are the same built directly as folded from any shorter bars', () => {
    fc.assert(
      fc.property(ticks, fc.nat(5), fc.nat(6), (trades, a, b) => {
        const short = timeframes[Math.min(a, b)] as Timeframe
        const long = timeframes[Math.max(a, b)] as Timeframe
        expect(foldBars(build(trades, short), long)).toEqual(build(trades, long))
      }),
    )
  })

  it('are exactly the spans that hold a trade: none is made up', () => {
    fc.assert(
      fc.property(ticks, fc.constantFrom(...timeframes), (trades, timeframe) => {
        const spans = new Set(trades.map(({ at }) => barOpenTime(at, timeframe)))
        expect(build(trades, timeframe).map((bar) => bar.time)).toEqual([...spans])
      }),
    )
  })

  it('never change once they are closed, whether by a later trade or by time', () => {
    const builder = createBarBuilder('1m')
    builder.add({ at: 60_000, price: 10, quantity: 1 })
    expect(builder.advance(119_999)).toBeUndefined()
    expect(builder.advance(120_000)).toMatchObject({ time: 60_000, close: 10 })
    expect(builder.add({ at: 119_999, price: 99, quantity: 1 })).toBeUndefined()
    expect([builder.running(), builder.late()]).toEqual([undefined, 1])
    builder.add({ at: 120_000, price: 11, quantity: 1 })
    expect(builder.add({ at: 180_000, price: 12, quantity: 1 })).toMatchObject({ time: 120_000, high: 11 })
    builder.add({ at: 179_000, price: 99, quantity: 1 })
    expect(builder.running()).toMatchObject({ time: 180_000, high: 12 })
  })
})
