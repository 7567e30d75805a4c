import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClosed, type Order, type OrderStatus, orderStatuses } from '#shared/domain/order.ts'
import { add, compare, decimal, multiply, sum, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { deskFill, deskOrder } from '#test/builders/orders.ts'
import { applyOrderEvent, type OrderEvent } from './order-transitions.ts'

const clientOrderId = 'order-1'
const changes = {
  orderDenied: { clientOrderId, denial: { code: 'TRADING_HALTED', values: { since: '1' } } },
  orderSubmitted: { clientOrderId },
  orderAccepted: { clientOrderId, venueOrderId: 'venue-1' },
  orderRejected: { clientOrderId, reason: 'no money' },
  orderUnknown: { clientOrderId, reason: 'no answer' },
  orderTriggered: { clientOrderId },
  orderPendingUpdate: { clientOrderId, change: { quantity: decimal(2) } },
  orderUpdated: { clientOrderId, quantity: decimal(2), limitPrice: null, stopPrice: null },
  orderUpdateRejected: { clientOrderId, reason: 'not now' },
  orderPendingCancel: { clientOrderId },
  orderCancelRejected: { clientOrderId, reason: 'too late' },
  orderCanceled: { clientOrderId },
  orderExpired: { clientOrderId },
} as const
type Change = keyof typeof changes
const kinds = Object.keys(changes) as Change[]
const change = (kind: Change) => ({ kind, data: changes[kind] }) as OrderEvent
const filled = (quantity: string, tradeId = 'trade-1') =>
  ({ kind: 'orderFilled', data: { fill: deskFill({ quantity: decimal(quantity), tradeId }) } }) as const

/** An order of quantity 1 in a status as it would have come there. */
function orderIn(status: OrderStatus): Order {
  const filledQuantity = { PARTIALLY_FILLED: '0.4', FILLED: '1' }[status as string] ?? '0'
  const sent = [
    'ACCEPTED',
    'PARTIALLY_FILLED',
    'FILLED',
    'TRIGGERED',
    'PENDING_UPDATE',
    'PENDING_CANCEL',
    'CANCELED',
    'EXPIRED',
  ].includes(status)
  return deskOrder({
    status,
    filledQuantity: decimal(filledQuantity),
    averagePrice: filledQuantity === '0' ? null : decimal(100),
    venueOrderId: sent ? 'venue-1' : null,
    triggered: status === 'TRIGGERED',
  })
}

function play(events: readonly OrderEvent[], order = deskOrder()): Order {
  return events.reduce<Order>((now, event, at) => applyOrderEvent(now, event, at), order)
}

// Rows are statuses, columns events in the order of `kinds`; a dot leaves the status as it is. The update is to 2.
// biome-ignore format: a table is read by its columns
const table: Readonly<Record<OrderStatus, string>> = {
  //                  DENIED SUBMITTED ACCEPTED REJECTED UNKNOWN TRIGGERED PENDING_UPDATE UPDATED          UPDATE_REJECTED PENDING_CANCEL CANCEL_REJECTED CANCELED EXPIRED
  INITIALIZED:      'DENIED SUBMITTED .        .        .       .         .              .                .               .              .               .        .',
  SUBMITTED:        'DENIED .         ACCEPTED REJECTED UNKNOWN TRIGGERED PENDING_UPDATE ACCEPTED         .               PENDING_CANCEL .               CANCELED EXPIRED',
  ACCEPTED:         '.      .         .        REJECTED .       TRIGGERED PENDING_UPDATE .                .               PENDING_CANCEL .               CANCELED EXPIRED',
  TRIGGERED:        '.      .         .        REJECTED .       .         PENDING_UPDATE .                .               PENDING_CANCEL .               CANCELED EXPIRED',
  PARTIALLY_FILLED: '.      .         .        .        .       .         PENDING_UPDATE .                .               PENDING_CANCEL .               CANCELED EXPIRED',
  PENDING_UPDATE:   '.      .         .        REJECTED .       .         .              ACCEPTED         ACCEPTED        PENDING_CANCEL .               CANCELED EXPIRED',
  PENDING_CANCEL:   '.      .         .        REJECTED .       .         .              .                .               .              ACCEPTED        CANCELED EXPIRED',
  UNKNOWN:          '.      .         ACCEPTED REJECTED .       TRIGGERED PENDING_UPDATE ACCEPTED         .               PENDING_CANCEL .               CANCELED EXPIRED',
  DENIED:           '.      .         .        .        .       .         .              .                .               .              .               .        .',
  REJECTED:         '.      .         .        .        .       .         .              .                .               .              .               .        .',
  FILLED:           '.      .         .        .        .       .         .              PARTIALLY_FILLED .               .              .               .        .',
  CANCELED:         '.      .         .        .        .       .         .              .                .               .              .               .        .',
  EXPIRED:          '.      .         .        .        .       .         .              .                .               .              .               .        .',
}

describe('the order table: every status and every event', () => {
  for (const status of orderStatuses) {
    const cells = table[status].trim().split(/\s+/)
    for (const [column, kind] of kinds.entries()) {
      const expected = cells[column] === '.' ? status : cells[column]
      it(`${kind} takes ${status} to ${expected}`, () => {
        const after = applyOrderEvent(orderIn(status), change(kind), 7)
        expect(after.status).toBe(expected)
        expect(after.updatedAt).toBe(7)
        // What changes no status says nothing of why the order stands as it does.
        if (expected === status) expect(after.reason).toBeNull()
      })
    }
    it(`OL-12 a fill of the rest takes ${status} to FILLED, once nothing is pending over it`, () => {
      const isPending = status === 'PENDING_CANCEL' || status === 'PENDING_UPDATE'
      const after = applyOrderEvent(orderIn(status), filled('1'), 7)
      expect(after).toMatchObject({ standing: 'FILLED', status: isPending ? status : 'FILLED' })
    })
    it(`a partial fill of ${status} is counted and leaves an ended or pending order where it is`, () => {
      const after = applyOrderEvent(orderIn(status), filled('0.1'), 7)
      expect(after.filledQuantity).toBe(add(orderIn(status).filledQuantity, decimal('0.1')))
      const stays = ['PENDING_UPDATE', 'PENDING_CANCEL', 'CANCELED', 'EXPIRED', 'FILLED'].includes(status)
      expect(after.status).toBe(stays ? status : 'PARTIALLY_FILLED')
    })
  }
})

describe('the life of an order (FIX appendix D)', () => {
  const cases: readonly (readonly [string, readonly OrderEvent[], Partial<Order>])[] = [
    [
      'filled before it is acknowledged (OL-12)',
      [change('orderSubmitted'), filled('1'), change('orderAccepted')],
      { status: 'FILLED', venueOrderId: 'venue-1' },
    ],
    [
      'filled after its cancel was confirmed (OL-12)',
      [change('orderSubmitted'), change('orderAccepted'), change('orderCanceled'), filled('1')],
      { status: 'FILLED', filledQuantity: decimal(1) },
    ],
    [
      'partly filled after its cancel was confirmed: what is left stays cancelled',
      [change('orderSubmitted'), change('orderAccepted'), change('orderCanceled'), filled('0.3')],
      { status: 'CANCELED', filledQuantity: decimal('0.3') },
    ],
    [
      'a cancel that comes too late awaits the fill (OL-8)',
      [
        change('orderSubmitted'),
        change('orderAccepted'),
        change('orderPendingCancel'),
        change('orderCancelRejected'),
        filled('1'),
      ],
      { status: 'FILLED', reason: null },
    ],
    [
      'a partial fill while a cancel is pending leaves it pending, since that ranks first (OL-4)',
      [change('orderSubmitted'), change('orderAccepted'), change('orderPendingCancel'), filled('0.3')],
      { status: 'PENDING_CANCEL', filledQuantity: decimal('0.3') },
    ],
    [
      'a refused cancel of a partly filled order leaves it partly filled',
      [
        change('orderSubmitted'),
        change('orderAccepted'),
        filled('0.3'),
        change('orderPendingCancel'),
        change('orderCancelRejected'),
      ],
      { status: 'PARTIALLY_FILLED', reason: 'too late' },
    ],
    [
      'a refused cancel of an order that the venue never showed a sign of leaves it in doubt',
      [
        change('orderSubmitted'),
        change('orderUnknown'),
        change('orderPendingCancel'),
        change('orderCancelRejected'),
        change('orderRejected'),
      ],
      { status: 'REJECTED', reason: 'no money' },
    ],
    [
      'cancelled by the venue unasked',
      [change('orderSubmitted'), change('orderAccepted'), filled('0.3'), change('orderCanceled')],
      { status: 'CANCELED' },
    ],
    [
      'rejected after its outcome was unknown',
      [change('orderSubmitted'), change('orderUnknown'), change('orderRejected')],
      { status: 'REJECTED', reason: 'no money' },
    ],
    [
      'filled although it was taken for rejected: the status and its reason are corrected (OL-12)',
      [change('orderSubmitted'), change('orderUnknown'), change('orderRejected'), filled('0.5')],
      { status: 'PARTIALLY_FILLED', reason: null },
    ],
    [
      'an acknowledgement ends the doubt and its reason',
      [change('orderSubmitted'), change('orderUnknown'), change('orderAccepted')],
      { status: 'ACCEPTED', reason: null },
    ],
    [
      'overfilled: the execution is booked as the venue says (OL-10)',
      [change('orderSubmitted'), filled('1'), filled('0.2', 'trade-2')],
      { status: 'FILLED', filledQuantity: decimal('1.2') },
    ],
    [
      'denied: the reason carries the code and its values',
      [change('orderDenied')],
      { reason: 'TRADING_HALTED since=1' },
    ],
  ]
  it.each(cases)('%s', (_what, events, expected) => {
    expect(play(events)).toMatchObject(expected)
  })

  it('an order is initialized once, and nothing happens to one that never was', () => {
    const initialize = { kind: 'orderInitialized', data: { order: deskOrder() } } as const
    expect(applyOrderEvent(undefined, initialize, 0)).toEqual(deskOrder())
    const refusal = (act: () => unknown) => {
      try {
        act()
      } catch (error) {
        return error instanceof ParleyError ? error.code : error
      }
      return 'no error'
    }
    expect(refusal(() => applyOrderEvent(deskOrder(), initialize, 0))).toBe('ORDER_EXISTS')
    for (const event of [...kinds.map(change), filled('1')])
      expect(refusal(() => applyOrderEvent(undefined, event, 0))).toBe('ORDER_UNKNOWN')
  })
})

const quantity = fc.integer({ min: 1, max: 700 }).map((thousandths) => decimal(`${thousandths}e-3`))
const price = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => decimal(`${cents}e-2`))
const anyFill = fc
  .record({ quantity, price })
  .map((given) => ({ kind: 'orderFilled', data: { fill: deskFill(given) } }) as const)
