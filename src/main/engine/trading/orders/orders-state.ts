import type { Journal } from '#engine/journal/journal.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { TailReader } from '#engine/trading/gate/tail-reader.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Denial } from '#shared/domain/denial.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** All that the way to the broker keeps, and what it works with. */
export interface OrdersState {
  readonly journal: Journal
  /** The account as far as the journal told it; folded further by every record. */
  readonly book: TradingBook
  readonly archive: OrderArchive
  readonly broker: Broker
  readonly feed: Feed
  readonly latch: DeskLatch
  readonly mandate: Mandate
  readonly clock: Clock
  readonly sha256: Sha256
  /** What is said to an order that needs the trader's approval, at the moment of sending; undefined lets it out. */
  readonly approvalDenial: (order: Order) => Denial | undefined
  /** Told once of each position that the venue has closed by itself. */
  readonly onLiquidation: (fill: Fill) => void
  /** What positions are valued at; undefined while there is none. */
  readonly mark: (instrument: string) => Decimal | undefined
  readonly tails: TailReader
  /** Ends all asking. */
  readonly life: AbortSignal
  /** Asks the venue after an order until its fate is known. */
  readonly followUp: (clientOrderId: string) => void
  /** Told how long the broker took to answer, in milliseconds. */
  readonly answeredIn: (ms: number) => void
  /** Orders that are recorded and have not left. */
  readonly leaving: Set<string>
  /** Orders that the last stop asked to cancel. */
  readonly stopped: Set<string>
  /** Of which the venue did not take the cancel. */
  readonly failedCancels: Set<string>
  /** Fills that were booked, the latest of them; earlier ones are in the archive. */
  readonly bookedFills: Map<string, Fill>
  /** Payments that were booked and may not be durable yet. */
  readonly bookedFunding: Set<string>
  /** Trades that were taken back, some before they were told. */
  readonly busted: Set<string>
  /** Trades that were told with other terms than they were booked with. */
  readonly disputed: Set<string>
  /** When each pending change was sent, on the clock that never jumps. */
  readonly changeSentAt: Map<string, number>
}

/** The order of an id, as it stands; undefined where there is none. */
export function findOrder({ book, archive }: OrdersState, clientOrderId: string): Order | undefined {
  return book.orders.get(clientOrderId) ?? book.closed.get(clientOrderId) ?? archive.getOrder(clientOrderId)
}

/** The order of an id, as it stands; throws ORDER_NOT_FOUND. */
export function knownOrder(state: OrdersState, clientOrderId: string): Order {
  const order = findOrder(state, clientOrderId)
  if (order !== undefined) return order
  throw new ParleyError('ORDER_NOT_FOUND', `There is no order ${clientOrderId}.`, {
    wayOut: 'Look at the list of orders for its id.',
  })
}
