import { onlyReduces } from '#engine/trading/gate/reduce-only.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { isClosed, isInFlight, type Order } from '#shared/domain/order.ts'
import type { StopLevel, StopProgress } from '#shared/domain/trading-state.ts'
import { ZERO } from '#shared/lib/decimal.ts'

/** The working orders that a stop of the level cancels: none; all but reduce-only protection; all (KS-4). */
export function ordersToCancel(book: TradingBook, level: StopLevel): readonly Order[] {
  if (level === 1) return []
  return [...book.orders.values()].filter((order) => level === 3 || !order.reduceOnly || !onlyReduces(order, book))
}

/** How far the cancels of a stop have come (KS-15). `cancelled` are the orders it asked to cancel, as they stand now. */
export function stopProgressOf(
  book: TradingBook,
  cancelled: readonly Order[],
  failed: ReadonlySet<string>,
): StopProgress {
  const live = cancelled.filter(({ status }) => !isClosed(status))
  return {
    cancelsRequested: cancelled.length,
    cancelsConfirmed: cancelled.length - live.length,
    cancelsFailed: live.filter(({ clientOrderId }) => failed.has(clientOrderId)).length,
    unknown: [...book.orders.values()].filter(isInDoubt).length,
    stillLive: live.map(({ clientOrderId }) => clientOrderId),
    unprotected: unprotectedPositions(book),
  }
}

/** True for an order that was sent and of which the venue has never shown a sign. */
function isInDoubt({ status, venueOrderId, filledQuantity }: Order): boolean {
  return status === 'UNKNOWN' || (isInFlight(status) && venueOrderId === null && filledQuantity === ZERO)
}

function isGuard({ reduceOnly, type, status }: Order): boolean {
  return reduceOnly && type !== 'LIMIT' && status !== 'PENDING_CANCEL' && status !== 'INITIALIZED'
}

/** Instruments that are held while no reduce-only stop protects them, or while the one that does is being cancelled. */
function unprotectedPositions(book: TradingBook): string[] {
  const guarded = new Set([...book.orders.values()].filter(isGuard).map(({ instrument }) => instrument))
  return [...book.positions.values()]
    .filter(({ instrument, quantity }) => quantity !== ZERO && !guarded.has(instrument))
    .map(({ instrument }) => instrument)
}