const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...kinds).map(change) },
  anyFill,
)

describe('whatever is told of an order in whatever order', () => {
  it('I9 it leaves a terminal status only by a late fill, or filled by a change to more', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        let order = deskOrder()
        for (const event of events) {
          const after = applyOrderEvent(order, event, 0)
          const isLarger = event.kind === 'orderUpdated' && order.status === 'FILLED'
          if (isClosed(order.status) && event.kind !== 'orderFilled' && !isLarger)
            expect(after.status).toBe(order.status)
          order = after
        }
      }),
    )
  })

  it('its filled quantity is the sum of its fills, its average price their mean, and it is FILLED exactly when none is left', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        const order = play(events)
        const fills = events.flatMap((event) => (event.kind === 'orderFilled' ? [event.data.fill] : []))
        expect(order.filledQuantity).toBe(sum(fills.map((fill) => fill.quantity)))
        expect(order.standing === 'FILLED').toBe(compare(order.filledQuantity, order.quantity) >= 0)
        if (fills.length === 0) {
          expect(order.averagePrice).toBeNull()
          return
        }
        const paid = sum(fills.map((fill) => multiply(fill.quantity, fill.price)))
        const mean = toNumber(paid) / toNumber(order.filledQuantity)
        expect(toNumber(order.averagePrice ?? ZERO) / mean).toBeCloseTo(1, 12)
      }),
    )
  })
})
