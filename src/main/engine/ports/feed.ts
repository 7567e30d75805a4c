import type { Bar, Timeframe } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Book, Quote, Trade } from '#shared/domain/quote.ts'
import type { Stop } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** What changed at the market. */
export type MarketUpdate =
  | { readonly kind: 'trade'; readonly trade: Trade }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'link'; readonly connected: boolean }

/** A time at which holders of a perpetual paid each other. */
export interface FundingTime {
  readonly at: number
  /** A fraction of the worth at the mark; longs pay where it is positive. */
  readonly rate: Decimal
  readonly mark: Decimal
}

/** A source of prices: the simulated exchange, or imported bars replayed. */
export interface Feed {
  readonly name: string
  instruments(): readonly Instrument[]
  /** The latest quote; undefined while there is none. */
  quote(instrument: string): Quote | undefined
  /** The order book, or undefined where the feed has none. */
  book(instrument: string): Book | undefined
  /** The newest bars that opened before `before` (default: now, the running bar included), oldest first. */
  bars(instrument: string, timeframe: Timeframe, limit: number, before?: number): readonly Bar[]
  start(listener: (update: MarketUpdate) => void): Stop
  /** The funding times of a perpetual after a moment and up to now, oldest first; absent where no perpetual is traded. */
  funding?(instrument: string, afterMs: number): readonly FundingTime[]
}
