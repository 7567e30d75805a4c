import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leavesQuantity } from '#engine/trading/orders/working.ts'
import { applyToBook, emptyBook, equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { type DenialCode, denialCodes } from '#shared/domain/denial.ts'
import { type Mandate } from '#shared/domain/mandate.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import { absolute, add, compare, type Decimal, decimal, multiply, subtract, ZERO } from '#shared/lib/decimal.ts'
import { btc, deskFill, deskOrder, eth, wideMandate } from '#test/builders/orders.ts'
import { btcPerpetual } from '#test/builders/perpetuals.ts'
import { scriptedCapabilities } from '#test/fakes/scripted-broker.ts'
import { checkOrder } from './gate.ts'
import type { GateContext } from './gate-context.ts'
import { onlyReduces } from './reduce-only.ts'

const now = 1_000_000
const active: Latch = { state: 'ACTIVE', epoch: 3, level: null, by: 'system', reason: 'new', at: 0 }
const quoteOf = (instrument: string): Quote => ({
  instrument,
  bid: decimal(99),
  ask: decimal(101),
  last: decimal(100),
  at: now,
})

/** An account with 10,000 in cash, all of it there since the day began. */
function bookWith(change: (book: TradingBook) => void = () => {}): TradingBook {
  const book = emptyBook()
  Object.assign(book, { account: 'paper', cash: decimal(10_000), day: 1, dayStartEquity: decimal(10_000) })
  change(book)
  return book
}

function hold(book: TradingBook, quantity: string, instrument = btc.id): void {
  const position = { instrument, averagePrice: decimal(100), realised: ZERO, fees: ZERO, updatedAt: 0 }
  book.positions.set(instrument, { ...position, quantity: decimal(quantity) })
}

function work(book: TradingBook, given: Partial<Order>): void {
  const order = deskOrder({ status: 'ACCEPTED', ...given })
  book.orders.set(order.clientOrderId, order)
}

/** A market in which the worst twentieth of days takes a tenth, and 15 % on average. */
const tailOf: GateContext['tail'] = (worths) => {
  const worth = [...worths.values()].reduce((sum, each) => sum + Math.abs(each), 0)
  return { valueAtRisk: 0.1 * worth, expectedShortfall: 0.15 * worth, bars: 399, timeframe: '1d', from: 5, to: 7 }
}

function contextOf(given: Partial<GateContext> & { limits?: Partial<Mandate> } = {}): GateContext {
  const { limits, ...rest } = given
  const book = given.book ?? bookWith()
  const mark = (instrument: string): Decimal | undefined => quoteOf(instrument).last
  return {
    latch: active,
    mandate: { ...wideMandate, ...limits },
    book,
    instrument: btc,
    quote: quoteOf(btc.id),
    mark,
    terms: (id) => (id === btcPerpetual.id ? btcPerpetual.perpetual : undefined),
    tail: tailOf,
    equity: equity(book, mark),
    now,
    capabilities: scriptedCapabilities,
    isChange: false,
    decidedInEpoch: 3,
    ...rest,
  }
}

/** An entry into the perpetual that brings its stop. */
function perpetualEntry(stop: string, side: Order['side'] = 'buy'): Partial<Order> {
  const contingency = { kind: 'OTO', stopPrice: decimal(stop), targetPrice: null, linkedIds: ['exit'] } as const
  return { instrument: btcPerpetual.id, side, contingency }
}

/** A market in the perpetual; `atLeast` makes each step ask for that share of the worth at least. */
function onPerpetual(
  change: (book: TradingBook) => void = () => {},
  limits: Partial<Mandate> = {},
  atLeast = '0',
): Parameters<typeof contextOf>[0] {
  const { perpetual } = btcPerpetual
  const tiers = perpetual?.tiers.map((tier) => (atLeast === '0' ? tier : { ...tier, maximumLeverage: 1 })) ?? []
  return {
    book: bookWith(change),
    instrument: btcPerpetual,
    quote: quoteOf(btcPerpetual.id),
    limits,
    ...(perpetual !== undefined && { terms: () => ({ ...perpetual, tiers }) }),
  }
}

/** A position that was bought at 100: what was paid for it is off the cash. */
function holdPaid(book: TradingBook, quantity: string, instrument: string): void {
  hold(book, quantity, instrument)
  book.cash = subtract(book.cash, multiply(decimal(quantity), decimal(100)))
}

interface Case {
  readonly code: DenialCode
  readonly why: string
  readonly order?: Partial<Order>
  readonly context?: Parameters<typeof contextOf>[0]
  readonly values: Readonly<Record<string, string>>
}

const cases: readonly Case[] = [
  {
    code: 'TRADING_HALTED',
    why: 'KS-2 a halted desk sends nothing, not even what reduces',
    order: { side: 'sell', reduceOnly: true },
    context: {
      book: bookWith((book) => hold(book, '5')),
      latch: { ...active, state: 'HALTED', level: 2, reason: 'drill', at: 77 },
    },
    values: { since: '77', reason: 'drill' },
  },
  {
    code: 'STOPPED_SINCE_DECISION',
    why: 'KS-12 what was decided before a stop is not sent after it',
    context: { decidedInEpoch: 1 },
    values: { decided: '1', now: '3' },
  },
  {
    code: 'TRADING_STATE_REDUCING',
    why: 'KS-21 REDUCING: an order that would flip the position',
    order: { side: 'sell', quantity: decimal('1.001') },
    context: { book: bookWith((book) => hold(book, '1')), latch: { ...active, state: 'REDUCING' } },
    values: { position: '1', quantity: '1.001' },
  },
  {
    code: 'TRADING_STATE_REDUCING',
    why: 'KS-21 REDUCING: an order that passes zero with what works already',
    order: { side: 'sell', quantity: decimal('0.6') },
    context: {
      book: bookWith((book) => {
        hold(book, '1')
        work(book, { clientOrderId: 'other', side: 'sell', quantity: decimal('0.5') })
      }),
      latch: { ...active, state: 'REDUCING' },
    },
    values: { position: '1', quantity: '0.6' },
  },
  {
    code: 'INSTRUMENT_SUSPENDED',
    why: 'OL-10 more of the instrument was filled than ordered',
    context: { book: bookWith((book) => void book.suspended.add(btc.id)) },
    values: { instrument: 'BTC/USDT', why: 'more was filled than ordered' },
  },
  {
    code: 'ORDER_ID_INVALID',
    why: 'OL-2 the venue takes no such id',
    order: { clientOrderId: 'two words' },
    values: { clientOrderId: 'two words', maximumLength: '36' },
  },
  {
    code: 'ORDER_ID_INVALID',
    why: 'OL-2 the venue takes none so long',
    order: { clientOrderId: 'x'.repeat(37) },
    values: { clientOrderId: 'x'.repeat(37), maximumLength: '36' },
  },
  {
    code: 'ORDER_NOT_SUPPORTED',
    why: 'the venue has no such order type',
    order: { type: 'STOP_MARKET', stopPrice: decimal(102) },
    context: { capabilities: { ...scriptedCapabilities, orderTypes: ['MARKET'] } },
    values: { unable: 'STOP_MARKET' },
  },
  {
    code: 'ORDER_NOT_SUPPORTED',
    why: 'the venue cannot change an order',
    order: { limitPrice: decimal(100) },
    context: { isChange: true, capabilities: { ...scriptedCapabilities, replace: false } },
    values: { unable: 'a change' },
  },
  {
    code: 'ORDER_TERMS_INVALID',
    why: 'a stop without a price',
    order: { type: 'STOP_MARKET' },
    values: { wrong: 'a STOP_MARKET has a stop price' },
  },
  {
    code: 'STOP_WOULD_TRIGGER',
    why: 'the last price has reached a stop to buy',
    order: { type: 'STOP_MARKET', stopPrice: decimal(100) },
    values: { stop: '100', last: '100' },
  },
  {
    code: 'STOP_WOULD_TRIGGER',
    why: 'the last price has reached a stop to sell',
    order: { side: 'sell', type: 'STOP_MARKET', stopPrice: decimal(101), reduceOnly: true },
    context: { book: bookWith((book) => hold(book, '1')) },
    values: { stop: '101', last: '100' },
  },
  {
    code: 'PRICE_OUTSIDE_COLLAR',
    why: 'a stop further away than the collar',
    order: { type: 'STOP_MARKET', stopPrice: decimal('105.01') },
    values: { stop: '105.01', last: '100', collar: '0.05' },
  },
  {
    code: 'PRICE_OUTSIDE_COLLAR',
    why: 'a limit too far from the stop that it goes with',
    order: { type: 'STOP_LIMIT', stopPrice: decimal(104), limitPrice: decimal(110) },
    values: { limit: '110', last: '104', collar: '0.05' },
  },
  {
    code: 'PRICE_OUTSIDE_COLLAR',
    why: 'an exit further away than ten collars',
    order: { side: 'sell', type: 'STOP_MARKET', stopPrice: decimal(49), reduceOnly: true },
    context: { book: bookWith((book) => hold(book, '1')) },
    values: { stop: '49', last: '100', collar: '0.5' },
  },
  {
    code: 'REDUCE_ONLY_WOULD_INCREASE_POSITION',
    why: 'KS-21 a sale beside a stop and a target that cover the position already',
    order: { side: 'sell', reduceOnly: true, quantity: decimal('0.5') },
    context: {
      book: bookWith((book) => {
        hold(book, '1')
        const oco = { kind: 'OCO', parentId: 'entry', number: 0, linkedIds: [] } as const
        const leg = { side: 'sell', reduceOnly: true } as const
        work(book, { ...leg, clientOrderId: 'stop', contingency: { ...oco, leg: 'stop' } })
        work(book, { ...leg, clientOrderId: 'target', contingency: { ...oco, leg: 'target' } })
      }),
    },
    values: { position: '1' },
  },
  {
    code: 'DUPLICATE_INTENT',
    why: 'the order works already',
    context: { book: bookWith((book) => work(book, {})) },
    values: { clientOrderId: 'order-1' },
  },
  {
    code: 'DUPLICATE_INTENT',
    why: 'the order has ended already',
    context: { book: bookWith((book) => void book.closed.set('order-1', deskOrder({ status: 'FILLED' }))) },
    values: { clientOrderId: 'order-1' },
  },
  {
    code: 'INSTRUMENT_NOT_FOUND',
    why: 'nobody trades it',
    context: { instrument: undefined },
    values: { instrument: 'BTC/USDT' },
  },
  {
    code: 'INSTRUMENT_NOT_IN_MANDATE',
    why: 'the mandate names others',
    context: { limits: { instruments: ['ETH/USDT'] } },
    values: { instrument: 'BTC/USDT' },
  },
  { code: 'QUANTITY_NOT_POSITIVE', why: 'nothing', order: { quantity: ZERO }, values: { quantity: '0' } },
  {
    code: 'QUANTITY_NOT_POSITIVE',
    why: 'less than nothing',
    order: { quantity: decimal(-1) },
    values: { quantity: '-1' },
  },
  {
    code: 'QUANTITY_NOT_ON_STEP',
    why: 'a fraction of a lot',
    order: { quantity: decimal('1.0005') },
    values: { quantity: '1.0005', step: '0.001' },
  },
  {
    code: 'PRICE_NOT_ON_STEP',
    why: 'a fraction of a tick',
    order: { limitPrice: decimal('99.995') },
    values: { price: '99.995', step: '0.01' },
  },
  {
    code: 'REDUCE_ONLY_WOULD_INCREASE_POSITION',
    why: 'there is nothing to reduce',
    order: { side: 'sell', reduceOnly: true },
    values: { position: '0' },
  },
  {
    code: 'QUOTE_UNAVAILABLE',
    why: 'there is no price',
    context: { quote: undefined },
    values: { instrument: 'BTC/USDT' },
  },
  {
    code: 'QUOTE_UNAVAILABLE',
    why: 'a price of zero is none',
    context: { quote: { ...quoteOf(btc.id), last: ZERO } },
    values: { instrument: 'BTC/USDT' },
  },
  {
    code: 'QUOTE_UNAVAILABLE',
    why: 'another buy is worth nobody knows what',
    context: {
      book: bookWith((book) => work(book, { clientOrderId: 'other', instrument: eth.id })),
      mark: (id) => (id === btc.id ? decimal(100) : undefined),
    },
    values: { instrument: 'ETH/USDT' },
  },
  {
    code: 'QUOTE_UNAVAILABLE',
    why: 'a position has no price, so the exposure is unavailable',
    context: {
      book: bookWith((book) => hold(book, '1', eth.id)),
      mark: (id) => (id === btc.id ? decimal(100) : undefined),
    },
    values: { instrument: 'ETH/USDT' },
  },
  {
    code: 'QUOTE_STALE',
    why: 'the price is too old',
    context: { quote: { ...quoteOf(btc.id), at: now - 60_001 } },
    values: { ageMs: '60001', maximumMs: '60000' },
  },
  {
    code: 'QUOTE_STALE',
    why: 'I13 a price from far in the future is not fresh: the clock was set back',
    context: { quote: { ...quoteOf(btc.id), at: now + 60_001 } },
    values: { ageMs: '-60001', maximumMs: '60000' },
  },
  {
    code: 'PRICE_OUTSIDE_COLLAR',
    why: 'a limit too far above',
    order: { limitPrice: decimal('105.01') },
    values: { limit: '105.01', last: '100', collar: '0.05' },
  },
  {
    code: 'PRICE_OUTSIDE_COLLAR',
    why: 'a limit too far below',
    order: { limitPrice: decimal('94.99') },
    values: { limit: '94.99', last: '100', collar: '0.05' },
  },
  {
    code: 'NOTIONAL_BELOW_MINIMUM',
    why: 'less than the venue takes',
    order: { quantity: decimal('0.099') },
    values: { notional: '9.999', minimum: '10' },
  },
  {
    code: 'NOTIONAL_EXCEEDS_MAX_PER_ORDER',
    why: 'more than one order may be worth',
    context: { limits: { maximumOrderNotional: decimal('100.99') } },
    values: { notional: '101', maximum: '100.99' },
  },
  {
    code: 'NOTIONAL_EXCEEDS_FREE_BALANCE',
    why: 'more than there is cash, the fee included',
    order: { quantity: decimal(99), limitPrice: decimal(101) },
    context: { book: bookWith((book) => void (book.cash = decimal('9999'))), limits: { priceCollar: 0.1 } },
    values: { notional: '9999', free: '9999' },
  },
  {
    code: 'NOTIONAL_EXCEEDS_FREE_BALANCE',
    why: 'more than working buys of every instrument leave, each at its own price',
    context: {
      book: bookWith((book) => work(book, { clientOrderId: 'other', instrument: eth.id, quantity: decimal('1.99') })),
      mark: (id) => decimal(id === eth.id ? 5_000 : 100),
    },
    values: { notional: '101', free: '40.05' },
  },
  {
    code: 'NOTIONAL_EXCEEDS_FREE_BALANCE',
    why: 'a sale of what is not held',
    order: { side: 'sell', quantity: decimal(2) },
    context: { book: bookWith((book) => hold(book, '1')) },
    values: { quantity: '2', held: '1', selling: '0' },
  },
  {
    code: 'EXPOSURE_EXCEEDS_MAXIMUM',
    why: 'positions and working orders count',
    context: {
      limits: { maximumExposure: decimal('399.99') },
      book: bookWith((book) => {
        hold(book, '1')
        hold(book, '-1', eth.id)
        work(book, { clientOrderId: 'other', instrument: eth.id, side: 'sell' })
      }),
    },
    values: { exposure: '400', maximum: '399.99' },
  },
  {
    code: 'STOP_MISSING',
    why: 'a perpetual is entered with its stop or not at all',
    order: { instrument: btcPerpetual.id },
    context: onPerpetual(),
    values: { stop: 'none', price: '101' },
  },
  {
    code: 'STOP_MISSING',
    why: 'a stop that protects from gains is none',
    order: { ...perpetualEntry('102') },
    context: onPerpetual(),
    values: { stop: '102', price: '101' },
  },
  {
    code: 'STOP_MISSING',
    why: 'what only reduces a perpetual says so, lest a stop that fills first make it an entry',
    order: { instrument: btcPerpetual.id, side: 'sell' },
    context: onPerpetual((book) => hold(book, '1', btcPerpetual.id)),
    values: { stop: 'none', price: '99' },
  },
  {
    code: 'LEVERAGE_EXCEEDS_MAXIMUM',
    why: 'perpetuals beyond what the mandate allows for the money behind them',
    order: { ...perpetualEntry('95'), quantity: decimal(40) },
    context: onPerpetual((book) => void (book.cash = decimal(1_000)), { maximumLeverage: 3 }),
    values: { leverage: '4.18', maximum: '3' },
  },
  {
    code: 'LEVERAGE_EXCEEDS_MAXIMUM',
    why: 'what works counts as filled, and what spot orders will cost as spent',
    order: { ...perpetualEntry('95'), quantity: decimal(10) },
    context: onPerpetual(
      (book) => {
        book.cash = decimal(2_000)
        work(book, { ...perpetualEntry('95'), clientOrderId: 'other', quantity: decimal(10) })
        work(book, { clientOrderId: 'spot', quantity: decimal(14), limitPrice: decimal(100) })
      },
      { maximumLeverage: 3 },
    ),
    values: { leverage: '3.46', maximum: '3' },
  },
  {
    code: 'LEVERAGE_EXCEEDS_MAXIMUM',
    why: 'no money stands behind it',
    order: perpetualEntry('95'),
    context: onPerpetual((book) => void (book.cash = decimal(0))),
    values: { leverage: 'no margin is left', maximum: '3' },
  },
  {
    code: 'MARGIN_EXCEEDS_FREE_BALANCE',
    why: "the venue's steps ask for more than the leverage of the mandate",
    order: { ...perpetualEntry('95'), quantity: decimal(250) },
    context: onPerpetual(
      undefined,
      {
        maximumLeverage: 5,
        maximumOrderNotional: decimal(100_000),
        maximumExposure: decimal(100_000),
      },
      '0.5',
    ),
    values: { margin: '25000', balance: '9724.75' },
  },
  {
    code: 'LIQUIDATION_BEFORE_STOP',
    why: 'the venue would close it before its stop does, or hardly after',
    order: { ...perpetualEntry('75'), quantity: decimal(290) },
    context: onPerpetual(undefined, { maximumOrderNotional: decimal(100_000) }),
    values: { stop: '75', liquidation: '66.89', price: '101', buffer: '0.3' },
  },
  {
    code: 'NOTIONAL_EXCEEDS_FREE_BALANCE',
    why: 'what is paid for spot is not what perpetuals stand on',
    order: { quantity: decimal(20) },
    context: {
      book: bookWith((book) => {
        book.cash = decimal(2_000)
        holdPaid(book, '30', btcPerpetual.id)
      }),
    },
    values: { notional: '2020', free: '1000' },
  },
  {
    code: 'VALUE_AT_RISK_EXCEEDS_MAXIMUM',
    why: 'of the whole book, with what works, and not of the order alone',
    context: {
      limits: { maximumValueAtRisk: decimal('29.99') },
      book: bookWith((book) => {
        hold(book, '1', eth.id)
        work(book, { clientOrderId: 'other' })
      }),
    },
    values: { valueAtRisk: '30', maximum: '29.99', confidence: '95 %', bars: '399', timeframe: '1d', to: '7' },
  },
  {
    code: 'EXPECTED_SHORTFALL_EXCEEDS_MAXIMUM',
    why: 'the days beyond it cost more than they may',
    context: { limits: { maximumValueAtRisk: decimal(10), maximumExpectedShortfall: decimal('14.99') } },
    values: { expectedShortfall: '15', maximum: '14.99', confidence: '95 %', bars: '399', timeframe: '1d', to: '7' },
  },
  {
    code: 'VALUE_AT_RISK_UNAVAILABLE',
    why: 'KS-20 a risk that cannot be measured is over its limit',
    context: { limits: { maximumValueAtRisk: decimal(1_000) }, tail: () => undefined },
    values: { instruments: btc.id, leastBars: '50' },
  },
  {
    code: 'MANDATE_EXPIRED',
    why: 'its time is over',
    context: { limits: { expiresAt: now } },
    values: { expired: String(now) },
  },
  {
    code: 'MANDATE_EXPIRED',
    why: 'I13 its time was over before the clock was set back',
    context: { limits: { expiresAt: now + 1 }, book: bookWith((book) => void (book.latestAt = now + 1)) },
    values: { expired: String(now + 1) },
  },
  {
    code: 'DAILY_LOSS_EXCEEDED',
    why: 'the day has lost more than it may',
    context: { limits: { maximumDailyLoss: decimal(500) }, equity: decimal('9499.99') },
    values: { loss: '500.01', maximum: '500' },
  },
  {
    code: 'DAILY_LOSS_EXCEEDED',
    why: 'KS-20 an equity that cannot be computed is a breach',
    context: { equity: undefined },
    values: { equity: 'unavailable' },
  },
  {
    code: 'DAILY_LOSS_EXCEEDED',
    why: 'KS-20 a day that was never opened is a breach',
    context: { book: bookWith((book) => void (book.day = 0)) },
    values: { equity: 'unavailable' },
  },
  {
    code: 'RATE_LIMIT_EXCEEDED',
    why: 'too many in the last minute',
    context: {
      limits: { ordersPerMinute: 2 },
      book: bookWith((book) => void book.sentAt.push(now - 60_000, now - 59_999, now)),
    },
    values: { sent: '2', maximum: '2' },
  },
]

describe('KS-22 the gate denies, with a code and the values behind it', () => {
  it.each(cases)('$code: $why', ({ code, order, context, values }) => {
    expect(checkOrder(deskOrder(order), contextOf(context))).toEqual({ code, values })
  })

  it('every code there is, but those of parts (see child-denial), of an approval (see reviews) and of a check that broke down', () => {
    const denied = new Set<DenialCode>(cases.map(({ code }) => code))
    const elsewhere = [
      'PARENT_ORDER_ENDED',
      'PARENT_ORDER_EXCEEDED',
      'APPROVAL_MISSING',
      'APPROVAL_EXPIRED',
      'APPROVAL_VOID',
      'ORDER_NOT_AS_APPROVED',
      'CHECK_FAILED',
    ]
    expect(denialCodes.filter((code) => !denied.has(code))).toEqual(elsewhere)
  })

  it('and lets through what breaks no rule, up to each limit exactly', () => {
    expect(checkOrder(deskOrder(), contextOf())).toBeUndefined()
    const limits = {
      maximumOrderNotional: decimal(101),
      maximumExposure: decimal(100),
      maximumDailyLoss: ZERO,
      maximumValueAtRisk: decimal(10),
      maximumExpectedShortfall: decimal(15),
    }
    expect(checkOrder(deskOrder(), contextOf({ limits }))).toBeUndefined()
    expect(checkOrder(deskOrder({ limitPrice: decimal(105) }), contextOf())).toBeUndefined()
    expect(checkOrder(deskOrder({ quantity: decimal('0.1') }), contextOf({ quote: quoteOf(btc.id) }))).toBeUndefined()
  })

  it('an order that is in the book already, not sent yet, is not counted twice', () => {
    const book = bookWith((kept) => kept.orders.set('order-1', deskOrder()))
    expect(checkOrder(deskOrder(), contextOf({ book, limits: { maximumExposure: decimal(100) } }))).toBeUndefined()
  })
})

describe('what only reduces', () => {
  const poor = {
    maximumOrderNotional: ZERO,
    maximumExposure: ZERO,
    maximumDailyLoss: ZERO,
    expiresAt: 0,
  }

  it('KS-21 passes while REDUCING, up to the whole position with what works already', () => {
    const latch: Latch = { ...active, state: 'REDUCING' }
    const book = bookWith((kept) => {
      hold(kept, '1')
      work(kept, { clientOrderId: 'other', side: 'sell', quantity: decimal('0.4') })
    })
    expect(
      checkOrder(deskOrder({ side: 'sell', quantity: decimal('0.6') }), contextOf({ latch, book })),
    ).toBeUndefined()
  })

  it('is never held back by notional, exposure, balance, expiry or daily loss, not even for a fraction of the minimum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.boolean(),
        (a, b, short) => {
          const held = decimal(`${Math.max(a, b)}e-3`)
          const quantity = decimal(`${Math.min(a, b)}e-3`)
          const book = bookWith((kept) => {
            hold(kept, short ? `-${held}` : held)
            kept.cash = decimal(-5_000)
          })
          const order = deskOrder({ side: short ? 'buy' : 'sell', quantity })
          expect(checkOrder(order, contextOf({ book, limits: poor, equity: undefined }))).toBeUndefined()
        },
      ),
    )
  })

  it('is nothing without a position, and nothing on the side of the position', () => {
    expect(onlyReduces(deskOrder({ side: 'sell' }), bookWith())).toBe(false)
    expect(
      onlyReduces(
        deskOrder({ side: 'buy' }),
        bookWith((book) => hold(book, '5')),
      ),
    ).toBe(false)
    expect(
      onlyReduces(
        deskOrder({ side: 'buy' }),
        bookWith((book) => hold(book, '-5')),
      ),
    ).toBe(true)
  })
})

