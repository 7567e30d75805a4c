import { implement } from '@orpc/server'
import { requireKnownAccount } from '#engine/trading/account-doubt.ts'
import { closePosition } from '#engine/trading/close-position.ts'
import { linkedOrders } from '#engine/trading/linked-orders.ts'
import { unrealised } from '#engine/trading/positions.ts'
import { contract } from '#shared/contract/index.ts'
import { canBeCancelled, isExit, type Order } from '#shared/domain/order.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** The stop and its release, orders, fills, positions. */
export function tradingRoutes({ kernel, queries, feed, journal, clock }: ApiParts) {
  const os = implement(contract.trading).$context<CallContext>()
  const { orders, closed } = kernel.book
  const find = (id: string) => orders.get(id) ?? closed.get(id) ?? queries.getOrder(id)

  function known(clientOrderId: string): Order {
    const order = find(clientOrderId)
    if (order !== undefined) return order
    throw new ParleyError('ORDER_NOT_FOUND', `There is no order ${clientOrderId}.`, {
      wayOut: 'Look at the list of orders for its id.',
    })
  }

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
      const order = known(input.clientOrderId)
      return {
        order,
        fills: [...queries.listFillsOf(order.clientOrderId)],
        linked: [...linkedOrders(order, kernel.book, find)],
      }
    }),
    change: os.change.handler(({ input: { clientOrderId, ...change } }) => {
      if (change.quantity !== undefined && isExit(known(clientOrderId))) {
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
    fills: os.fills.handler(({ input }) => [...queries.listFills(input.instrument, input.limit)]),
    close: os.close.handler(({ input }) => closePosition({ ...kernel, clock }, { ...input, by: trader })),
    reconcile: os.reconcile.handler(() => kernel.orders.compare()),
    positions: os.positions.handler(() => {
      requireKnownAccount(kernel.book)
      return [...kernel.book.positions.values()]
        .filter(({ quantity }) => quantity !== ZERO)
        .map((position) => {
          const quote = feed.quote(position.instrument)
          return {
            ...position,
            mark: quote?.last ?? null,
            markedAt: quote?.at ?? null,
            unrealised: quote === undefined ? null : unrealised(position, quote.last),
            runId: kernel.book.openedBy.get(position.instrument) ?? null,
          }
        })
    }),
  }
}
