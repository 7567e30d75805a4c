import { checkOrder } from '#engine/trading/gate/gate.ts'
import { childDenial } from '#engine/trading/parents/child-denial.ts'
import { equity } from '#engine/trading/positions/book.ts'
import { type Denial, deny } from '#shared/domain/denial.ts'
import { isExit, type Order } from '#shared/domain/order.ts'
import { errorMessage } from '#shared/lib/error.ts'
import { clientOrderIdOf, type Intent, orderOfIntent } from './new-orders.ts'
import type { OrdersState } from './orders-state.ts'

/** What the gate says to an order that was decided on in an epoch; a change is what a working order is to become. */
export function gateDenial(
  state: OrdersState,
  order: Order,
  epoch: number,
  { isChange = false, account = state.book } = {},
): Denial | undefined {
  const { latch, mandate, feed, broker, mark, tails, clock } = state
  const instrumentOf = (id: string) => feed.instruments().find((instrument) => instrument.id === id)
  try {
    return checkOrder(order, {
      latch: latch.current(),
      mandate,
      book: account,
      instrument: instrumentOf(order.instrument),
      quote: feed.quote(order.instrument),
      capabilities: broker.capabilities,
      mark,
      terms: (id) => instrumentOf(id)?.perpetual,
      tail: (worths) => tails.read(worths, clock.now()),
      equity: equity(account, mark),
      now: clock.now(),
      isChange,
      decidedInEpoch: epoch,
    })
  } catch (error) {
    // What cannot be checked does not leave (KS-20).
    return deny('CHECK_FAILED', { error: errorMessage(error) })
  }
}

/** What the gate would say to the intent now. Exits count nothing against what reduces. */
export function intentDenial(state: OrdersState, intent: Intent): Denial | undefined {
  const { book, clock, sha256 } = state
  const order = orderOfIntent(intent, clientOrderIdOf(intent, sha256), Math.floor(clock.now()), sha256)
  // Whoever sends what reduces has the stops and targets step aside for it first.
  const others = new Map([...book.orders].filter(([, other]) => !isExit(other)))
  return gateDenial(state, order, intent.epoch, { account: intent.reduceOnly ? { ...book, orders: others } : book })
}

/** What is said to an order after the gate, and again right before it leaves: what is carried out in parts, and what needs approval. */
export function sendingDenial(state: OrdersState, order: Order): Denial | undefined {
  return partDenial(state, order) ?? state.approvalDenial(order)
}

/** What a stop that came since the decision says. */
export function stopDenial({ latch }: Pick<OrdersState, 'latch'>, epoch: number): Denial | undefined {
  const { state, epoch: now, reason } = latch.current()
  if (state === 'HALTED') return deny('TRADING_HALTED', { reason })
  return now === epoch ? undefined : deny('STOPPED_SINCE_DECISION', { decided: epoch, now })
}

/** Of an intent that is carried out in parts, only those parts leave. */
function partDenial({ book, archive }: OrdersState, order: Order): Denial | undefined {
  const { clientOrderId } = order
  const isInParts = book.parents.has(clientOrderId) || archive.getParentOrder(clientOrderId) !== undefined
  return isInParts ? deny('DUPLICATE_INTENT', { clientOrderId }) : childDenial(order, book)
}
