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
import type { Ticket } from './tickets.ts'

const wholeBasisPoints = decimal(10_000)

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
