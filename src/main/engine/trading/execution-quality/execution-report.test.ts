import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fill, Order } from '#shared/domain/order.ts'
import type { Touch } from '#shared/domain/quote.ts'
import { add, decimal, ZERO } from '#shared/lib/decimal.ts'
import { deskFill, deskOrder } from '#test/builders/orders.ts'
import { reportExecution } from './execution-report.ts'

const at = (bid: number, ask: number): Touch => ({ bid: decimal(bid), ask: decimal(ask), at: 0 })

/** 10 are ordered; decided at a mid of 100, brought to the market at 101, where the book let expect 101.5. */
const order = (given: Partial<Order> = {}) =>
  deskOrder({
    quantity: decimal(10),
    createdAt: 1_000,
    venueOrderId: 'v-1',
    status: 'CANCELED',
    benchmark: { decided: at(99, 101), arrival: at(100, 102), expectedPrice: decimal('101.5') },
    marketAtEnd: at(104, 106),
    ...given,
  })

const fills: readonly Fill[] = [
  deskFill({ tradeId: 'a', quantity: decimal(4), price: decimal(102), fee: decimal('0.5'), at: 1_200 }),
  deskFill({ tradeId: 'b', quantity: decimal(2), price: decimal(103), fee: decimal('0.25'), at: 1_900 }),
]

const report = (one: Order, made: readonly Fill[] = fills, market: Touch | null = null) =>
  reportExecution(one, { fills: made, market, now: 2_000, settlesAfterMs: 0 })

