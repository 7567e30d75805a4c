import type { Actor } from '#shared/domain/journal.ts'
import type { Order, Side } from '#shared/domain/order.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { absolute, add, compare, type Decimal, sign, subtract, sum, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { requireKnownAccount } from './account-doubt.ts'
import type { TradingBook } from './book.ts'
import type { DeskLatch } from './latch.ts'
import type { Orders } from './orders.ts'
import { leavesQuantity } from './working.ts'

/** A person's wish to get out of a position, or of a part of it. */
export interface CloseWish {
  /** Made once for each wish: the same key is sent once, however often it is asked for (OL-1). */
  readonly key: string
  readonly instrument: string
  /** In the base currency, greater than zero; the whole position where it is left out. */
  readonly quantity?: Decimal | undefined
  readonly by: Actor
  readonly reason: string
}

/** What closing works with. */
export interface CloseParts {
  readonly orders: Pick<Orders, 'submit' | 'cancel' | 'closed'>
  readonly book: TradingBook
  readonly latch: DeskLatch
  readonly clock: Clock
}

const cancelWithinMs = 5_000

/**
 * Sends a reduce-only market order against a position, in ACTIVE and REDUCING, through the same gate as every order (HO-8,
 * KS-2, KS-21). Closing the whole of it first cancels what already works to reduce it, since both together would pass
 * zero. Throws TRADING_HALTED, POSITIONS_UNKNOWN, POSITION_NOT_FOUND, CLOSE_TOO_LARGE, EXIT_ALREADY_WORKING, CANCEL_NOT_CONFIRMED (retryable,
 * nothing was sent); an order that the gate holds back comes back DENIED.
 */
export async function closePosition(parts: CloseParts, wish: CloseWish): Promise<Order> {
  const { orders, book, latch } = parts
  const { state, epoch, reason: halted } = latch.current()
  if (state === 'HALTED') {
    throw new ParleyError('TRADING_HALTED', `Nothing can be closed while the desk is halted: ${halted}`, {
      wayOut: 'Allow closing by hand (REDUCING) first; runs that were stopped stay stopped.',
    })
  }
  requireKnownAccount(book)
  const { side, held } = exitOf(book, wish.instrument)
  const quantity = wish.quantity ?? held
  if (compare(quantity, held) > 0) {
    throw new ParleyError('CLOSE_TOO_LARGE', `Only ${held} of ${wish.instrument} is held, not ${quantity}.`, {
      details: { held, quantity },
      wayOut: `Close ${held} or less.`,
    })
  }
  const exits = [...book.orders.values()].filter(
    (order) => order.instrument === wish.instrument && order.side === side && sign(leavesQuantity(order)) > 0,
  )
  const alreadySent = exits.some(({ decisionId }) => decisionId === wish.key)
  if (!alreadySent && compare(add(quantity, sum(exits.map(leavesQuantity))), held) > 0) {
    if (compare(quantity, held) < 0) throw exitWorks(wish.instrument, subtract(held, quantity), exits)
    await cancelAll(parts, exits, wish.by)
  }
  return orders.submit({
    runId: null,
    proposalId: null,
    decisionId: wish.key,
    by: wish.by.id,
    actor: wish.by,
    reason: wish.reason,
    instrument: wish.instrument,
    side,
    quantity,
    limitPrice: null,
    timeInForce: 'IOC',
    reduceOnly: true,
    // A stop or a re-arm since then denies it (KS-12).
    epoch,
  })
}

function exitOf(book: TradingBook, instrument: string): { readonly side: Side; readonly held: Decimal } {
  const quantity = book.positions.get(instrument)?.quantity ?? ZERO
  if (sign(quantity) === 0) {
    throw new ParleyError('POSITION_NOT_FOUND', `There is no position in ${instrument} to close.`, {
      wayOut: 'Look at the list of positions.',
    })
  }
  return { side: sign(quantity) > 0 ? 'sell' : 'buy', held: absolute(quantity) }
}

function exitWorks(instrument: string, rest: Decimal, exits: readonly Order[]): ParleyError {
  const working = sum(exits.map(leavesQuantity))
  return new ParleyError(
    'EXIT_ALREADY_WORKING',
    `Orders that reduce ${instrument} by ${working} already work, and only ${rest} would be left for them.`,
    {
      details: { working, orders: exits.map(({ clientOrderId }) => clientOrderId) },
      wayOut: 'Cancel them first, or close the whole position, which cancels them for you.',
    },
  )
}

/** Resolves once every order is known to have ended. */
async function cancelAll({ orders, clock }: CloseParts, exits: readonly Order[], by: Actor): Promise<void> {
  const patience = new AbortController()
  const forget = clock.after(cancelWithinMs, () => patience.abort())
  try {
    await Promise.all(
      exits.map(async ({ clientOrderId }) => {
        await orders.cancel(clientOrderId, by)
        await orders.closed(clientOrderId, patience.signal)
      }),
    )
  } catch (error) {
    if (!patience.signal.aborted) throw error
    throw new ParleyError('CANCEL_NOT_CONFIRMED', 'The orders that protect the position are not cancelled yet.', {
      retry: 'retryable',
      wayOut: 'Nothing was sent to close it. Look at the orders and try again.',
    })
  } finally {
    forget()
  }
}
