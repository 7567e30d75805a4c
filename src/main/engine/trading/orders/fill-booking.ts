import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill } from '#shared/domain/order.ts'
import { externalOrder } from './new-orders.ts'
import { note } from './order-records.ts'
import { findOrder, type OrdersState } from './orders-state.ts'

/** Fills remembered at hand; earlier ones are in the archive. */
const fillsKept = 10_000

/** Books a fill, once whoever tells of it (OL-9); false when it was booked before. */
export function bookFill(state: OrdersState, fill: Fill): boolean {
  const { busted } = state
  const key = keyOf(fill)
  const before = bookedBefore(state, fill)
  if (before !== undefined) {
    if (!isSameTrade(before, fill)) dispute(state, key, fill)
    return false
  }
  if (busted.has(key)) return false
  remember(state, key, fill)
  const order = findOrder(state, fill.clientOrderId)
  if (order === undefined) note(state, { kind: 'orderInitialized', data: { order: externalOrder(fill) } })
  note(state, { kind: 'orderFilled', data: { fill } }, order)
  if (fill.liquidation === true) {
    note(state, { kind: 'positionLiquidated', data: { fill } })
    state.onLiquidation(fill)
  }
  return true
}

/** Takes a trade back, once; what the venue puts in its place stands under its own id, or under the same (OL-5). */
export function bustFill(state: OrdersState, event: Extract<BrokerEvent, { kind: 'busted' }>): void {
  const { clientOrderId, corrected } = event
  const key = keyOf(event)
  const booked = bookedBefore(state, event)
  if (state.busted.has(key)) return
  state.busted.add(key)
  if (booked === undefined) {
    if (corrected !== null) bookFill(state, corrected)
    return
  }
  if (corrected !== null) remember(state, keyOf(corrected), corrected)
  const data = { clientOrderId, busted: booked, corrected }
  note(state, { kind: 'orderFillBusted', data }, findOrder(state, clientOrderId))
}

/** Books a payment of funding, once whoever tells of it; false when it was booked before. */
export function bookFunding(state: OrdersState, payment: FundingPayment): boolean {
  const { bookedFunding, archive } = state
  if (bookedFunding.has(payment.id) || archive.getFunding(payment.id) !== undefined) return false
  bookedFunding.add(payment.id)
  note(state, { kind: 'fundingPaid', data: { payment } })
  return true
}

type TradeKey = Pick<Fill, 'clientOrderId' | 'tradeId'>

function keyOf({ clientOrderId, tradeId }: TradeKey): string {
  return `${clientOrderId}|${tradeId}`
}

function bookedBefore({ bookedFills, archive }: OrdersState, trade: TradeKey): Fill | undefined {
  return bookedFills.get(keyOf(trade)) ?? archive.getFill(trade.clientOrderId, trade.tradeId)
}

function remember({ bookedFills }: OrdersState, key: string, fill: Fill): void {
  bookedFills.set(key, fill)
  const [oldest] = bookedFills.keys()
  if (oldest !== undefined && bookedFills.size > fillsKept) bookedFills.delete(oldest)
}

/** The same trade with another price or quantity is dropped and written down, once (OL-9). */
function dispute(state: OrdersState, key: string, told: Fill): void {
  const { disputed } = state
  if (disputed.has(key)) return
  disputed.add(key)
  const { clientOrderId } = told
  note(state, { kind: 'orderFillDisputed', data: { clientOrderId, told } }, findOrder(state, clientOrderId))
}

function isSameTrade(a: Fill, b: Fill): boolean {
  return a.quantity === b.quantity && a.price === b.price && a.side === b.side && a.instrument === b.instrument
}
