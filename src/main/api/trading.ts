import { implement } from '@orpc/server'
import {
  type ReportContext,
  reportExecution,
  reportParent,
} from '#engine/trading/execution-quality/execution-report.ts'
import { requireKnownAccount } from '#engine/trading/orders/account-doubt.ts'
import { closePosition } from '#engine/trading/orders/close-position.ts'
import { linkedOrders } from '#engine/trading/orders/linked-orders.ts'
import { unrealised } from '#engine/trading/positions/positions.ts'
import { contract } from '#shared/contract/index.ts'
import { canBeCancelled, type Fill, isExit, type Order } from '#shared/domain/order.ts'
import type { ParentOrder, ParentOrderView } from '#shared/domain/parent-order.ts'
import { markOf, touchOf } from '#shared/domain/quote.ts'
import { sum, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** The stop and its release, orders, fills, positions. */
export function tradingRoutes({ kernel, queries, feed, journal, clock }: ApiParts) {
  const os = implement(contract.trading).$context<CallContext>()

  function contextOf(instrument: string, fills: readonly Fill[]): ReportContext {
    const quote = feed.quote(instrument)
    const market = quote === undefined ? null : touchOf(quote)
    return { fills, market, now: clock.now(), settlesAfterMs: kernel.capabilities.settlesAfterMs }
  }

  const reportOf = (order: Order) =>
    reportExecution(order, contextOf(order.instrument, queries.listFillsOf(order.clientOrderId)))

  function viewOf(parent: ParentOrder): ParentOrderView {
    const children = [...queries.listChildren(parent.id)]
    return { ...parent, children, filledQuantity: sum(children.map(({ filledQuantity }) => filledQuantity)) }
  }

  const fillsOf = ({ children }: ParentOrderView) =>
    children.flatMap(({ clientOrderId }) => queries.listFillsOf(clientOrderId))

  return {
    stop: os.stop.handler(({ input }) => {
      // The answer does not wait for the record: the gate is closed.
      const latch = kernel.halt(input.level, trader, input.reason)
      return { latch, progress: kernel.orders.stopProgress() }
    }),
    reduce: os.reduce.handler(async ({ input }) => {
      const latch = kernel.reduce(trader, input.reason)
      await journal.settled()
      return latch
    }),
    rearm: os.rearm.handler(async ({ input }) => {
      const latch = kernel.rearm(trader, input)
      await journal.settled()
      return latch
    }),
    orders: os.orders.handler(({ input }) => [...queries.listOrders(input.instrument, input.limit)]),
    working: os.working.handler(() => [...kernel.book.orders.values()].reverse()),
    ended: os.ended.handler(({ input }) => {
      const found = queries.listEndedOrders({ ...input, limit: input.limit + 1 })
      return { orders: found.slice(0, input.limit), hasMore: found.length > input.limit }
    }),
    order: os.order.handler(({ input }) => {
      const order = kernel.orders.get(input.clientOrderId)
      return {
        order,
        fills: [...queries.listFillsOf(order.clientOrderId)],
        linked: [...linkedOrders(order, kernel.book, (id) => queries.getOrder(id))],
      }
    }),
    change: os.change.handler(({ input: { clientOrderId, ...change } }) => {
      if (change.quantity !== undefined && isExit(kernel.orders.get(clientOrderId))) {
        throw new ParleyError(
          'EXIT_SIZE_FOLLOWS_ENTRY',
          `${clientOrderId} covers what its entry holds, and no other quantity.`,
          {
            wayOut: 'Change its price alone, or close a part of the position: it is made smaller then.',
          },
        )
      }
      return kernel.orders.replace(clientOrderId, change, trader, kernel.latch.current().epoch)
    }),
    cancelAll: os.cancelAll.handler(async ({ input: { protection } }) => {
      const all = [...kernel.book.orders.values()].filter(
        (order) => canBeCancelled(order) && (protection || !isExit(order)),
      )
      await Promise.all(all.map(({ clientOrderId }) => kernel.orders.cancel(clientOrderId, trader)))
      return { asked: all.map(({ clientOrderId }) => clientOrderId) }
    }),
    cancel: os.cancel.handler(({ input }) => kernel.orders.cancel(input.clientOrderId, trader)),
    reports: os.reports.handler(({ input }) => queries.listOrders(input.instrument, input.limit).map(reportOf)),
    report: os.report.handler(({ input }) => reportOf(kernel.orders.get(input.clientOrderId))),
    parents: os.parents.handler(({ input }) => queries.listParentOrders(input.instrument, input.limit).map(viewOf)),
    parent: os.parent.handler(({ input }) => {
      const parent = viewOf(kernel.parentOrders.get(input.parentId))
      return { parent, fills: fillsOf(parent) }
    }),
    parentReport: os.parentReport.handler(({ input }) => {
      const parent = kernel.parentOrders.get(input.parentId)
      return reportParent(parent, contextOf(parent.instrument, fillsOf(viewOf(parent))))
    }),
    cancelParent: os.cancelParent.handler(async ({ input }) =>
      viewOf(await kernel.parentOrders.cancel(input.parentId, trader, input.reason)),
    ),
    fills: os.fills.handler(({ input }) => [...queries.listFills(input.instrument, input.limit)]),
    close: os.close.handler(async ({ input }) => {
      // What is still being bought in parts must not open again what is closed.
      await kernel.parentOrders.cancelIn(input.instrument, trader, 'The trader closes the position by hand.')
      return closePosition({ ...kernel, clock }, { ...input, by: trader })
    }),
    reconcile: os.reconcile.handler(() => kernel.orders.compare()),
    positions: os.positions.handler(() => {
      requireKnownAccount(kernel.book)
      return [...kernel.book.positions.values()]
        .filter(({ quantity }) => quantity !== ZERO)
        .map((position) => {
          const quote = feed.quote(position.instrument)
          return {
            ...position,
            mark: quote === undefined ? null : markOf(quote),
            markedAt: quote?.at ?? null,
            unrealised: quote === undefined ? null : unrealised(position, markOf(quote)),
            runId: kernel.book.openedBy.get(position.instrument) ?? null,
          }
        })
    }),
  }
}
