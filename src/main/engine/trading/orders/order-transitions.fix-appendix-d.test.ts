import { describe, expect, it } from 'vitest'
import type { Order, OrderStatus } from '#shared/domain/order.ts'
import { type Decimal, decimal, ZERO } from '#shared/lib/decimal.ts'
import { deskFill, deskOrder } from '#test/builders/orders.ts'
import { applyOrderEvent, type OrderEvent } from './order-transitions.ts'
import { leavesQuantity } from './working.ts'

// FIX 4.2, appendix D, "Order State Change Matrices" (with their numbers, where these are given), from the side that sends: what is asked for
// is pending from the moment in which it is asked, not only once the other side says so; every change keeps the order's id;
// an order that rests over night ("done for day", "restated") keeps its status, since nothing of it ends.

/** Who says what: `ack`, `fill 1000 @100`, `replace? 8000` (asked), `replace 8000` (done), `bust 1`, `correct 1 500 @101`, ... */
type Row = readonly [
  message: string,
  status: OrderStatus,
  quantity: number,
  filled: number,
  leaves: number,
  average?: string,
]

const clientOrderId = 'order-1'

function eventOf(message: string, fills: Map<string, ReturnType<typeof deskFill>>): OrderEvent | undefined {
  const [what = '', first = '', second = '', third = ''] = message.replaceAll('@', '').split(' ')
  const fillOf = (quantity: string, price: string) => {
    const tradeId = String(fills.size + 1)
    const fill = deskFill({ tradeId, quantity: decimal(quantity), price: decimal(price === '' ? '100' : price) })
    fills.set(tradeId, fill)
    return fill
  }
  switch (what) {
    case 'send':
      return { kind: 'orderSubmitted', data: { clientOrderId } }
    case 'ack':
      return { kind: 'orderAccepted', data: { clientOrderId, venueOrderId: 'venue-1' } }
    case 'reject':
      return { kind: 'orderRejected', data: { clientOrderId, reason: 'refused' } }
    case 'lost':
      return { kind: 'orderUnknown', data: { clientOrderId, reason: 'no answer' } }
    case 'fill':
      return { kind: 'orderFilled', data: { fill: fillOf(first, second) } }
    case 'cancel?':
      return { kind: 'orderPendingCancel', data: { clientOrderId } }
    case 'cancel':
      return { kind: 'orderCanceled', data: { clientOrderId } }
    case 'expire':
      return { kind: 'orderExpired', data: { clientOrderId } }
    case 'cancelReject':
      return { kind: 'orderCancelRejected', data: { clientOrderId, reason: 'too late' } }
    case 'replace?':
      return { kind: 'orderPendingUpdate', data: { clientOrderId, change: { quantity: decimal(first) } } }
    case 'replace':
      return {
        kind: 'orderUpdated',
        data: { clientOrderId, quantity: decimal(first), limitPrice: decimal(100), stopPrice: null },
      }
    case 'replaceReject':
      return { kind: 'orderUpdateRejected', data: { clientOrderId, reason: 'refused' } }
    case 'trigger':
      return { kind: 'orderTriggered', data: { clientOrderId } }
    case 'bust':
      return {
        kind: 'orderFillBusted',
        data: { clientOrderId, busted: fills.get(first) ?? deskFill(), corrected: null },
      }
    case 'correct': {
      const busted = fills.get(first) ?? deskFill()
      return { kind: 'orderFillBusted', data: { clientOrderId, busted, corrected: fillOf(second, third) } }
    }
    case 'status':
      return undefined
    default:
      throw new Error(`nobody says "${message}"`)
  }
}

const sent: Row = ['send', 'SUBMITTED', 10_000, 0, 10_000]
const acknowledged: readonly Row[] = [sent, ['ack', 'ACCEPTED', 10_000, 0, 10_000]]