/** Positions and working orders at their marks, each the worse way: an independent sum to hold the gate against. */
function worstExposure(book: TradingBook): Decimal {
  let total = ZERO
  for (const instrument of [btc.id, eth.id]) {
    const held = book.positions.get(instrument)?.quantity ?? ZERO
    const working = (side: Order['side']) =>
      [...book.orders.values()]
        .filter((order) => order.instrument === instrument && order.side === side)
        .map(leavesQuantity)
        .reduce(add, ZERO)
    const long = absolute(add(held, working('buy')))
    const short = absolute(subtract(held, working('sell')))
    total = add(total, multiply(compare(long, short) > 0 ? long : short, decimal(100)))
  }
  return total
}

describe('I5 and I6 whatever passes the gate', () => {
  const intent = fc.record({
    instrument: fc.constantFrom(btc.id, eth.id),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 9_000 }).map((thousandths) => decimal(`${thousandths}e-3`)),
    reduceOnly: fc.boolean(),
    /** Eighths of what is left that are filled in the end, after so many more orders. */
    fills: fc.integer({ min: 0, max: 8 }),
    after: fc.nat(4),
    reducing: fc.boolean(),
  })

  it('keeps exposure with working orders within the mandate, and never grows a position while REDUCING', () => {
    fc.assert(
      fc.property(fc.array(intent, { maxLength: 25 }), (intents) => {
        const book = bookWith()
        const limits = { maximumExposure: decimal(2_000), ordersPerMinute: 1_000 }
        const due: { readonly at: number; readonly order: Order; readonly eighths: number }[] = []
        for (const [number, { fills, after, reducing, ...given }] of intents.entries()) {
          const order = deskOrder({ ...given, clientOrderId: `order-${number}` })
          applyToBook(book, { kind: 'orderInitialized', data: { order } }, now)
          const context = contextOf({
            book,
            limits,
            latch: { ...active, state: reducing ? 'REDUCING' : 'ACTIVE' },
            instrument: given.instrument === btc.id ? btc : eth,
            quote: quoteOf(given.instrument),
          })
          const denial = checkOrder(order, context)
          const { clientOrderId } = order
          if (denial !== undefined) {
            applyToBook(book, { kind: 'orderDenied', data: { clientOrderId, denial } }, now)
          } else {
            if (reducing) expect(onlyReduces(order, book)).toBe(true)
            applyToBook(book, { kind: 'orderSubmitted', data: { clientOrderId } }, now)
            due.push({ at: number + after, order, eighths: fills })
          }
          expect(compare(worstExposure(book), decimal(2_000))).toBeLessThanOrEqual(0)
          for (const one of due.filter(({ at }) => at === number)) settle(book, one.order, one.eighths)
          expect(compare(worstExposure(book), decimal(2_000))).toBeLessThanOrEqual(0)
        }
      }),
      { numRuns: 300 },
    )
  })

  /** Fills a part of an order at the mark and lets the rest go. */
  function settle(book: TradingBook, order: Order, eighths: number): void {
    const { clientOrderId, instrument, side } = order
    const quantity = multiply(order.quantity, decimal(eighths * 0.125))
    if (quantity !== ZERO) {
      const fill = deskFill({ clientOrderId, instrument, side, quantity, tradeId: clientOrderId })
      const before = absolute(book.positions.get(instrument)?.quantity ?? ZERO)
      applyToBook(book, { kind: 'orderFilled', data: { fill } }, now)
      if (order.reduceOnly) {
        expect(compare(absolute(book.positions.get(instrument)?.quantity ?? ZERO), before)).toBeLessThanOrEqual(0)
      }
    }
    const working = book.orders.get(clientOrderId)
    if (working !== undefined && !isClosed(working.status))
      applyToBook(book, { kind: 'orderCanceled', data: { clientOrderId } }, now)
  }
})
