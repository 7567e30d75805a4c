import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BarStore } from '#engine/ports/bar-store.ts'
import type { Bar } from '#shared/domain/bar.ts'

const minute = 60_000

function bar(index: number, close = index): Bar {
  return { time: index * minute, open: close, high: close + 0.1, low: close - 0.1, close, volume: 1.5 }
}

/** What every bar store must do. */
export function barStoreConformance(name: string, create: () => BarStore): void {
  describe(`bar store conformance: ${name}`, () => {
    it('gives the newest bars of a range, oldest first, whatever the order in which they came', () => {
      fc.assert(
        fc.property(
          fc.uniqueArray(fc.nat(40), { maxLength: 30 }),
          fc.option(fc.nat(41), { nil: undefined }),
          fc.option(fc.nat(41), { nil: undefined }),
          fc.option(fc.nat(10), { nil: undefined }),
          (indexes, from, before, limit) => {
            const store = create()
            expect(
              store.save(
                'BTC/USDT',
                '1m',
                indexes.map((index) => bar(index)),
              ),
            ).toEqual({
              inserted: indexes.length,
              replaced: 0,
            })
            const range = [...indexes]
              .sort((a, b) => a - b)
              .filter((index) => index >= (from ?? 0) && index < (before ?? 99))
            const expected = limit === undefined ? range : limit === 0 ? [] : range.slice(-limit)
            const options = {
              ...(from === undefined ? {} : { from: from * minute }),
              ...(before === undefined ? {} : { before: before * minute }),
              ...(limit === undefined ? {} : { limit }),
            }
            expect(store.load('BTC/USDT', '1m', options)).toEqual(expected.map((index) => bar(index)))
          },
        ),
        { numRuns: 60 },
      )
    })

    it('replaces bars of the same time and says how many', () => {
      const store = create()
      store.save('BTC/USDT', '1m', [bar(1), bar(2)])
      expect(store.save('BTC/USDT', '1m', [bar(2, 20), bar(3)])).toEqual({ inserted: 1, replaced: 1 })
      expect(store.load('BTC/USDT', '1m', {})).toEqual([bar(1), bar(2, 20), bar(3)])
    })

    it('keeps instruments and timeframes apart, and lists what it has', () => {
      const store = create()
      expect(store.series()).toEqual([])
      store.save('ETH/USDT', '1m', [bar(5)])
      store.save('BTC/USDT', '1h', [bar(60), bar(120)])
      store.save('BTC/USDT', '1m', [bar(1), bar(2)], 'old.csv')
      store.save('BTC/USDT', '1m', [bar(2), bar(3)], 'new.csv')
      expect(store.load('BTC/USDT', '1h', {})).toEqual([bar(60), bar(120)])
      expect(store.load('SOL/USDT', '1h', {})).toEqual([])
      expect(store.series()).toEqual([
        { instrument: 'BTC/USDT', timeframe: '1h', bars: 2, from: 60 * minute, to: 120 * minute, file: null },
        { instrument: 'BTC/USDT', timeframe: '1m', bars: 3, from: minute, to: 3 * minute, file: 'new.csv' },
        { instrument: 'ETH/USDT', timeframe: '1m', bars: 1, from: 5 * minute, to: 5 * minute, file: null },
      ])
    })

    it('saves all bars of a call or none', () => {
      const store = create()
      expect(() => store.save('BTC/USDT', '1m', [bar(1), { ...bar(2), close: Number.NaN }])).toThrow()
      expect(store.load('BTC/USDT', '1m', {})).toEqual([])
    })
  })
}
