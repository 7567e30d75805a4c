import { benchmarkOf } from '#engine/trading/execution-quality/arrival-benchmark.ts'
import type { Denial } from '#shared/domain/denial.ts'
import { isClosed, type Order, orderSchema } from '#shared/domain/order.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { clientOrderIdOf, type Intent, orderOfIntent } from './new-orders.ts'
import { gateDenial, sendingDenial, stopDenial } from './order-denials.ts'
import { marketNow, note, orderEntry } from './order-records.ts'
import { findOrder, knownOrder, type OrdersState } from './orders-state.ts'

/**
 * Sends the intent through the gate; resolves once it is denied, rejected, or handed to the venue. The same intent is
 * sent once. Rejects with INTENT_INVALID for what is no order.
 */
export async function submitIntent(state: OrdersState, intent: Intent): Promise<Order> {
  const clientOrderId = clientOrderIdOf(intent, state.sha256)
  const before = findOrder(state, clientOrderId)
  if (before !== undefined) return before
  const order = newOrder(state, intent, clientOrderId)
  note(state, { kind: 'orderInitialized', data: { order } }, order, {
    actor: intent.actor ?? { kind: 'agent', id: intent.by },
    ...(intent.reason !== undefined && { reason: intent.reason }),
  })
  const denial = gateDenial(state, order, intent.epoch) ?? sendingDenial(state, order)
  if (denial !== undefined) return recordDenial(state, order, denial)
  const late = await recordAndSend(state, order, intent.epoch)
  return late === undefined ? knownOrder(state, clientOrderId) : recordDenial(state, order, late)
}

function newOrder(state: OrdersState, intent: Intent, clientOrderId: string): Order {
  const { clock, sha256 } = state
  const plain = orderOfIntent(intent, clientOrderId, Math.floor(clock.now()), sha256)
  if (!orderSchema.safeParse(plain).success) {
    throw new ParleyError('INTENT_INVALID', `The intent of ${intent.by} in ${intent.runId ?? 'no run'} is no order.`, {
      details: { intent },
    })
  }
  return { ...plain, benchmark: benchmarkOf(plain, intent.decided, marketNow(state, intent.instrument)) }
}

/** Lets the order leave once its record is durable; returns what holds it back after all. */
async function recordAndSend(state: OrdersState, order: Order, epoch: number): Promise<Denial | undefined> {
  const { broker, clock, journal, leaving, answeredIn } = state
  const { clientOrderId } = order
  leaving.add(clientOrderId)
  let late: Denial | undefined
  try {
    await journal.append(orderEntry(state, { kind: 'orderSubmitted', data: { clientOrderId } }, order))
    // The stop may have come while the record was written; nothing runs between this look and the sending.
    late = stopDenial(state, epoch) ?? sendingDenial(state, order)
  } finally {
    leaving.delete(clientOrderId)
  }
  if (late !== undefined) return late
  const sentAt = clock.monotonic()
  try {
    await broker.submit(order)
    answeredIn(clock.monotonic() - sentAt)
  } catch (error) {
    onSubmitError(state, order, error)
  }
  return undefined
}

async function recordDenial(state: OrdersState, order: Order, denial: Denial): Promise<Order> {
  const { clientOrderId } = order
  await state.journal.append(orderEntry(state, { kind: 'orderDenied', data: { clientOrderId, denial } }, order))
  return knownOrder(state, clientOrderId)
}

/** Only a definitive refusal rejects; after anything else nobody knows, and the venue is asked (OL-3). */
function onSubmitError(state: OrdersState, order: Order, error: unknown): void {
  const { clientOrderId } = order
  const { status } = knownOrder(state, clientOrderId)
  if (isClosed(status)) return
  const reason = errorMessage(error)
  if (error instanceof ParleyError && error.retry === 'definitive') {
    note(state, { kind: 'orderRejected', data: { clientOrderId, reason } }, order)
    return
  }
  if (status === 'SUBMITTED') note(state, { kind: 'orderUnknown', data: { clientOrderId, reason } }, order)
  state.followUp(clientOrderId)
}
