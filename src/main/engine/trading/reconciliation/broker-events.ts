import type { BrokerEvent } from '#engine/ports/broker.ts'
import { bookFill, bookFunding, bustFill } from '#engine/trading/orders/fill-booking.ts'
import { onCancelRejected } from '#engine/trading/orders/order-cancels.ts'
import { onChangeRejected } from '#engine/trading/orders/order-changes.ts'
import { note } from '#engine/trading/orders/order-records.ts'
import type { OrdersState } from '#engine/trading/orders/orders-state.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import { differs } from './venue-reports.ts'

type AccountTold = Exclude<BrokerEvent, { kind: 'link' }>
type OrderTold = Exclude<AccountTold, { kind: 'filled' | 'busted' | 'funding' }>

/** Takes over what the broker tells of the account by itself; what it has told before changes nothing. */
export function onAccountEvent(state: OrdersState, event: AccountTold): void {
  if (event.kind === 'filled') bookFill(state, event.fill)
  else if (event.kind === 'busted') bustFill(state, event)
  else if (event.kind === 'funding') bookFunding(state, event.payment)
  else {
    const { clientOrderId } = event
    const order = state.book.orders.get(clientOrderId) ?? state.book.closed.get(clientOrderId)
    // A filled order may still be made larger; of any other that has ended nothing but fills is news.
    if (order === undefined || (isClosed(order.status) && event.kind !== 'updated')) return
    onOrderEvent(state, order, event)
  }
}

function onOrderEvent(state: OrdersState, order: Order, event: OrderTold): void {
  const { clientOrderId } = event
  switch (event.kind) {
    case 'triggered':
      if (!order.triggered) note(state, { kind: 'orderTriggered', data: { clientOrderId } }, order)
      return
    case 'updated': {
      const { quantity, limitPrice, stopPrice } = event
      if (order.pendingUpdates.length > 0 || differs(order, event))
        note(state, { kind: 'orderUpdated', data: { clientOrderId, quantity, limitPrice, stopPrice } }, order)
      return
    }
    case 'updateRejected':
      onChangeRejected(state, clientOrderId, event.reason)
      return
    case 'accepted': {
      const { venueOrderId } = event
      if (order.venueOrderId === null)
        note(state, { kind: 'orderAccepted', data: { clientOrderId, venueOrderId } }, order)
      return
    }
    case 'rejected':
      note(state, { kind: 'orderRejected', data: { clientOrderId, reason: event.reason } }, order)
      return
    case 'canceled':
      note(state, { kind: 'orderCanceled', data: { clientOrderId } }, order)
      return
    case 'expired':
      note(state, { kind: 'orderExpired', data: { clientOrderId } }, order)
      return
    case 'cancelRejected':
      onCancelRejected(state, clientOrderId, event.reason)
      state.followUp(clientOrderId)
  }
}
