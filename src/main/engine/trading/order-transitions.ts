import type { DeskEvents } from '#shared/domain/event.ts'
import type { Order, OrderStatus } from '#shared/domain/order.ts'
import { add, compare, divide, multiply, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

type OrderKind = Extract<keyof DeskEvents, `order${string}`> & Exclude<keyof DeskEvents, 'ordersReconciled'>

/** An event in the life of one order. */
export type OrderEvent = { [Kind in OrderKind]: { readonly kind: Kind; readonly data: DeskEvents[Kind] } }[OrderKind]

type Change = Exclude<OrderKind, 'orderInitialized' | 'orderFilled'>

/**
 * Where each event takes an order. What is not listed leaves the status as it is, since a venue's messages come in any
 * order: an acknowledgement after the fill, a cancel after the fill. Fills are not here: they follow the quantities.
 */
const transitions: Readonly<Record<OrderStatus, Partial<Record<Change, OrderStatus>>>> = {
  INITIALIZED: { orderDenied: 'DENIED', orderSubmitted: 'SUBMITTED' },
  // A stop between the record and the sending denies an order that is recorded as submitted and has not left.
  SUBMITTED: {
    orderDenied: 'DENIED',
    orderAccepted: 'ACCEPTED',
    orderRejected: 'REJECTED',
    orderUnknown: 'UNKNOWN',
    orderPendingCancel: 'PENDING_CANCEL',
    orderCanceled: 'CANCELED',
    orderExpired: 'EXPIRED',
  },
  ACCEPTED: { orderPendingCancel: 'PENDING_CANCEL', orderCanceled: 'CANCELED', orderExpired: 'EXPIRED' },
  PARTIALLY_FILLED: { orderPendingCancel: 'PENDING_CANCEL', orderCanceled: 'CANCELED', orderExpired: 'EXPIRED' },
  PENDING_CANCEL: {
    // The cancel was asked for before the order had left.
    orderDenied: 'DENIED',
    orderRejected: 'REJECTED',
    orderUnknown: 'UNKNOWN',
    orderCancelRejected: 'ACCEPTED',
    orderCanceled: 'CANCELED',
    orderExpired: 'EXPIRED',
  },
  UNKNOWN: {
    orderAccepted: 'ACCEPTED',
    orderRejected: 'REJECTED',
    orderPendingCancel: 'PENDING_CANCEL',
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
 * after a cancel): the venue's executions are the truth. Throws ORDER_UNKNOWN for an event of an order that was never
 * initialized, and ORDER_EXISTS for a second initialization.
 */
export function applyOrderEvent(order: Order | undefined, event: OrderEvent, at: number): Order {
  if (event.kind === 'orderInitialized') {
    if (order !== undefined) {
      throw new ParleyError('ORDER_EXISTS', `The order ${order.clientOrderId} was initialized twice.`)
    }
    return event.data.order
  }
  if (order === undefined) {
    const id = event.kind === 'orderFilled' ? event.data.fill.clientOrderId : event.data.clientOrderId
    throw new ParleyError('ORDER_UNKNOWN', `${event.kind} is about the order ${id}, which was never initialized.`)
  }
  if (event.kind === 'orderFilled') return applyFillToOrder(order, event.data.fill, at)

  let status = transitions[order.status][event.kind] ?? order.status
  if (status === 'ACCEPTED' && compare(order.filledQuantity, ZERO) > 0) status = 'PARTIALLY_FILLED'
  // A venue that refuses to cancel what it never acknowledged may not have it at all.
  else if (event.kind === 'orderCancelRejected' && status === 'ACCEPTED' && order.venueOrderId === null)
    status = 'UNKNOWN'
  return {
    ...order,
    status,
    updatedAt: at,
    venueOrderId: event.kind === 'orderAccepted' ? event.data.venueOrderId : order.venueOrderId,
    reason: reasonOf(event) ?? order.reason,
  }
}

function applyFillToOrder(order: Order, fill: DeskEvents['orderFilled']['fill'], at: number): Order {
  const filledQuantity = add(order.filledQuantity, fill.quantity)
  const spent = add(multiply(order.averagePrice ?? ZERO, order.filledQuantity), multiply(fill.price, fill.quantity))
  return {
    ...order,
    status: statusAfterFill(order, compare(filledQuantity, order.quantity) >= 0),
    filledQuantity,
    averagePrice: divide(spent, filledQuantity),
    updatedAt: at,
  }
}

function statusAfterFill(order: Order, complete: boolean): OrderStatus {
  if (complete) return 'FILLED'
  switch (order.status) {
    case 'PENDING_CANCEL':
    case 'CANCELED':
    case 'EXPIRED':
    case 'FILLED':
      return order.status
    case 'INITIALIZED':
    case 'DENIED':
    case 'SUBMITTED':
    case 'ACCEPTED':
    case 'REJECTED':
    case 'PARTIALLY_FILLED':
    case 'UNKNOWN':
      return 'PARTIALLY_FILLED'
  }
}

function reasonOf(event: OrderEvent): string | undefined {
  switch (event.kind) {
    case 'orderDenied': {
      const values = Object.entries(event.data.denial.values).map(([name, value]) => `${name}=${value}`)
      return [event.data.denial.code, ...values].join(' ')
    }
    case 'orderRejected':
    case 'orderUnknown':
    case 'orderCancelRejected':
      return event.data.reason
    default:
      return undefined
  }
}
