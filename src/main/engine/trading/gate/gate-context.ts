import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Denial } from '#shared/domain/denial.ts'
import type { Instrument, PerpetualTerms } from '#shared/domain/instrument.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import type { ReadTail } from './tail-reader.ts'

/** All that the gate looks at; it asks nobody and keeps nothing. */
export interface GateContext {
  readonly latch: Latch
  readonly mandate: Mandate
  readonly book: TradingBook
  readonly instrument: Instrument | undefined
  readonly quote: Quote | undefined
  readonly capabilities: BrokerCapabilities
  /** The latest price of any instrument held or worked; of a perpetual its mark. */
  readonly mark: (instrument: string) => Decimal | undefined
  /** What the venue asks of those who hold a perpetual; undefined for anything else. */
  readonly terms: (instrument: string) => PerpetualTerms | undefined
  /** What a day may cost a book of signed worths by instrument; undefined where there is too little history. */
  readonly tail: (worths: ReadonlyMap<string, number>) => ReadTail | undefined
  /** Equity now; undefined while a mark is missing. */
  readonly equity: Decimal | undefined
  readonly now: number
  /** True when the order works already, and this is what it is to become. */
  readonly isChange: boolean
  /** The epoch of the trading state when the order was decided on. */
  readonly decidedInEpoch: number
}

/** One rule of the gate: undefined lets the order pass. */
export type Check = (order: Order, context: GateContext) => Denial | undefined

/** The price that an order is measured by: its limit, its stop, or what it would pay at the market now. */
export function referencePrice(order: Order, quote: Quote): Decimal {
  return order.limitPrice ?? order.stopPrice ?? (order.side === 'buy' ? quote.ask : quote.bid)
}
