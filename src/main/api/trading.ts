import { implement } from '@orpc/server'
import { requireKnownAccount } from '#engine/trading/account-doubt.ts'
import { closePosition } from '#engine/trading/close-position.ts'
import { unrealised } from '#engine/trading/positions.ts'
import { contract } from '#shared/contract/index.ts'
import { markOf } from '#shared/domain/quote.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** The stop and its release, orders, fills, positions. */
export function tradingRoutes({ kernel, queries, feed, journal, clock }: ApiParts) {
  const os = implement(contract.trading).$context<CallContext>()
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
            mark: quote === undefined ? null : markOf(quote),
            markedAt: quote?.at ?? null,
            unrealised: quote === undefined ? null : unrealised(position, markOf(quote)),
            runId: kernel.book.openedBy.get(position.instrument) ?? null,
          }
        })
    }),
  }
}