describe('the report of an execution', () => {
  it('tells delay, trading, fees and the missed part apart, by numbers worked by hand', () => {
    // 6 of 10 for 4 x 102 + 2 x 103 = 614: 6 x (101 - 100) = 6 of delay, 614 - 6 x 101 = 8 of trading, 0.75 of fees, and
    // 4 x (105 - 100) = 20 missed. 34.75 on a paper portfolio of 10 x 100 are 347.5 basis points.
    const { shortfall, averagePrice, slippageBps, modelSlippageBps, ...rest } = report(order())
    expect(shortfall).toEqual({ delay: '6', trading: '8', fees: '0.75', opportunity: '20', total: '34.75', bps: 347.5 })
    expect(rest).toMatchObject({
      decisionPrice: '100',
      arrivalPrice: '101',
      filledQuantity: '6',
      fillRate: 0.6,
      firstFillMs: 200,
      wholeFillMs: null,
    })
    expect(Number(averagePrice)).toBeCloseTo(614 / 6, 12)
    expect(slippageBps).toBeCloseTo(((614 / 6 - 101) / 101) * 10_000, 9)
    expect(modelSlippageBps).toBeCloseTo(((614 / 6 - 101.5) / 101.5) * 10_000, 9)
  })

  it('counts a sale the other way round: what it gets less is a cost', () => {
    const sold = fills.map((fill): Fill => ({ ...fill, side: 'sell' }))
    // 6 of 10 sold for 614, all above the arrival price, in a market that rose: what is left gained by not being sold.
    expect(report(order({ side: 'sell' }), sold).shortfall).toEqual({
      delay: '-6',
      trading: '-8',
      fees: '0.75',
      opportunity: '-20',
      total: '-33.25',
      bps: -332.5,
    })
  })

  it('measures what still works against the market of now, and what ended against that of its end', () => {
    expect(report(order({ status: 'PARTIALLY_FILLED' }), fills, at(101, 103)).shortfall.opportunity).toBe('8')
    expect(report(order(), fills, at(101, 103)).shortfall.opportunity).toBe('20')
  })

  it('a whole fill has missed nothing and says how long it took', () => {
    const whole = [...fills, deskFill({ tradeId: 'c', quantity: decimal(4), price: decimal(101), at: 4_000 })]
    expect(report(order({ status: 'FILLED', marketAtEnd: null }), whole)).toMatchObject({
      fillRate: 1,
      firstFillMs: 200,
      wholeFillMs: 3_000,
      shortfall: { opportunity: '0', delay: '10', trading: '8' },
    })
  })

  it('an order that was held back has cost what it missed', () => {
    expect(report(order({ status: 'DENIED', venueOrderId: null }), [])).toMatchObject({
      fillRate: 0,
      averagePrice: null,
      slippageBps: null,
      confirmation: 'notSent',
      shortfall: { delay: '0', trading: '0', fees: '0', opportunity: '50', total: '50', bps: 500 },
    })
  })

  it('what is not known is unavailable, and never a cost of nothing', () => {
    const unknown = report(order({ benchmark: null }))
    expect(unknown).toMatchObject({
      decisionPrice: null,
      arrivalPrice: null,
      slippageBps: null,
      modelSlippageBps: null,
    })
    expect(unknown.shortfall).toEqual({
      delay: null,
      trading: null,
      fees: '0.75',
      opportunity: null,
      total: null,
      bps: null,
    })
    expect(report(order({ marketAtEnd: null })).shortfall).toMatchObject({
      opportunity: null,
      total: null,
      trading: '8',
    })
  })

  it('a protective exit that never traded has missed nothing', () => {
    const contingency = { kind: 'OCO', parentId: 'p', leg: 'stop', number: 0, linkedIds: [] } as const
    expect(report(order({ contingency }), []).shortfall).toMatchObject({ opportunity: '0', total: '0' })
  })

  it('says what the venue has confirmed', () => {
    const word = (status: Order['status'], venueOrderId: string | null = null, made: readonly Fill[] = []) =>
      report(order({ status, venueOrderId }), made).confirmation
    expect(word('INITIALIZED')).toBe('notSent')
    expect(word('SUBMITTED')).toBe('awaited')
    expect(word('UNKNOWN')).toBe('unknown')
    expect(word('REJECTED')).toBe('refused')
    expect(word('ACCEPTED', 'v-1')).toBe('confirmed')
    expect(word('UNKNOWN', null, fills)).toBe('confirmed')
  })

  it('is settled with the trade, or so long after it as the venue says', () => {
    expect(report(order())).toMatchObject({ settledQuantity: '6', unsettledQuantity: '0', settlesAfterMs: 0 })
    const later = reportExecution(order(), { fills, market: null, now: 2_000, settlesAfterMs: 500 })
    expect(later).toMatchObject({ settledQuantity: '4', unsettledQuantity: '2', settlesAfterMs: 500 })
  })

  it('the parts add up to what the paper portfolio is ahead by, whatever was filled', () => {
    const price = fc.integer({ min: 1, max: 1_000 })
    const slice = fc.record({ quantity: fc.integer({ min: 1, max: 5 }), price })
    fc.assert(
      fc.property(fc.array(slice, { maxLength: 3 }), price, price, price, (slices, decided, arrived, ended) => {
        const made = slices.map(({ quantity, price: paid }, index) =>
          deskFill({ tradeId: `t${index}`, quantity: decimal(quantity), price: decimal(paid), fee: decimal('0.1') }),
        )
        const benchmark = { decided: at(decided, decided), arrival: at(arrived, arrived), expectedPrice: null }
        const one = order({ quantity: decimal(15), benchmark, marketAtEnd: at(ended, ended) })
        const { total } = report(one, made).shortfall
        // The paper portfolio has 15 x (ended - decided); the real one what it holds less what it paid.
        const held = slices.reduce((sum, { quantity }) => sum + quantity, 0)
        const spent = slices.reduce((sum, { quantity, price: paid }) => sum + quantity * paid, 0)
        const fees = slices.reduce((sum) => add(sum, decimal('0.1')), ZERO)
        const ahead = 15 * (ended - decided) - (held * ended - spent)
        expect(Number(total)).toBeCloseTo(ahead + Number(fees), 9)
      }),
    )
  })
})
