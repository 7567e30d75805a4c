import { showUnits, times } from './units.ts'

/** A bar as /api/v3/klines counts it, in units of 1e-8. */
export interface Candle {
  readonly openTime: number
  open: bigint
  high: bigint
  low: bigint
  close: bigint
  volume: bigint
  turnover: bigint
  count: number
}

export const intervals: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
}

/** Bars of every length, grown trade by trade. */
export function createCandles() {
  const bars = new Map<string, Candle[]>()
  const of = (symbol: string, interval: string) => {
    const key = `${symbol} ${interval}`
    const list = bars.get(key) ?? []
    bars.set(key, list)
    return list
  }
  return {
    of,
    add(symbol: string, at: number, price: bigint, quantity: bigint) {
      for (const [interval, length] of Object.entries(intervals)) {
        const list = of(symbol, interval)
        const openTime = Math.floor(at / length) * length
        let bar = list.at(-1)
        if (bar === undefined || bar.openTime < openTime) {
          bar = { openTime, open: price, high: price, low: price, close: price, volume: 0n, turnover: 0n, count: 0 }
          list.push(bar)
        }
        if (price > bar.high) bar.high = price
        if (price < bar.low) bar.low = price
        bar.close = price
        bar.volume += quantity
        bar.turnover += times(price, quantity)
        bar.count++
      }
    },
  }
}

export function showCandle(bar: Candle, interval: string) {
  const closeTime = bar.openTime + (intervals[interval] ?? 0) - 1
  const { open, high, low, close, volume, turnover } = bar
  const [o, h, l, c, v, q] = [open, high, low, close, volume, turnover].map(showUnits)
  return [bar.openTime, o, h, l, c, v, closeTime, q, bar.count, v, q, '0']
}
