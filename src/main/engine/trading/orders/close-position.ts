import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Protection } from '#engine/trading/protection/protection.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosed, isExit, type Order, type Side } from '#shared/domain/order.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { absolute, add, compare, type Decimal, sign, subtract, sum, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { requireKnownAccount } from './account-doubt.ts'
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
  readonly protection: Pick<Protection, 'standDown'>
  readonly clock: Clock
}

const cancelWithinMs = 5_000
const closesWithinMs = 60_000

/**
 * Sends a reduce-only market order against a position, in ACTIVE and REDUCING, through the same gate as every order (HO-8,
 * KS-2, KS-21). The stops and targets that the desk keeps step aside for it and come back for what is left. Closing the
 * whole of it first cancels what else works to reduce it, since both together would pass zero. Throws TRADING_HALTED, POSITIONS_UNKNOWN, POSITION_NOT_FOUND, CLOSE_TOO_LARGE, EXIT_ALREADY_WORKING, CANCEL_NOT_CONFIRMED (retryable,
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
  if (exits.some(({ decisionId }) => decisionId === wish.key)) return submit()
  const others = exits.filter((order) => !isExit(order))
  const isTooMuch = compare(add(quantity, sum(others.map(leavesQuantity))), held) > 0
  if (isTooMuch && compare(quantity, held) < 0) throw exitWorks(wish.instrument, subtract(held, quantity), others)
  const protectAgain = await unprotect(parts, wish.instrument)
  try {
    if (isTooMuch) await cancelAll(parts, others, wish.by)
    const order = await submit()
    void whenClosed(parts, order).finally(protectAgain)
    return order
  } catch (error) {
    protectAgain()
    throw error
  }

  function submit(): Promise<Order> {
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
}

/** Takes away the stops and targets that the desk keeps; what is left of the position gets its own again when the returned Stop is called. */
function unprotect({ protection, clock }: CloseParts, instrument: string): Promise<Stop> {
  return inTime(clock, (signal) => protection.standDown(instrument, signal))
}

/** Resolves once the order has ended, or after a minute: protection does not wait longer for it. */
async function whenClosed({ orders, clock }: CloseParts, { clientOrderId, status }: Order): Promise<void> {
  if (isClosed(status)) return
  const patience = new AbortController()
  const forget = clock.after(closesWithinMs, () => patience.abort())
  await orders.closed(clientOrderId, patience.signal).catch(() => {})
  forget()
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
  await inTime(clock, (signal) =>
    Promise.all(
      exits.map(async ({ clientOrderId }) => {
        await orders.cancel(clientOrderId, by)
        await orders.closed(clientOrderId, signal)
      }),
    ),
  )
}

/** Waits for cancels, and no longer than it is worth. */
async function inTime<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const patience = new AbortController()
  const forget = clock.after(cancelWithinMs, () => patience.abort())
  try {
    return await work(patience.signal)
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
