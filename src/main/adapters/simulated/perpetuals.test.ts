import { describe, expect, it } from 'vitest'
import { foldBars } from '#adapters/bars/fold-bars.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { createSimulatedExchange } from './exchange.ts'

const perpetual = 'BTC/USDT:USDT'
const hourMs = timeframeMs['1h']
const now = Date.UTC(2026, 10, 20, 12, 34, 56, 789)
const at = (ms: number, seed = 7) => createSimulatedExchange({ clock: createVirtualClock(ms), seed })

describe('a perpetual of the simulated exchange', () => {
  it('trades near its index, at a premium that moves and takes both signs', () => {
    const clock = createVirtualClock(now)
    const exchange = createSimulatedExchange({ clock, seed: 7 })
    const premiums = Array.from({ length: 60 }, () => {
      clock.jump(4 * hourMs)
      const quote = exchange.quote(perpetual)
      return Number(quote?.last) / Number(quote?.perpetual?.index) - 1
    })
    for (const premium of premiums) expect(Math.abs(premium)).toBeLessThan(0.01)
    expect(Math.max(...premiums)).toBeGreaterThan(0.0005)
    expect(Math.min(...premiums)).toBeLessThan(0)
  })

  it('has its coin as its index, and a mark between the lowest and the highest of what it is the median of', () => {
    const clock = createVirtualClock(now)
    const exchange = createSimulatedExchange({ clock, seed: 7 })
    for (let step = 0; step < 50; step++) {
      clock.jump(1_234_567)
      const [spot, quote] = [exchange.quote('BTC/USDT'), exchange.quote(perpetual)]
      expect(quote?.perpetual?.index).toBe(spot?.last)
      const [mark, last, index] = [quote?.perpetual?.mark, quote?.last, quote?.perpetual?.index].map(Number)
      expect(Math.abs(Number(mark) / Number(index) - 1)).toBeLessThan(0.005)
      expect(Math.abs(Number(mark) / Number(last) - 1)).toBeLessThan(0.005)
    }
  })

  it('has one history, however long its bars are', () => {
    const feed = at(now)
    const days = feed.bars(perpetual, '1d', 4)
    const minutes = feed.bars(perpetual, '1m', 4 * 1_440).filter((bar) => bar.time >= (days[0]?.time ?? 0))
    expect(foldBars(minutes, '1d')).toEqual(days)
    expect(feed.bars(perpetual, '1d', 400)).toHaveLength(400)
  })

  it('pays funding every eight hours of the day, at a rate within its cap, the same whenever it is asked', () => {
    const times = at(now).funding?.(perpetual, now - 10 * timeframeMs['1d']) ?? []
    expect(times).toHaveLength(30)
    for (const { at: when, rate, mark } of times) {
      expect(when % (8 * hourMs)).toBe(0)
      expect(Math.abs(toNumber(rate))).toBeLessThanOrEqual(0.003)
      expect(toNumber(mark)).toBeGreaterThan(0)
    }
    expect(new Set(times.map(({ rate }) => rate)).size).toBeGreaterThan(3)
    expect(
      at(now + timeframeMs['1d'])
        .funding?.(perpetual, now - 10 * timeframeMs['1d'])
        .slice(0, 30),
    ).toEqual(times)
  })

  it('says in its quote what the rate of the funding to come is, which is the one that is paid', () => {
    const due = Math.ceil(now / (8 * hourMs)) * 8 * hourMs
    const quote = at(due - 1).quote(perpetual)?.perpetual
    expect(quote?.fundingAt).toBe(due)
    expect(quote?.fundingRate).toBe(at(due).funding?.(perpetual, due - 1)[0]?.rate)
  })

  it('says nothing of funding where there is none', () => {
    expect(at(now).funding?.('BTC/USDT', 0)).toEqual([])
    expect(at(now).quote('BTC/USDT')?.perpetual).toBeUndefined()
  })

  it('is about its coin, for research too', () => {
    expect(at(now).coinOf(perpetual)?.name).toBe('Bitcoin')
    expect(at(now).coinOf('XXX/USDT')).toBeUndefined()
  })
})
