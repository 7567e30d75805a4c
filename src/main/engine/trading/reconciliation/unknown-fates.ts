import type { Broker, OrderReport } from '#engine/ports/broker.ts'
import { isClosed, isOpen, type Order } from '#shared/domain/order.ts'
import { type Clock, sleep } from '#shared/lib/clock.ts'

/** What following an order up needs from those who keep the orders. */
export interface UnknownFatesOptions {
  readonly broker: Pick<Broker, 'query'>
  readonly clock: Clock
  /** Ends all following up. */
  readonly signal: AbortSignal
  readonly known: (clientOrderId: string) => Order
  /** Brings our order to the report; false while not all of it could be taken over. */
  readonly bringTo: (report: OrderReport) => Promise<boolean>
  /** Told of an order that the venue does not know, however often it is asked. */
  readonly onUnheardOf: (order: Order) => void
  readonly isToBeCancelled: (order: Order) => boolean
  readonly cancel: (clientOrderId: string) => Promise<void>
}

/** How long after it was sent an order is first asked after; each time twice as long is waited, up to the longest. */
const firstAskMs = 500
const longestAskMs = 10_000
/** An order that was just sent may be on its way still: only after so many answers it counts as never arrived (OL-16). */
const unheardOfTimes = 4

/**
 * Creates what asks the venue after orders, each after 0.5, 1, 2, ... and then every 10 s, until its fate is known, or,
 * where it is to be cancelled, until it has ended; a cancel that did not take is asked for again. No answer says nothing.
 */
export function followUnknownFates(options: UnknownFatesOptions): (clientOrderId: string) => void {
  const { broker, clock, signal, known, bringTo, onUnheardOf, isToBeCancelled, cancel } = options
  const following = new Set<string>()

  async function follow(clientOrderId: string): Promise<void> {
    let unheardOf = 0
    for (let delayMs = firstAskMs; ; delayMs = Math.min(longestAskMs, delayMs * 2)) {
      await sleep(clock, delayMs, signal)
      if (isClosed(known(clientOrderId).status)) return
      const report = await broker.query(clientOrderId).catch(() => null)
      if (signal.aborted) return
      if (report === null) continue
      unheardOf = report === undefined ? unheardOf + 1 : 0
      if (report === undefined) {
        if (unheardOf < unheardOfTimes) continue
        if (!isClosed(known(clientOrderId).status)) onUnheardOf(known(clientOrderId))
        return
      }
      const isTakenOver = await bringTo(report)
      const order = known(clientOrderId)
      if (isClosed(order.status) || signal.aborted) return
      if (isToBeCancelled(order)) await cancel(clientOrderId)
      else if (isTakenOver && isOpen(order.status)) return
    }
  }

  return (clientOrderId) => {
    if (following.has(clientOrderId) || signal.aborted) return
    following.add(clientOrderId)
    void follow(clientOrderId)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      .finally(() => following.delete(clientOrderId))
  }
}
