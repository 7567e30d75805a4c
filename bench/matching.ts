import { createPaperVenue } from '#adapters/paper/venue/venue.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { type Order, plainTerms } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { decimal, fromNumber, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { growth } from './growth.ts'

const instrument: Instrument = {
  id: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceStep: decimal('0.01'),
  quantityStep: decimal('0.001'),
  minimumNotional: decimal(10),
}

function quoteAt(last: number): Quote {
  const price = (value: number) => fromNumber(value, 2)
  return { instrument: instrument.id, bid: price(last - 1), ask: price(last + 1), last: price(last), at: 0 }
}

/** A market that stands at 60,000 and tells what it is told to. */
function standingFeed() {
  let tell: (update: MarketUpdate) => void = () => {}
  const feed: Feed = {
    name: 'standing',
    instruments: () => [instrument],
    quote: () => quoteAt(60_000),
    book: () => undefined,
    bars: () => [],
    start(listener) {
      tell = listener
      return () => {}
    },
  }
  return { feed, tell: (update: MarketUpdate) => tell(update) }
}

/** A limit to buy, further below the market with each. */
function limitOrder(number: number): Order {
  return {
    ...plainTerms,
    clientOrderId: `bench-${number}`,
    venueOrderId: null,
    instrument: instrument.id,
    side: 'buy',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: decimal('0.01'),
    limitPrice: fromNumber(59_000 - (number % 10_000) / 100, 2),
    reduceOnly: false,
    status: 'SUBMITTED',
    filledQuantity: ZERO,
    averagePrice: null,
    by: 'executor',
    runId: null,
    proposalId: null,
    decisionId: null,
    createdAt: 0,
    updatedAt: 0,
    reason: null,
  }
}

/** Measures the paper venue: taking and withdrawing an order, and a trade going by, as more orders rest in the book. */
export function benchMatching(): void {
  const sizes = [10, 100, 1_000, 10_000]
  const resting = (size: number) => {
    const { feed, tell } = standingFeed()
    const fees = { maker: decimal('0.001'), taker: decimal('0.001') }
    const venue = createPaperVenue(feed, createVirtualClock(0), fees, { cash: ZERO, leverage: 1 }, () => {})
    venue.open()
    for (let number = 0; number < size; number++) venue.submit(limitOrder(number))
    return { venue, tell }
  }
  growth(
    'Taking an order and cancelling it',
    sizes.map((size) => {
      const { venue } = resting(size)
      let number = size
      const run = () => {
        const order = limitOrder(number++)
        venue.submit(order)
        venue.cancel(order.clientOrderId)
      }
      return { size, about: `${size.toLocaleString('en-US')} orders rest`, run }
    }),
  )
  growth(
    'A trade that reaches no order',
    sizes.map((size) => {
      const { tell } = resting(size)
      const trade = {
        instrument: instrument.id,
        price: 60_000,
        quantity: 1,
        side: 'buy',
        at: 0,
      } as const
      return { size, about: `${size.toLocaleString('en-US')} orders rest`, run: () => tell({ kind: 'trade', trade }) }
    }),
  )
}
