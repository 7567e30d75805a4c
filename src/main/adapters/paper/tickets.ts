import type { OrderReport } from '#engine/ports/broker.ts'
import type { Order } from '#shared/domain/order.ts'
import {
  compare,
  type Decimal,
  decimal,
  divide,
  maximum,
  minimum,
  multiply,
  roundToStep,
  subtract,
} from '#shared/lib/decimal.ts'

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
const wholeBasisPoints = decimal(10_000)

/** When an order that arrives at a moment expires: DAY at the next UTC midnight, GTD at its time; null for any other. */
export function expiryOf({ timeInForce, expireAt }: Order, nowMs: number): number | null {
  if (timeInForce === 'DAY') return (Math.floor(nowMs / dayMs) + 1) * dayMs
  return timeInForce === 'GTD' ? expireAt : null
}

/** True for an order that may wait in the book. */
export function canRest({ type, timeInForce }: Order): boolean {
  return (type === 'LIMIT' || type === 'STOP_LIMIT') && timeInForce !== 'IOC' && timeInForce !== 'FOK'
}

/** True for an order that waits for a price before it trades. */
export function isStop({ type }: Order): boolean {
  return type === 'STOP_MARKET' || type === 'STOP_LIMIT' || type === 'TRAILING_STOP_MARKET'
}

/** True when the last price has reached the stop: at or above it for a buy, at or below it for a sell. */
export function isReached({ order, stopPrice }: Pick<Ticket, 'order' | 'stopPrice'>, last: Decimal): boolean {
  if (stopPrice === null) return false
  return order.side === 'buy' ? compare(last, stopPrice) >= 0 : compare(last, stopPrice) <= 0
}

/**
 * Where a trailing stop stands once the market trades at `last`: its offset behind the price, rounded to the tick away from
 * it, and never further from the market than it stood before. `last` need not be the best price: the best one keeps.
 */
export function trailedStop(
  { order, stopPrice }: Pick<Ticket, 'order' | 'stopPrice'>,
  last: Decimal,
  tick: Decimal,
): Decimal {
  const { trailing, side } = order
  if (trailing === null) throw new Error(`${order.clientOrderId} does not trail.`)
  const offset =
    trailing.kind === 'absolute' ? trailing.offset : divide(multiply(last, trailing.offset), wholeBasisPoints)
  if (side === 'sell') {
    const stop = roundToStep(subtract(last, offset), tick, 'down')
    return stopPrice === null ? stop : maximum(stopPrice, stop)
  }
  const stop = roundToStep(subtract(last, multiply(offset, decimal(-1))), tick, 'up')
  return stopPrice === null ? stop : minimum(stopPrice, stop)
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