const scenarios: Readonly<Record<string, readonly Row[]>> = {
  'D1 filled in parts': [
    ...acknowledged,
    ['fill 2000 @100', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000, '100'],
    ['fill 1000 @103', 'PARTIALLY_FILLED', 10_000, 3_000, 7_000, '101'],
    ['fill 7000 @111', 'FILLED', 10_000, 10_000, 0, '108'],
  ],
  'D1 rejected': [sent, ['reject', 'REJECTED', 10_000, 0, 10_000]],
  'D1 acknowledged, then rejected by the exchange behind the broker': [
    ...acknowledged,
    ['reject', 'REJECTED', 10_000, 0, 10_000],
  ],
  'D2 a day order, partly filled, whose day ends': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 3_000, 7_000],
    ['expire', 'EXPIRED', 10_000, 3_000, 7_000],
  ],
  'D3 a cancel of an order without a fill': [
    ...acknowledged,
    ['cancel?', 'PENDING_CANCEL', 10_000, 0, 10_000],
    ['cancel', 'CANCELED', 10_000, 0, 10_000],
  ],
  'D3 the cancel is refused': [
    ...acknowledged,
    ['cancel?', 'PENDING_CANCEL', 10_000, 0, 10_000],
    ['cancelReject', 'ACCEPTED', 10_000, 0, 10_000],
  ],
  'D4 executions while a cancel of a partly filled order is under way': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 2_000, 8_000],
    ['fill 3000', 'PENDING_CANCEL', 10_000, 5_000, 5_000],
    ['fill 1000', 'PENDING_CANCEL', 10_000, 6_000, 4_000],
    ['cancel', 'CANCELED', 10_000, 6_000, 4_000],
  ],
  'D4 refused after executions': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 2_000, 8_000],
    ['fill 3000', 'PENDING_CANCEL', 10_000, 5_000, 5_000],
    ['cancelReject', 'PARTIALLY_FILLED', 10_000, 5_000, 5_000],
  ],
  'D5 filled before the cancel could be accepted: it stays pending until it is refused as too late (OL-8)': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 2_000, 8_000],
    ['fill 3000', 'PENDING_CANCEL', 10_000, 5_000, 5_000],
    ['fill 5000', 'PENDING_CANCEL', 10_000, 10_000, 0],
    ['cancelReject', 'FILLED', 10_000, 10_000, 0],
  ],
  'D6 a change to more, without a fill': [
    ...acknowledged,
    ['replace? 11000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['replace 11000', 'ACCEPTED', 11_000, 0, 11_000],
    ['fill 1000', 'PARTIALLY_FILLED', 11_000, 1_000, 10_000],
    ['fill 2000', 'PARTIALLY_FILLED', 11_000, 3_000, 8_000],
  ],
  'D6 the change is refused': [
    ...acknowledged,
    ['replace? 11000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['replaceReject', 'ACCEPTED', 10_000, 0, 10_000],
  ],
  'D7 a change to more; what fills meanwhile belongs to the old terms (OL-6)': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 12000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['fill 100', 'PENDING_UPDATE', 10_000, 1_100, 8_900],
    ['replace 12000', 'PARTIALLY_FILLED', 12_000, 1_100, 10_900],
    ['fill 10900', 'FILLED', 12_000, 12_000, 0],
  ],
  'D8 a filled order that is made larger works again': [
    ...acknowledged,
    ['fill 10000', 'FILLED', 10_000, 10_000, 0],
    ['replace 12000', 'PARTIALLY_FILLED', 12_000, 10_000, 2_000],
    ['fill 2000', 'FILLED', 12_000, 12_000, 0],
  ],
  'D8 filled while the change to more is pending': [
    ...acknowledged,
    ['replace? 12000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['fill 10000', 'PENDING_UPDATE', 10_000, 10_000, 0],
    ['replace 12000', 'PARTIALLY_FILLED', 12_000, 10_000, 2_000],
  ],
  'D9 a change that is refused because the order was filled': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 10000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['fill 9000', 'PENDING_UPDATE', 10_000, 10_000, 0],
    ['replaceReject', 'FILLED', 10_000, 10_000, 0],
  ],
  'D10 a change to less that is more than what is filled': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['fill 500', 'PENDING_UPDATE', 10_000, 1_500, 8_500],
    ['fill 100', 'PENDING_UPDATE', 10_000, 1_600, 8_400],
    ['replace 8000', 'PARTIALLY_FILLED', 8_000, 1_600, 6_400],
    ['fill 6400', 'FILLED', 8_000, 8_000, 0],
  ],
  'D11 a change to exactly what is filled cancels the rest (OL-7)': [
    ...acknowledged,
    ['replace? 7000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['fill 7000', 'PENDING_UPDATE', 10_000, 7_000, 3_000],
    ['replace 7000', 'FILLED', 7_000, 7_000, 0],
  ],
  'D12 a change to less than what is filled comes to what is filled (OL-7)': [
    ...acknowledged,
    ['replace? 7000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['fill 8000', 'PENDING_UPDATE', 10_000, 8_000, 2_000],
    ['replace 7000', 'FILLED', 8_000, 8_000, 0],
  ],
  'D13 two changes, one after the other': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['fill 500', 'PENDING_UPDATE', 10_000, 1_500, 8_500],
    ['replace 8000', 'PARTIALLY_FILLED', 8_000, 1_500, 6_500],
    ['fill 2000', 'PARTIALLY_FILLED', 8_000, 3_500, 4_500],
    ['replace? 6000', 'PENDING_UPDATE', 8_000, 3_500, 4_500],
    ['replace 6000', 'PARTIALLY_FILLED', 6_000, 3_500, 2_500],
    ['fill 2500', 'FILLED', 6_000, 6_000, 0],
  ],
  'D14, D15 a change that is refused, then another that is not': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['fill 500', 'PENDING_UPDATE', 10_000, 1_500, 8_500],
    ['replaceReject', 'PARTIALLY_FILLED', 10_000, 1_500, 8_500],
    ['replace? 6000', 'PENDING_UPDATE', 10_000, 1_500, 8_500],
    ['replace 6000', 'PARTIALLY_FILLED', 6_000, 1_500, 4_500],
    ['fill 4500', 'FILLED', 6_000, 6_000, 0],
  ],
  'D16 two changes under way at once, taken one by one': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['replace? 7000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['replace 8000', 'PENDING_UPDATE', 8_000, 1_000, 7_000],
    ['fill 2000', 'PENDING_UPDATE', 8_000, 3_000, 5_000],
    ['replace 7000', 'PARTIALLY_FILLED', 7_000, 3_000, 4_000],
    ['fill 4000', 'FILLED', 7_000, 7_000, 0],
  ],
  'D17 the second of two is refused since the first is pending': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['replace? 7000', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['replaceReject', 'PENDING_UPDATE', 10_000, 1_000, 9_000],
    ['replace 8000', 'PARTIALLY_FILLED', 8_000, 1_000, 7_000],
    ['fill 2000', 'PARTIALLY_FILLED', 8_000, 3_000, 5_000],
  ],
  'a cancel while a change is pending ranks before it, and what is refused falls away by itself': [
    ...acknowledged,
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 0, 10_000],
    ['replace 8000', 'PENDING_CANCEL', 8_000, 0, 8_000],
    ['cancelReject', 'ACCEPTED', 8_000, 0, 8_000],
    ['cancel?', 'PENDING_CANCEL', 8_000, 0, 8_000],
    ['cancel', 'CANCELED', 8_000, 0, 8_000],
  ],
  'cancelled with a change pending': [
    ...acknowledged,
    ['replace? 8000', 'PENDING_UPDATE', 10_000, 0, 10_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 0, 10_000],
    ['cancel', 'CANCELED', 10_000, 0, 10_000],
    ['replaceReject', 'CANCELED', 10_000, 0, 10_000],
  ],
  'cancelled by the venue unasked': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['cancel', 'CANCELED', 10_000, 1_000, 9_000],
  ],
  'changed by the venue unasked': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace 11000', 'PARTIALLY_FILLED', 11_000, 1_000, 10_000],
  ],
  'reduced by the venue unasked, to what is filled': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['replace 9000', 'PARTIALLY_FILLED', 9_000, 1_000, 8_000],
    ['replace 1000', 'FILLED', 1_000, 1_000, 0],
  ],
  'sent again under the same id: the one order goes on (OL-1)': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['send', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['ack', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
  ],
  'sent again after no answer: the acknowledgement ends the doubt': [
    sent,
    ['lost', 'UNKNOWN', 10_000, 0, 10_000],
    ['ack', 'ACCEPTED', 10_000, 0, 10_000],
  ],
  'a status asked for changes nothing': [
    ...acknowledged,
    ['status', 'ACCEPTED', 10_000, 0, 10_000],
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['status', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['fill 8000', 'FILLED', 10_000, 10_000, 0],
    ['status', 'FILLED', 10_000, 10_000, 0],
  ],
  'D27 good till cancelled, filled over several days': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['ack', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 3_000, 7_000],
  ],
  'D29 good till cancelled, cancelled on the next day': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['ack', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 2_000, 8_000],
    ['cancel', 'CANCELED', 10_000, 2_000, 8_000],
  ],
  'D30 good till cancelled, made larger on the next day': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['replace? 15000', 'PENDING_UPDATE', 10_000, 2_000, 8_000],
    ['fill 1000', 'PENDING_UPDATE', 10_000, 3_000, 7_000],
    ['replace 15000', 'PARTIALLY_FILLED', 15_000, 3_000, 12_000],
  ],
  'good till cancelled, reduced on the next day to what is filled': [
    ...acknowledged,
    ['fill 5000', 'PARTIALLY_FILLED', 10_000, 5_000, 5_000],
    ['replace? 5000', 'PENDING_UPDATE', 10_000, 5_000, 5_000],
    ['replace 5000', 'FILLED', 5_000, 5_000, 0],
  ],
  'a trade is undone, which opens the filled order again': [
    ...acknowledged,
    ['fill 2000 @100', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000, '100'],
    ['fill 8000 @110', 'FILLED', 10_000, 10_000, 0, '108'],
    ['bust 1', 'PARTIALLY_FILLED', 10_000, 8_000, 2_000, '110'],
    ['bust 2', 'ACCEPTED', 10_000, 0, 10_000],
  ],
  'a trade is corrected, in price and in quantity': [
    ...acknowledged,
    ['fill 2000 @100', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000, '100'],
    ['correct 1 2000 @103', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000, '103'],
    ['fill 8000 @108', 'FILLED', 10_000, 10_000, 0, '107'],
    ['correct 3 7000 @108', 'PARTIALLY_FILLED', 10_000, 9_000, 1_000],
    ['fill 1000 @108', 'FILLED', 10_000, 10_000, 0, '107'],
  ],
  'a trade of a cancelled order is undone: it stays cancelled': [
    ...acknowledged,
    ['fill 2000 @100', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['fill 3000 @110', 'PARTIALLY_FILLED', 10_000, 5_000, 5_000, '106'],
    ['cancel?', 'PENDING_CANCEL', 10_000, 5_000, 5_000],
    ['cancel', 'CANCELED', 10_000, 5_000, 5_000],
    ['bust 1', 'CANCELED', 10_000, 3_000, 7_000, '110'],
    ['correct 2 4000 @105', 'CANCELED', 10_000, 4_000, 6_000, '105'],
  ],
  'D36 corrections of trades of two days': [
    ...acknowledged,
    ['fill 2000', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 3_000, 7_000],
    ['correct 1 1500', 'PARTIALLY_FILLED', 10_000, 2_500, 7_500],
    ['correct 2 500', 'PARTIALLY_FILLED', 10_000, 2_000, 8_000],
  ],
  'fill or kill that cannot be filled': [...acknowledged, ['cancel', 'CANCELED', 10_000, 0, 10_000]],
  'immediate or cancel that is hit in part': [
    ...acknowledged,
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['expire', 'EXPIRED', 10_000, 1_000, 9_000],
  ],
  'OL-12 filled before it is acknowledged': [
    sent,
    ['fill 10000', 'FILLED', 10_000, 10_000, 0],
    ['ack', 'FILLED', 10_000, 10_000, 0],
  ],
  'OL-12 filled after the cancel was confirmed': [
    ...acknowledged,
    ['cancel', 'CANCELED', 10_000, 0, 10_000],
    ['fill 4000', 'CANCELED', 10_000, 4_000, 6_000],
    ['fill 6000', 'FILLED', 10_000, 10_000, 0],
  ],
  'OL-12 filled after it expired, and after it was taken for rejected': [
    sent,
    ['reject', 'REJECTED', 10_000, 0, 10_000],
    ['fill 4000', 'PARTIALLY_FILLED', 10_000, 4_000, 6_000],
    ['expire', 'EXPIRED', 10_000, 4_000, 6_000],
    ['fill 6000', 'FILLED', 10_000, 10_000, 0],
  ],
  'OL-10 more is filled than was ordered': [
    ...acknowledged,
    ['fill 9000', 'PARTIALLY_FILLED', 10_000, 9_000, 1_000],
    ['fill 2000', 'FILLED', 10_000, 11_000, 0],
  ],
  'a stop that is triggered, and filled': [
    ...acknowledged,
    ['trigger', 'TRIGGERED', 10_000, 0, 10_000],
    ['cancel?', 'PENDING_CANCEL', 10_000, 0, 10_000],
    ['cancelReject', 'TRIGGERED', 10_000, 0, 10_000],
    ['fill 1000', 'PARTIALLY_FILLED', 10_000, 1_000, 9_000],
    ['bust 1', 'TRIGGERED', 10_000, 0, 10_000],
  ],
}

describe('OL-4 to OL-12, FIX appendix D', () => {
  it.each(Object.entries(scenarios))('%s', (_name, rows) => {
    const fills = new Map<string, ReturnType<typeof deskFill>>()
    let order: Order = deskOrder({ quantity: decimal(10_000), limitPrice: decimal(100) })
    for (const [message, status, quantity, filled, leaves, average] of rows) {
      const event = eventOf(message, fills)
      if (event !== undefined) order = applyOrderEvent(order, event, 0)
      const expected = { status, quantity: String(quantity), filled: String(filled), leaves: String(leaves) }
      const seen = { status: order.status, quantity: order.quantity, filled: order.filledQuantity }
      expect({ message, ...seen, leaves: leavesQuantity(order) }).toEqual({ message, ...expected })
      if (average !== undefined) expect(order.averagePrice).toBe(average)
      if (filled === 0) expect(order.averagePrice).toBeNull()
      // OL-17 holds at every step.
      const [cum, rest]: readonly Decimal[] = [order.filledQuantity, leavesQuantity(order)]
      if (cum !== undefined && rest !== ZERO) expect(Number(cum) + Number(rest)).toBe(Number(order.quantity))
    }
  })
})
