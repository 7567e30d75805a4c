import { describe, expect, it } from 'vitest'
import { foldBars } from '#adapters/bars/fold-bars.ts'
import { barSeries, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { feedConformance } from '#test/conformance/feed.ts'
import { coins } from './coins.ts'
import { createSimulatedExchange } from './exchange.ts'
import { createSimulatedDays } from './world.ts'

const now = Date.UTC(2026, 10, 20, 12, 34, 56, 789)

feedConformance(
  'the simulated exchange',
  () => {
    const clock = createVirtualClock(now)
    return { feed: createSimulatedExchange({ clock, seed: 7 }), clock }
  },
  { instrument: 'DOGE/USDT', timeframe: '1m', playMs: 200_000 },
)

feedConformance(
  'the simulated exchange at 20 trades a second, before its usual first day',
  () => {
    const clock = createVirtualClock(0)
    return { feed: createSimulatedExchange({ clock, seed: -3, rate: 20 }), clock }
  },
  { instrument: 'BTC/USDT', timeframe: '1m', playMs: 185_000 },
)

feedConformance(
  'a perpetual on the simulated exchange',
  () => {
    const clock = createVirtualClock(now)
    return { feed: createSimulatedExchange({ clock, seed: 7 }), clock }
  },
  { instrument: 'BTC/USDT:USDT', timeframe: '1m', playMs: 200_000 },
)

describe('the simulated market', () => {
  const exchange = (seed: number, at = now) => createSimulatedExchange({ clock: createVirtualClock(at), seed })

  it('says that it is a simulation, and of which seed', () => {
    expect(exchange(12).name).toBe('Simulated exchange (seed 12)')
  })

  it('is the same whenever the program started', () => {
    const [early, late] = [exchange(7, now - 9 * timeframeMs['1d']), exchange(7)]
    const before = now - 10 * timeframeMs['1d']
    for (const timeframe of ['1d', '1h', '1m'] as const) {
      expect(late.bars('ETH/USDT', timeframe, 40, before)).toEqual(early.bars('ETH/USDT', timeframe, 40, before))
    }
    expect(exchange(8).quote('ETH/USDT')).not.toEqual(late.quote('ETH/USDT'))
  })

  it('has one history, however long its bars are', () => {
    const feed = exchange(7)
    const days = feed.bars('SOL/USDT', '1d', 4)
    const minutes = feed.bars('SOL/USDT', '1m', 4 * 1_440).filter((bar) => bar.time >= (days[0]?.time ?? 0))
    expect(foldBars(minutes, '1d')).toEqual(days)
    expect(foldBars(minutes, '4h')).toEqual(feed.bars('SOL/USDT', '4h', 24).slice(-foldBars(minutes, '4h').length))
  })

  it('opens each bar where the one before it closed', () => {
    const bars = exchange(7).bars('XRP/USDT', '1m', 3_000)
    expect(bars.slice(1).every((bar, index) => bar.open === bars[index]?.close)).toBe(true)
  })

  it('has at least 400 days for every coin', () => {
    const feed = exchange(7)
    for (const { id } of feed.instruments()) expect(feed.bars(id, '1d', 400)).toHaveLength(400)
  })
})

// Ten worlds of ten years: enough for the signs and sizes of stylised facts (Cont 2001) not to hang on one seed.
describe('the statistics of its returns', () => {
  const days = 3_650
  const worlds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) => {
    const world = createSimulatedDays(seed, coins, 0)
    return coins.map((_, coin) => {
      const all = Array.from({ length: days }, (_, day) => world.day(day * timeframeMs['1d']).bars[coin])
      const { open, close } = barSeries(all.filter((bar) => bar !== undefined))
      return Array.from(close, (value, day) => Math.log(value / (open[day] as number)))
    })
  })
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const moment = (values: readonly number[], power: number) => {
    const centre = mean(values)
    return mean(values.map((value) => (value - centre) ** power))
  }
  const correlation = (a: readonly number[], b: readonly number[]) => {
    const [meanA, meanB] = [mean(a), mean(b)]
    const both = mean(a.map((value, index) => (value - meanA) * ((b[index] as number) - meanB)))
    return both / Math.sqrt(moment(a, 2) * moment(b, 2))
  }
  const average = (measure: (returns: readonly (readonly number[])[]) => number) => mean(worlds.map(measure))

  it('correlates coins by the product of their market shares', () => {
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [4, 7],
      [5, 6],
    ] as const) {
      const expected = (coins[a]?.marketShare ?? 0) * (coins[b]?.marketShare ?? 0)
      const found = average((world) => correlation(world[a] ?? [], world[b] ?? []))
      expect(Math.abs(found - expected)).toBeLessThan(0.1)
    }
  })

  it('has fat tails', () => {
    for (const world of worlds) {
      for (const returns of world) expect(moment(returns, 4) / moment(returns, 2) ** 2).toBeGreaterThan(3.5)
    }
  })

  it('clusters volatility over weeks, and leaves returns themselves next to uncorrelated', () => {
    const lagged = (values: readonly number[], lag: number) => correlation(values.slice(lag), values.slice(0, -lag))
    for (const lag of [1, 5, 20]) {
      expect(average((world) => lagged((world[0] ?? []).map(Math.abs), lag))).toBeGreaterThan(0.05)
    }
    expect(Math.abs(average((world) => lagged(world[0] ?? [], 1)))).toBeLessThan(0.08)
  })

  it('keeps the coins near their ordinary volatility', () => {
    for (const [index, coin] of coins.entries()) {
      const found = average((world) => Math.sqrt(moment(world[index] ?? [], 2)))
      expect(found / coin.volatility).toBeGreaterThan(0.7)
      expect(found / coin.volatility).toBeLessThan(1.5)
    }
  })

  it('is as wild within its days as from day to day, and its coins move together there too', () => {
    const feed = createSimulatedExchange({ clock: createVirtualClock(Date.UTC(2026, 10, 21)), seed: 3 })
    const returns = (instrument: string, timeframe: Timeframe, count: number) =>
      feed.bars(instrument, timeframe, count, Date.UTC(2026, 10, 21)).map((bar) => Math.log(bar.close / bar.open))
    for (const instrument of ['BTC/USDT', 'DOGE/USDT']) {
      const perDay = (timeframe: Timeframe) => {
        const count = timeframeMs['1d'] / timeframeMs[timeframe]
        return Math.sqrt(count * moment(returns(instrument, timeframe, 100 * count), 2))
      }
      const daily = perDay('1d')
      for (const timeframe of ['4h', '1h', '15m', '5m'] as const) {
        expect(Math.abs(perDay(timeframe) / daily - 1)).toBeLessThan(0.25)
      }
    }
    for (const timeframe of ['4h', '1h', '5m'] as const) {
      expect(correlation(returns('BTC/USDT', timeframe, 1_500), returns('ETH/USDT', timeframe, 1_500))).toBeGreaterThan(
        0.25,
      )
    }
  })
})
