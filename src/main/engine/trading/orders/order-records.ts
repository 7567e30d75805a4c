import type { Entry } from '#engine/journal/journal.ts'
import type { MarketThen } from '#engine/trading/execution-quality/arrival-benchmark.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Order } from '#shared/domain/order.ts'
import { touchOf } from '#shared/domain/quote.ts'
import { findOrder, type OrdersState } from './orders-state.ts'

/** Who is recorded where nobody asked for it. */
export const ordersActor: Actor = { kind: 'system', id: 'orders' }

/** Appends without waiting; a journal that cannot be written halts the desk by itself. */
export function note(state: OrdersState, event: DeskEvent, order?: Order, about: Partial<Entry> = {}): void {
  void state.journal.append(orderEntry(state, event, order, about))
}

/** An event of an order as the journal takes it, with the market of the moment where an execution is measured by it. */
export function orderEntry(state: OrdersState, event: DeskEvent, order?: Order, about: Partial<Entry> = {}): Entry {
  const correlationId = order?.runId ?? undefined
  return {
    actor: ordersActor,
    ...(correlationId !== undefined && { correlationId }),
    ...about,
    ...atMarket(state, event),
  }
}

/** The market now. What an execution is measured by must not hold up an order: where the feed fails, nothing is known. */
export function marketNow({ feed }: Pick<OrdersState, 'feed'>, instrument: string): MarketThen {
  try {
    const quote = feed.quote(instrument)
    return { touch: quote === undefined ? null : touchOf(quote), book: feed.book(instrument) ?? null }
  } catch {
    return { touch: null, book: null }
  }
}

function atMarket(state: OrdersState, event: DeskEvent): DeskEvent {
  switch (event.kind) {
    case 'orderDenied':
    case 'orderRejected':
    case 'orderTriggered':
    case 'orderCanceled':
    case 'orderExpired': {
      const instrument = findOrder(state, event.data.clientOrderId)?.instrument
      const { touch } = instrument === undefined ? { touch: null } : marketNow(state, instrument)
      return touch === null ? event : ({ ...event, data: { ...event.data, market: touch } } as DeskEvent)
    }
    default:
      return event
  }
}
