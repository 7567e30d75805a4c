import { foldBars, tidyVolume } from '#adapters/bars/fold-bars.ts'
import { barsUntil } from '#adapters/replay/series.ts'
import { type Bar, barOpenTime, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Quote, Trade } from '#shared/domain/quote.ts'
import { type Decimal, decimal } from '#shared/lib/decimal.ts'

/** The bar lengths that are asked of an exchange; the others are folded from these. */
export type LoadedTimeframe = Exclude<Timeframe, '30m' | '4h'>

const foldedFrom: Readonly<Partial<Record<Timeframe, LoadedTimeframe>>> = { '30m': '15m', '4h': '1h' }
const barsKept = 2_000

/** The best prices of a book. */
export interface Top {
  readonly bid: Decimal
  readonly ask: Decimal
}

/** What is known of one instrument at a real exchange: bars that grow with its trades, the last trade, the best prices. */
export interface LiveMarket {
  /** Takes bars as the exchange tells them, oldest first; of a bar that is known already, the exchange's is right. */
  putBars(timeframe: LoadedTimeframe, bars: readonly Bar[], askedAtMs: number): void
  /** Takes a trade; the trade as it counts, or undefined for one that came before. Its time never runs backwards or ahead. */
  addTrade(trade: Trade, id: string | undefined, nowMs: number): Trade | undefined
  putTop(top: Top, nowMs: number): void
  /** Undefined until there is a price and a book. */
  quote(): Quote | undefined
  bars(timeframe: Timeframe, limit: number, beforeMs: number): readonly Bar[]
  /** Where the last bar of a length opened; undefined while there is none. */
  lastBarAt(timeframe: LoadedTimeframe): number | undefined
}

interface Series {
  bars: Bar[]
  /** Trades until then are in the bars already. */
  until: number
}

/** Creates the empty market of an instrument. */
export function createLiveMarket(instrument: string): LiveMarket {
  const series = new Map<LoadedTimeframe, Series>()
  const seen = new Set<string>()
  let top: (Top & { readonly at: number }) | undefined
  let last: { readonly price: Decimal; readonly at: number } | undefined

  function grow({ bars, until }: Series, timeframe: Timeframe, { at, price, quantity }: Trade): void {
    if (at <= until) return
    const time = barOpenTime(at, timeframe)
    const running = bars.at(-1)
    if (running !== undefined && time < running.time) return
    if (running?.time !== time) {
      bars.push({ time, open: price, high: price, low: price, close: price, volume: quantity })
      if (bars.length > barsKept) bars.shift()
      return
    }
    bars[bars.length - 1] = {
      time,
      open: running.open,
      high: Math.max(running.high, price),
      low: Math.min(running.low, price),
      close: price,
      volume: tidyVolume(running.volume + quantity),
    }
  }

  function remember(id: string): boolean {
    if (seen.has(id)) return false
    seen.add(id)
    const [oldest] = seen
    if (oldest !== undefined && seen.size > 5_000) seen.delete(oldest)
    return true
  }

  return {
    putBars(timeframe, bars, askedAtMs) {
      const known = series.get(timeframe)?.bars ?? []
      const [first] = bars
      const newest = bars.at(-1)
      if (first === undefined || newest === undefined) return
      const before = known.filter(({ time }) => time < first.time)
      const after = known.filter(({ time }) => time > newest.time)
      series.set(timeframe, { bars: [...before, ...bars, ...after].slice(-barsKept), until: askedAtMs })
      if (last === undefined || last.at < newest.time) last = { price: decimal(newest.close), at: newest.time }
    },
    addTrade(trade, id, nowMs) {
      if (id !== undefined && !remember(id)) return undefined
      const at = Math.min(nowMs, Math.max(trade.at, last?.at ?? 0))
      const counted = { ...trade, instrument, at }
      last = { price: decimal(trade.price), at }
      for (const [timeframe, one] of series) grow(one, timeframe, counted)
      return counted
    },
    putTop(next, nowMs) {
      top = { ...next, at: nowMs }
    },
    quote() {
      if (top === undefined || last === undefined) return undefined
      return { instrument, bid: top.bid, ask: top.ask, last: last.price, at: top.at }
    },
    bars(timeframe, limit, beforeMs) {
      const base = foldedFrom[timeframe] ?? (timeframe as LoadedTimeframe)
      const all = series.get(base)?.bars ?? []
      if (limit <= 0) return []
      if (base === timeframe) {
        const end = barsUntil(all, beforeMs - 1)
        return all.slice(Math.max(0, end - limit), end)
      }
      const ratio = timeframeMs[timeframe] / timeframeMs[base]
      const end = barsUntil(all, barOpenTime(beforeMs - 1, timeframe) + timeframeMs[timeframe] - 1)
      return foldBars(all.slice(Math.max(0, end - (limit + 1) * ratio), end), timeframe).slice(-limit)
    },
    lastBarAt: (timeframe) => series.get(timeframe)?.bars.at(-1)?.time,
  }
}
