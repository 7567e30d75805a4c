import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal } from '#shared/lib/decimal.ts'
import { type RoutingVenue, routeOrder } from './venue-routing.ts'

type Levels = readonly (readonly [number | string, number | string])[]
const levels = (pairs: Levels) =>
  pairs.map(([price, quantity]) => ({ price: decimal(price), quantity: decimal(quantity) }))
const venue = (name: string, asks: Levels, bids: Levels, given: Partial<RoutingVenue> = {}): RoutingVenue => ({
  name,
  asks: levels(asks),
  bids: levels(bids),
  takerFee: decimal(0),
  quantityStep: decimal(1),
  minimumNotional: decimal(0),
  ...given,
})

describe('routing an order over venues', () => {
  const dear = venue(
    'dear',
    [
      [100, 2],
      [101, 5],
    ],
    [
      [99, 2],
      [98, 5],
    ],
    { takerFee: decimal('0.01') },
  )
  const cheap = venue(
    'cheap',
    [
      [101, 3],
      [103, 5],
    ],
    [
      [98, 3],
      [97, 5],
    ],
  )

  it('takes the lot that is cheapest with its fee, by numbers worked by hand', () => {
    // With fees: dear 101 (2) and 102.01 (5), cheap 101 (3) and 103 (5). 6 are 2 + 3 at 101, and 1 at 102.01.
    const route = routeOrder('buy', decimal(6), [dear, cheap])
    expect(route.parts).toEqual([
      {
        venue: 'dear',
        quantity: '3',
        averagePrice: expect.stringMatching(/^100\.333/),
        notional: '301',
        fee: '3.01',
        limitPrice: '101',
      },
      { venue: 'cheap', quantity: '3', averagePrice: '101', notional: '303', fee: '0', limitPrice: '101' },
    ])
    expect(route).toMatchObject({ quantity: '6', unrouted: '0', notional: '604', fees: '3.01' })
    // 607.01 / 6 against the middle of 99 and 100.
    expect(route.costBps).toBeCloseTo(((607.01 / 6 - 99.5) / 99.5) * 10_000, 9)
  })

  it('sells where most is left after the fee', () => {
    // With fees: dear 98.01 (2) and 97.02 (5), cheap 98 (3) and 97 (5).
    const { parts, netPrice } = routeOrder('sell', decimal(6), [dear, cheap])
    expect(parts.map((part) => [part.venue, part.quantity])).toEqual([
      ['dear', '3'],
      ['cheap', '3'],
    ])
    expect(Number(netPrice)).toBeCloseTo((2 * 98.01 + 3 * 98 + 97.02) / 6, 12)
  })

  it('leaves what is beyond the limit, the books or a lot, and says how much', () => {
    expect(routeOrder('buy', decimal(6), [dear, cheap], decimal(100))).toMatchObject({ quantity: '2', unrouted: '4' })
    expect(routeOrder('buy', decimal(99), [dear, cheap])).toMatchObject({ quantity: '15', unrouted: '84' })
    expect(routeOrder('buy', decimal('2.5'), [dear, cheap])).toMatchObject({ quantity: '2', unrouted: '0.5' })
    expect(routeOrder('buy', decimal(1), [])).toMatchObject({ parts: [], netPrice: null, costBps: null })
  })

  it('a lot that lies in two levels costs their mean and reaches the worse', () => {
    const split = venue(
      'split',
      [
        [100, '0.5'],
        [102, 4],
      ],
      [],
    )
    expect(routeOrder('buy', decimal(1), [split]).parts).toEqual([
      { venue: 'split', quantity: '1', averagePrice: '101', notional: '101', fee: '0', limitPrice: '102' },
    ])
  })

  it('sends no part that the venue would not take', () => {
    const picky = { ...cheap, minimumNotional: decimal(1_000) }
    expect(routeOrder('buy', decimal(6), [dear, picky]).parts.map(({ venue: name }) => name)).toEqual(['dear'])
  })

  it('refuses what is no order, fee, lot or book', () => {
    const wrong: readonly (() => unknown)[] = [
      () => routeOrder('buy', decimal(0), [dear]),
      () => routeOrder('buy', decimal(1), [dear, dear]),
      () => routeOrder('buy', decimal(1), [{ ...dear, takerFee: decimal(1) }]),
      () => routeOrder('buy', decimal(1), [{ ...dear, quantityStep: decimal(0) }]),
      () =>
        routeOrder('buy', decimal(1), [
          venue(
            'odd',
            [
              [101, 1],
              [100, 1],
            ],
            [],
          ),
        ]),
    ]
    for (const route of wrong) expect(route).toThrow(expect.objectContaining({ code: 'ROUTE_INVALID' }))
  })

  it('is the best of all splits there are, tried one by one', () => {
    const book = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 })
      .map((steps) => {
        let price = 100
        return steps.map(([rise, quantity]) => {
          price += rise
          return [price, quantity] as const
        })
      })
    const fee = fc.constantFrom('0', '0.001', '0.01', '0.03')
    const anyVenues = fc.array(fc.tuple(book, fee), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(
        anyVenues,
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom('buy', 'sell'),
        (books, quantity, side) => {
          const venues = books.map(([asks, takerFee], index) => {
            const bids = asks.map(([price, there]) => [200 - price, there] as const)
            return venue(`v${index}`, asks, bids, { takerFee: decimal(takerFee) })
          })
          const route = routeOrder(side, decimal(quantity), venues)
          const walk = ({ asks, bids, takerFee }: RoutingVenue, lots: number) => {
            let left = lots
            let worth = 0
            for (const level of side === 'buy' ? asks : bids) {
              const part = Math.min(left, Number(level.quantity))
              worth += part * Number(level.price)
              left -= part
            }
            if (left > 0) return undefined
            return worth * (side === 'buy' ? 1 + Number(takerFee) : 1 - Number(takerFee))
          }
          const routed = Number(route.quantity)
          const splits = (of: readonly RoutingVenue[], lots: number): number[] => {
            const [first, ...rest] = of
            if (first === undefined) return lots === 0 ? [0] : []
            return Array.from({ length: lots + 1 }, (_, here) => {
              const worth = walk(first, here)
              return worth === undefined ? [] : splits(rest, lots - here).map((others) => others + worth)
            }).flat()
          }
          const all = splits(venues, routed)
          const net = Number(route.notional) + (side === 'buy' ? 1 : -1) * Number(route.fees)
          expect(net).toBeCloseTo(side === 'buy' ? Math.min(...all) : Math.max(...all), 6)
          // Nothing is left that some venue still had.
          if (routed < quantity) expect(splits(venues, routed + 1)).toEqual([])
        },
      ),
    )
  })
})
