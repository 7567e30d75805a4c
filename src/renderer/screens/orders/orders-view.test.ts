import { describe, expect, it } from 'vitest'
import type { Order } from '#shared/domain/order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import {
  bpWords,
  cancelCounts,
  changeableTerms,
  readTerm,
  roleOf,
  sortWorking,
  termsWords,
  venueComparisonWords,
} from './orders-view.ts'

const price = (value: string | null) => value ?? '–'
const exit = (leg: 'stop' | 'target') =>
  ({ reduceOnly: true, contingency: { kind: 'OCO', parentId: 'e', leg, number: 0, linkedIds: [] } }) as const
const stopTerms = { type: 'STOP_MARKET', limitPrice: null, stopPrice: decimal('95') } as const

describe('what an order is for', () => {
  it('OL-11 one from outside says so, before anything else of it', () => {
    expect(roleOf(deskOrder({ by: 'external', reduceOnly: true })).word).toBe('EXTERNAL')
  })

  it('entries, their stops and targets, exits of the desk and closes by hand are told apart', () => {
    const words = [
      deskOrder({}),
      deskOrder(exit('stop')),
      deskOrder(exit('target')),
      deskOrder({ sliceOf: { parentId: 'par_1', index: 0 } }),
      deskOrder({ reduceOnly: true, by: 'executor' }),
      deskOrder({ reduceOnly: true, by: 'trader' }),
    ].map((order) => roleOf(order).word)
    expect(words).toEqual(['Entry', 'Stop', 'Target', 'Part', 'Exit', 'Close'])
  })

  it('its terms name every price that it has', () => {
    const trailing = { kind: 'basisPoints', offset: decimal('200') } as const
    const terms = (fields: Partial<Order>) => termsWords(deskOrder({ timeInForce: 'GTC', ...fields }), price)
    expect(terms({ type: 'MARKET', limitPrice: null, timeInForce: 'IOC' })).toBe('at market, IOC')
    expect(terms({ ...stopTerms, reduceOnly: true })).toBe('stop 95, GTC, reduce only')
    expect(terms({ type: 'STOP_LIMIT', stopPrice: decimal('95'), limitPrice: decimal('94') })).toBe(
      'stop 95, limit 94, GTC',
    )
    expect(terms({ type: 'TRAILING_STOP_MARKET', limitPrice: null, trailing })).toBe('trailing 200 bp, now –, GTC')
  })
})

describe('working orders', () => {
  it('OL-3 those of unknown outcome stand first, then the newest', () => {
    const ids = sortWorking([
      deskOrder({ clientOrderId: 'old', createdAt: 1, status: 'ACCEPTED' }),
      deskOrder({ clientOrderId: 'new', createdAt: 3, status: 'ACCEPTED' }),
      deskOrder({ clientOrderId: 'doubt', createdAt: 2, status: 'UNKNOWN' }),
    ]).map(({ clientOrderId }) => clientOrderId)
    expect(ids).toEqual(['doubt', 'new', 'old'])
  })

  it('cancelling all counts what protects positions apart, and leaves out what is being cancelled', () => {
    const orders = [
      deskOrder({ status: 'ACCEPTED' }),
      deskOrder({ status: 'UNKNOWN' }),
      deskOrder({ status: 'PENDING_CANCEL' }),
      deskOrder({ status: 'ACCEPTED', ...exit('stop') }),
    ]
    expect(cancelCounts(orders)).toEqual({ others: 2, exits: 1 })
  })

  it('can be changed in what they have, and not while something is pending', () => {
    const limit = { status: 'ACCEPTED', type: 'LIMIT', limitPrice: decimal('100') } as const
    expect(changeableTerms(deskOrder(limit))).toEqual(['quantity', 'limitPrice'])
    expect(changeableTerms(deskOrder({ ...limit, status: 'PENDING_UPDATE' }))).toEqual([])
    expect(changeableTerms(deskOrder({ ...limit, by: 'external' }))).toEqual([])
    expect(changeableTerms(deskOrder({ status: 'ACCEPTED', type: 'MARKET', limitPrice: null }))).toEqual([])
  })

  it('the size of a stop follows its entry, and a triggered one has its stop behind it', () => {
    const stop = { status: 'ACCEPTED', ...stopTerms, ...exit('stop') } as const
    expect(changeableTerms(deskOrder(stop))).toEqual(['stopPrice'])
    expect(changeableTerms(deskOrder({ ...stop, status: 'TRIGGERED', triggered: true }))).toEqual([])
  })
})

describe('the report of an order', () => {
  it('a cost wears a plus, and what is missing is a dash, never a zero', () => {
    expect([bpWords(1.25), bpWords(-3), bpWords(0), bpWords(null)]).toEqual(['+1.2 bp', '−3.0 bp', '0.0 bp', '–'])
  })
})

describe('what is typed for a term', () => {
  const order = { filledQuantity: decimal('0.5') }
  const steps = { quantityStep: decimal('0.1'), priceStep: decimal('0.01') }
  const read = (typed: string, term: 'quantity' | 'limitPrice' = 'quantity') => readTerm(typed, term, order, steps)

  it.each([
    ['', 'Enter a number, such as 0.5.'],
    ['-1', 'Enter a number, such as 0.5.'],
    ['0', 'Enter more than zero.'],
    ['0.55', 'Use steps of 0.1.'],
    ['0.4', '0.5 is already filled.'],
  ])('“%s” is held back: %s', (typed, problem) => {
    expect(read(typed)).toEqual({ value: null, problem })
  })

  it('grouped digits are a number, and a price keeps to its own step', () => {
    expect(read('1 000.5').value).toBe('1000.5')
    expect(read('100.01', 'limitPrice').value).toBe('100.01')
    expect(read('100.001', 'limitPrice').problem).toBe('Use steps of 0.01.')
  })
})

describe('OL-14 a comparison with the venue in a line', () => {
  const compared = { at: 0, matched: 2, adjusted: [], inDoubt: [] }

  it('says that all agrees, and what does not', () => {
    expect(venueComparisonWords({ ...compared, positions: [] })).toBe('2 orders match the venue, positions match')
    const differs = { instrument: 'BTC/USDT', desk: decimal('1'), venue: decimal('2'), agrees: false }
    expect(venueComparisonWords({ ...compared, matched: 1, adjusted: ['a fill'], positions: [differs] })).toBe(
      '1 order matches the venue, 1 adjusted, positions DIFFER: BTC/USDT 1 here, 2 at the venue',
    )
  })

  it('OL-15 positions that the venue cannot tell are unknown', () => {
    expect(venueComparisonWords({ ...compared, positions: null })).toContain('positions unknown')
  })
})
