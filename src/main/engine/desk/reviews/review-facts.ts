import { lossBetween } from '#engine/agents/sizes.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { onlyReduces } from '#engine/trading/gate/reduce-only.ts'
import { leavesQuantity } from '#engine/trading/orders/working.ts'
import { equity, type TradingBook, walletOf } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import type { Denial } from '#shared/domain/denial.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { driftBps, type Review } from '#shared/domain/review.ts'
import type { ReviewFacts } from '#shared/domain/review-facts.ts'
import { absolute, add, type Decimal, multiply, negate, subtract, ZERO } from '#shared/lib/decimal.ts'

/** What the facts of a review are made from. */
export interface ReviewWorld {
  readonly book: TradingBook
  readonly mandate: Mandate
  readonly feed: Feed
  readonly proposal: Proposal | undefined
  readonly denial: Denial | undefined
}

/** What the order of a review does to the position, the exposure and the cash, at the prices of now, beside the limits. */
export function reviewFacts(review: Review, { book, mandate, feed, proposal, denial }: ReviewWorld): ReviewFacts {
  const { order, price: shownAt } = review
  const { instrument, side, quantity, limitPrice } = order
  const quote = feed.quote(instrument)
  const mark = marksOf(feed)
  const paid = limitPrice ?? (side === 'buy' ? quote?.ask : quote?.bid) ?? null
  const held = book.positions.get(instrument)?.quantity ?? ZERO
  const after = add(held, side === 'buy' ? quantity : negate(quantity))
  const notional = paid === null ? null : multiply(quantity, paid)
  const exposureNow = exposure(book, mark)
  const change = quote === undefined ? null : multiply(subtract(absolute(after), absolute(held)), quote.last)
  const worth = equity(book, mark)
  const stop = proposal?.stop ?? null
  return {
    price: quote?.last ?? null,
    priceAt: quote?.at ?? null,
    driftBps: quote === undefined ? null : driftBps(shownAt, quote.last),
    notional,
    maximumNotional: mandate.maximumOrderNotional,
    position: { before: held, after },
    exposure: {
      before: exposureNow,
      after: exposureNow === null || change === null ? null : add(exposureNow, change),
      maximum: mandate.maximumExposure,
    },
    cash: {
      before: walletOf(book),
      after: notional === null ? null : walletAfter(walletOf(book), order, notional),
    },
    riskAtStop:
      stop === null || paid === null || order.reduceOnly ? null : multiply(quantity, lossBetween(side, paid, stop)),
    dayLoss: {
      now: worth === undefined || book.day === 0 ? null : subtract(book.dayStartEquity, worth),
      maximum: mandate.maximumDailyLoss,
    },
    denial: denial ?? null,
  }
}

/** What is there after the trade: what is bought on spot is paid for, a contract is not. */
function walletAfter(wallet: Decimal, { instrument, side }: Review['order'], notional: Decimal): Decimal {
  if (isPerpetual(instrument)) return wallet
  return add(wallet, side === 'buy' ? negate(notional) : notional)
}

/** Positions and the working orders that add to them, gross; null while a price is missing. */
function exposure(book: TradingBook, mark: (instrument: string) => Decimal | undefined): Decimal | null {
  let total = ZERO
  const parts = [
    ...[...book.positions.values()].map(({ instrument, quantity }) => ({ instrument, quantity })),
    ...[...book.orders.values()]
      .filter((order) => !onlyReduces(order, book))
      .map((order) => ({ instrument: order.instrument, quantity: leavesQuantity(order) })),
  ]
  for (const { instrument, quantity } of parts) {
    if (quantity === ZERO) continue
    const price = mark(instrument)
    if (price === undefined) return null
    total = add(total, multiply(absolute(quantity), price))
  }
  return total
}
