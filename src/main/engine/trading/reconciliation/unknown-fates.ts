import { sendCancel } from '#engine/trading/orders/order-cancels.ts'
import { ordersActor } from '#engine/trading/orders/order-records.ts'
import { knownOrder, type OrdersState } from '#engine/trading/orders/orders-state.ts'
import { isClosed, isOpen } from '#shared/domain/order.ts'
import { sleep } from '#shared/lib/clock.ts'
import { bringToReport, onUnheardOf } from './venue-reports.ts'

/** So long after it was sent an order is first asked after; then twice as long is waited each time, up to the longest. */
const firstAskMs = 500
const longestAskMs = 10_000
/** An order that was just sent may be on its way still: only after so many answers it counts as never arrived (OL-16). */
const unheardOfTimes = 4

/**
 * Creates what asks the venue after orders, each after 0.5, 1, 2, ... and then every 10 s, until its fate is known, or,
 * where it is to be cancelled, until it has ended; a cancel that did not take is asked for again. No answer says nothing.
 */
export function followUnknownFates(state: OrdersState): (clientOrderId: string) => void {
  const following = new Set<string>()
  return (clientOrderId) => {
    if (following.has(clientOrderId) || state.life.aborted) return
    following.add(clientOrderId)
    void follow(state, clientOrderId)
      .catch((error: unknown) => {
        if (!state.life.aborted) throw error
      })
      .finally(() => following.delete(clientOrderId))
  }
}

async function follow(state: OrdersState, clientOrderId: string): Promise<void> {
  const { broker, clock, life, stopped } = state
  let unheardOf = 0
  for (let delayMs = firstAskMs; ; delayMs = Math.min(longestAskMs, delayMs * 2)) {
    await sleep(clock, delayMs, life)
    if (isClosed(knownOrder(state, clientOrderId).status)) return
    const report = await broker.query(clientOrderId).catch(() => null)
    if (life.aborted) return
    if (report === null) continue
    unheardOf = report === undefined ? unheardOf + 1 : 0
    if (report === undefined) {
      if (unheardOf < unheardOfTimes) continue
      const order = knownOrder(state, clientOrderId)
      if (!isClosed(order.status)) onUnheardOf(state, order)
      return
    }
    const isTakenOver = await bringToReport(state, report)
    const { status } = knownOrder(state, clientOrderId)
    if (isClosed(status) || life.aborted) return
    if (status === 'PENDING_CANCEL' || stopped.has(clientOrderId)) await sendCancel(state, clientOrderId, ordersActor)
    else if (isTakenOver && isOpen(status)) return
  }
}
