import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Quote } from '#shared/domain/quote.ts'
import type { Clock } from '#shared/lib/clock.ts'

/** All that protecting entries keeps, and what it works with. */
export interface ProtectionState {
  readonly book: TradingBook
  readonly orders: Pick<Orders, 'submit' | 'replace' | 'cancel' | 'closed' | 'link'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly capabilities: BrokerCapabilities
  /** The latest quote; undefined while there is none. */
  readonly quote: (instrument: string) => Quote | undefined
  readonly instrument: (id: string) => Instrument | undefined
  readonly clock: Clock
  /** Ends all waiting for exits. */
  readonly life: AbortSignal
  /** How many want the exits of an instrument aside. */
  readonly standing: Map<string, number>
  /** Legs that something is being done about. */
  readonly busy: Set<string>
  /** What did not come to what it should: how often, and until when it is left, on the clock that never jumps. */
  readonly failures: Map<string, { readonly count: number; readonly until: number }>
}

/** True while exits may be sent: the desk is not halted, and its account is compared with the venue. */
export function maySendExits({ orders, latch }: ProtectionState): boolean {
  const { connected, compared } = orders.link()
  return latch.current().state !== 'HALTED' && connected && compared
}
