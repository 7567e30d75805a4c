import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBarBuilder } from '#adapters/bars/bar-builder.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { type Bar, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { feedConformance } from '#test/conformance/feed.ts'
import { createReplayFeed } from './replay-feed.ts'
import { createScaledClock } from './scaled-clock.ts'
import { instrumentOf } from './series.ts'
import { createStillFeed } from './still-feed.ts'

const start = Date.UTC(2024, 0, 1)
const source = createSimulatedExchange({ clock: createVirtualClock(start), seed: 1 })
const hours = source.bars('BTC/USDT', '1h', 24 * 60).filter((bar) => bar.time < start)
const instrument = instrumentOf('BTC/USD', hours)

feedConformance(
  'a replay',
  () => {
    const clock = createVirtualClock(start - 10 * timeframeMs['1d'] + 12_345)
    return { feed: createReplayFeed({ clock, seed: 3, series: [{ instrument, timeframe: '1h', bars: hours }] }), clock }
  },
  { instrument: 'BTC/USD', timeframe: '1h', playMs: 30 * timeframeMs['1h'] },
)

feedConformance(
  'a still feed',
  () => {
    const feed = createStillFeed(hours, instrument, '1h')
    return { feed, clock: createVirtualClock(feed.at) }
  },
  { instrument: 'BTC/USD', timeframe: '1h', playMs: 0 },
)

const anyBars = fc
  .array(
    fc.record({
      prices: fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 4, maxLength: 4 }),
      falls: fc.boolean(),
      volume: fc.nat(1e6),
      skipped: fc.nat(2),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows) => {
    let time = start
    return rows.map(({ prices, falls, volume, skipped }): Bar => {
      const [low = 0, a = 0, b = 0, high = 0] = [...prices].sort((x, y) => x - y).map((price) => price / 100)
      time += (1 + skipped) * timeframeMs['5m']
      return { time, open: falls ? b : a, high, low, close: falls ? a : b, volume: volume / 100 }
    })
  })

function replayed(bars: readonly Bar[], timeframe: Timeframe, seed: number): Bar[] {
  const clock = createVirtualClock(start)
  const series = [{ instrument: instrumentOf('X/USD', bars), timeframe, bars }]
  const feed = createReplayFeed({ clock, seed, series })
  const builder = createBarBuilder(timeframe)
  const built: Bar[] = []
  feed.start((update) => {
    if (update.kind === 'trade') built.push(...[builder.add(update.trade)].filter((bar) => bar !== undefined))
    if (update.kind === 'quote') {
      expect(Number(update.quote.bid)).toBeLessThan(Number(update.quote.ask))
      expect(Number(update.quote.bid)).toBeGreaterThan(0)
    }
  })
  while (clock.step());
  const running = builder.running()
  return running ? [...built, running] : built
}

describe('a replay', () => {
  it('prints trades that rebuild every bar of the file, gaps and all', () => {
    fc.assert(
      fc.property(anyBars, fc.integer(), (bars, seed) => {
        expect(replayed(bars, '5m', seed)).toEqual(bars)
      }),
      { numRuns: 60 },
    )
  })

  it('knows nothing before its first bar, and stands still after its last', () => {
    const bars = hours.slice(0, 3)
    const open = bars[0]?.time ?? 0
    const clock = createVirtualClock(open - 5)
    const feed = createReplayFeed({ clock, seed: 1, series: [{ instrument, timeframe: '1h', bars }] })
    expect([feed.quote('BTC/USD'), feed.bars('BTC/USD', '1h', 5)]).toEqual([undefined, []])
    feed.start(() => undefined)
    while (clock.step());
    expect(clock.now()).toBeLessThan(open + 3 * timeframeMs['1h'])
    expect(feed.quote('BTC/USD')?.last).toBe(String(bars[2]?.close))
    expect(feed.book('BTC/USD')).toBeUndefined()
  })

  it('folds longer bars and makes up no shorter ones', () => {
    const clock = createVirtualClock(start)
    const feed = createReplayFeed({ clock, seed: 1, series: [{ instrument, timeframe: '1h', bars: hours }] })
    expect(feed.bars('BTC/USD', '1d', 20)).toEqual(source.bars('BTC/USDT', '1d', 20, start))
    expect(feed.bars('BTC/USD', '15m', 20)).toEqual([])
  })

  it('runs at the chosen speed on a scaled clock', () => {
    const clock = createVirtualClock(1_000)
    const market = createScaledClock(clock, start, 60)
    let fired = 0
    market.after(timeframeMs['1h'], () => {
      fired = market.now()
    })
    while (clock.step());
    expect([clock.now(), fired, market.monotonic()]).toEqual([61_000, start + 3_600_000, 3_600_000])
    for (const speed of [0, 0.5, 1_001, Number.NaN]) {
      expect(() => createScaledClock(clock, start, speed)).toThrowError(
        expect.objectContaining({ code: 'SPEED_OUT_OF_RANGE' }),
      )
    }
  })

  it('refuses to start without bars, or with two series of one instrument', () => {
    const clock = createVirtualClock(start)
    const one = { instrument, timeframe: '1h' as const, bars: hours }
    expect(() => createReplayFeed({ clock, seed: 1, series: [] })).toThrowError(
      expect.objectContaining({ code: 'SERIES_EMPTY' }),
    )
    expect(() => createReplayFeed({ clock, seed: 1, series: [one, one] })).toThrowError(
      expect.objectContaining({ code: 'SERIES_TWICE' }),
    )
    expect(() => createStillFeed([], instrument, '1d')).toThrowError(expect.objectContaining({ code: 'SERIES_EMPTY' }))
  })
})
