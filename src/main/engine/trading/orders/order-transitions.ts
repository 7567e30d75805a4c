import { denialReason } from '#shared/domain/denial.ts'
import type { DeskEvents } from '#shared/domain/event.ts'
import { isClosed, type Order, type OrderStatus, plainTerms } from '#shared/domain/order.ts'
import type { Touch } from '#shared/domain/quote.ts'
import { add, compare, divide, maximum, multiply, subtract, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

type OrderKind = Extract<keyof DeskEvents, `order${string}`> & Exclude<keyof DeskEvents, 'ordersReconciled'>

/** An event in the life of one order. */
export type OrderEvent = { [Kind in OrderKind]: { readonly kind: Kind; readonly data: DeskEvents[Kind] } }[OrderKind]

/** An event that moves the standing of an order by itself. */
type Change = Extract<
  OrderKind,
  | 'orderDenied'
  | 'orderSubmitted'
  | 'orderAccepted'
  | 'orderRejected'
  | 'orderUnknown'
  | 'orderTriggered'
  | 'orderCanceled'
  | 'orderExpired'
>

/** A standing: a status that nothing is pending over. */
type Standing = Exclude<OrderStatus, 'PENDING_UPDATE' | 'PENDING_CANCEL'>

/**
 * Where each event takes the standing of an order. What is not listed leaves it as it is, since a venue's messages come in
 * any order: an acknowledgement after the fill, a cancel after the fill. Fills, busts and updates are not here: they follow
 * the quantities. What is pending is not here either: it lies over the standing, and ranks before it.
 */
const transitions: Readonly<Record<Standing, Partial<Record<Change, Standing>>>> = {
  INITIALIZED: { orderDenied: 'DENIED', orderSubmitted: 'SUBMITTED' },
  // A stop between the record and the sending denies an order that is recorded as submitted and has not left.
  SUBMITTED: {
    orderDenied: 'DENIED',
    orderAccepted: 'ACCEPTED',
    orderRejected: 'REJECTED',
    orderUnknown: 'UNKNOWN',
    orderTriggered: 'TRIGGERED',
    orderCanceled: 'CANCELED',
    orderExpired: 'EXPIRED',
  },
  // A broker that has acknowledged may still be refused by its exchange (FIX appendix D, state change matrix).
  ACCEPTED: {
    orderRejected: 'REJECTED',
    orderTriggered: 'TRIGGERED',
    orderCanceled: 'CANCELED',
    orderExpired: 'EXPIRED',
  },
  TRIGGERED: { orderRejected: 'REJECTED', orderCanceled: 'CANCELED', orderExpired: 'EXPIRED' },
  PARTIALLY_FILLED: { orderCanceled: 'CANCELED', orderExpired: 'EXPIRED' },
  UNKNOWN: {
    orderAccepted: 'ACCEPTED',
    orderRejected: 'REJECTED',
    orderTriggered: 'TRIGGERED',
    orderCanceled: 'CANCELED',
    orderExpired: 'EXPIRED',
  },
  DENIED: {},
  REJECTED: {},
  FILLED: {},
  CANCELED: {},
  EXPIRED: {},
}

/**
 * The order after an event at a moment (epoch ms). Fills are booked whatever the status is (before the acknowledgement,
 * after a cancel): the venue's executions are the truth. The status shown follows FIX appendix D's precedence (OL-4): a
 * pending cancel, a pending change, filled, cancelled, partly filled, and so on; a fill of all that was wanted is shown
 * once the venue has answered what is pending, since that may still come to a larger quantity. Throws ORDER_UNKNOWN for
 * an event of an order that was never initialized, and ORDER_EXISTS for a second initialization.
 */
export function applyOrderEvent(order: Order | undefined, event: OrderEvent, at: number): Order {
  if (event.kind === 'orderInitialized') {
    if (order !== undefined) {
      throw new ParleyError('ORDER_EXISTS', `The order ${order.clientOrderId} was initialized twice.`)
    }
    // Records of earlier versions do not say all of the terms.
    return { ...plainTerms, ...event.data.order }
  }
  if (order === undefined) {
    const id = event.kind === 'orderFilled' ? event.data.fill.clientOrderId : event.data.clientOrderId
    throw new ParleyError('ORDER_UNKNOWN', `${event.kind} is about the order ${id}, which was never initialized.`)
  }
  const isCancelPending = order.status === 'PENDING_CANCEL'
  switch (event.kind) {
    case 'orderFilled':
      return shown(filled(order, event.data.fill), isCancelPending, at)
    case 'orderFillBusted':
      return shown(busted(order, event.data.busted, event.data.corrected), isCancelPending, at)
    case 'orderFillDisputed':
      return { ...order, updatedAt: at }
    case 'orderPendingUpdate': {
      if (order.standing === 'INITIALIZED' || isClosed(order.standing)) return { ...order, updatedAt: at }
      return shown({ ...order, pendingUpdates: [...order.pendingUpdates, event.data.change] }, isCancelPending, at)
    }
    case 'orderUpdated':
      return shown(updated(order, event.data), isCancelPending, at)
    case 'orderUpdateRejected': {
      if (order.pendingUpdates.length === 0) return { ...order, updatedAt: at }
      const pendingUpdates = order.pendingUpdates.slice(1)
      return shown({ ...order, pendingUpdates, reason: event.data.reason }, isCancelPending, at)
    }
    case 'orderPendingCancel': {
      const cancelledByTrader = order.cancelledByTrader || event.data.byTrader === true
      const mayBePending = order.standing !== 'INITIALIZED' && !isClosed(order.standing)
      if (!mayBePending) return { ...order, cancelledByTrader, updatedAt: at }
      return shown({ ...order, cancelledByTrader, reason: isCancelPending ? order.reason : null }, true, at)
    }
    case 'orderCancelRejected':
      return isCancelPending ? shown({ ...order, reason: event.data.reason }, false, at) : { ...order, updatedAt: at }
    default:
      return shown(moved(order, event), isCancelPending, at)
  }
}

/** The order with the status that it is shown by. What has ended without being filled has nothing pending any more. */
function shown(order: Order, isCancelPending: boolean, at: number): Order {
  const isOver = isClosed(order.standing) && order.standing !== 'FILLED'
  const pendingUpdates = isOver ? [] : order.pendingUpdates
  const isPending = !isOver && isCancelPending
  const status = isPending ? 'PENDING_CANCEL' : pendingUpdates.length > 0 ? 'PENDING_UPDATE' : order.standing
  return { ...order, status, pendingUpdates, updatedAt: at }
}

function moved(order: Order, event: Extract<OrderEvent, { kind: Change }>): Order {
  const next = transitions[standingOf(order)][event.kind]
  return {
    ...order,
    standing: next ?? order.standing,
    triggered: order.triggered || event.kind === 'orderTriggered',
    benchmark: event.kind === 'orderTriggered' ? arrivedAt(order, event.data.market) : order.benchmark,
    marketAtEnd: next !== undefined && isClosed(next) && 'market' in event.data ? event.data.market : order.marketAtEnd,
    venueOrderId: event.kind === 'orderAccepted' ? event.data.venueOrderId : order.venueOrderId,
    reason: next === undefined ? order.reason : (reasonOf(event) ?? null),
  }
}

/** A stop order comes to the market when it is triggered. */
function arrivedAt({ benchmark }: Order, market: Touch | undefined): Order['benchmark'] {
  return benchmark === null || market === undefined ? benchmark : { ...benchmark, arrival: market }
}

function standingOf({ standing }: Order): Standing {
  if (standing === 'PENDING_CANCEL' || standing === 'PENDING_UPDATE') {
    throw new ParleyError('STANDING_PENDING', `${standing} is what is pending over a standing, and none itself.`)
  }
  return standing
}

function filled(order: Order, fill: DeskEvents['orderFilled']['fill']): Order {
  const filledQuantity = add(order.filledQuantity, fill.quantity)
  const spent = add(multiply(order.averagePrice ?? ZERO, order.filledQuantity), multiply(fill.price, fill.quantity))
  const standing = standingAfterFill(order, compare(filledQuantity, order.quantity) >= 0)
  return {
    ...order,
    standing,
    filledQuantity,
    averagePrice: divide(spent, filledQuantity),
    // The reason of a standing goes with it; that of an order from outside is why it is there at all.
    reason: standing === order.standing || order.standing === 'INITIALIZED' ? order.reason : null,
  }
}

function standingAfterFill(order: Order, complete: boolean): OrderStatus {
  if (complete) return 'FILLED'
  const stays = order.standing === 'CANCELED' || order.standing === 'EXPIRED' || order.standing === 'FILLED'
  return stays ? order.standing : 'PARTIALLY_FILLED'
}

/** A bust takes off what was filled and opens a filled order again; a correction takes its place. */
function busted(order: Order, bust: DeskEvents['orderFilled']['fill'], corrected: typeof bust | null): Order {
  const left = maximum(subtract(order.filledQuantity, bust.quantity), ZERO)
  const spent = subtract(
    multiply(order.averagePrice ?? ZERO, order.filledQuantity),
    multiply(bust.price, bust.quantity),
  )
  const averagePrice = left === ZERO ? null : divide(spent, left)
  const opened = order.standing === 'FILLED' || order.standing === 'PARTIALLY_FILLED'
  const standing = !opened ? order.standing : left === ZERO ? workingStanding(order) : 'PARTIALLY_FILLED'
  const without: Order = { ...order, filledQuantity: left, averagePrice, standing }
  return corrected === null ? without : filled(without, corrected)
}

function workingStanding(order: Order): OrderStatus {
  if (order.triggered) return 'TRIGGERED'
  return order.venueOrderId === null ? 'UNKNOWN' : 'ACCEPTED'
}

/** A quantity at or below what is filled already leaves nothing to fill (OL-7; FIX appendix D, D11 and D12). */
function updated(order: Order, terms: DeskEvents['orderUpdated']): Order {
  const works = order.standing === 'FILLED' || (order.standing !== 'INITIALIZED' && !isClosed(order.standing))
  if (!works) return order
  const { limitPrice, stopPrice } = terms
  const quantity = maximum(terms.quantity, order.filledQuantity)
  const pendingUpdates = order.pendingUpdates.slice(1)
  const isFilled = order.filledQuantity !== ZERO && compare(order.filledQuantity, quantity) >= 0
  const standing = isFilled
    ? 'FILLED'
    : order.filledQuantity !== ZERO
      ? 'PARTIALLY_FILLED'
      : order.triggered
        ? 'TRIGGERED'
        : 'ACCEPTED'
  const reason = order.standing === standing ? order.reason : null
  return { ...order, quantity, limitPrice, stopPrice, pendingUpdates, standing, reason }
}

function reasonOf(event: Extract<OrderEvent, { kind: Change }>): string | undefined {
  switch (event.kind) {
    case 'orderDenied':
      return denialReason(event.data.denial)
    case 'orderRejected':
    case 'orderUnknown':
      return event.data.reason
    default:
      return undefined
  }
}
