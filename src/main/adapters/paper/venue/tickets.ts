import type { OrderReport } from '#engine/ports/broker.ts'
import type { Order } from '#shared/domain/order.ts'
import { type Decimal, maximum, subtract, ZERO } from '#shared/lib/decimal.ts'

export type VenueStatus = 'ACCEPTED' | 'TRIGGERED' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'

/** An order as the venue keeps it. */
export interface Ticket {
  /** As it was asked for. */
  readonly order: Order
  readonly venueOrderId: string | null
  readonly refusal: string | null
  /** Epoch milliseconds at which it expires; null when it does not. */
  readonly expiresAt: number | null
  /** What is in force now. */
  quantity: Decimal
  limitPrice: Decimal | null
  stopPrice: Decimal | null
  status: VenueStatus
  filled: Decimal
  changedAt: number
  /** True while a stop order waits for its price. */
  isAsleep: boolean
  /** What stood at its price before it in the book, and is served first. */
  ahead: Decimal
}

const dayMs = 86_400_000

/** The ticket of an order that arrived at a moment; nothing stands before it yet. */
export function ticketOf(
  order: Order,
  arrivedAt: number,
  standing: Pick<Ticket, 'venueOrderId' | 'refusal' | 'status' | 'filled' | 'changedAt' | 'isAsleep'>,
): Ticket {
  const { quantity, limitPrice, stopPrice } = order
  return { order, expiresAt: expiryOf(order, arrivedAt), quantity, limitPrice, stopPrice, ahead: ZERO, ...standing }
}

/** When an order that arrives at a moment expires: DAY at the next UTC midnight, GTD at its time; null for any other. */
function expiryOf({ timeInForce, expireAt }: Order, nowMs: number): number | null {
  if (timeInForce === 'DAY') return (Math.floor(nowMs / dayMs) + 1) * dayMs
  return timeInForce === 'GTD' ? expireAt : null
}

/** True for an order that may wait in the book. */
export function canRest({ type, timeInForce }: Order): boolean {
  return (type === 'LIMIT' || type === 'STOP_LIMIT') && timeInForce !== 'IOC' && timeInForce !== 'FOK'
}

/** What of an order is not filled yet. */
export function unfilled({ quantity, filled }: Pick<Ticket, 'quantity' | 'filled'>): Decimal {
  return maximum(subtract(quantity, filled), ZERO)
}

/** What the venue says of a ticket. */
export function reportOf(ticket: Ticket): OrderReport {
  const { order, venueOrderId, status, filled, changedAt, quantity, limitPrice, stopPrice } = ticket
  const { clientOrderId, instrument, side, type, reduceOnly } = order
  const terms = { instrument, side, type, quantity, limitPrice, stopPrice, reduceOnly }
  return { clientOrderId, venueOrderId, ...terms, status, filledQuantity: filled, at: changedAt }
}

/** True when an order asks for what another one of the same id asked for. */
export function isSameRequest(a: Order, b: Order): boolean {
  const terms = [
    'instrument',
    'side',
    'type',
    'timeInForce',
    'quantity',
    'limitPrice',
    'stopPrice',
    'expireAt',
    'postOnly',
    'reduceOnly',
  ] as const
  return terms.every((term) => a[term] === b[term]) && JSON.stringify(a.trailing) === JSON.stringify(b.trailing)
}
