import { type Denial, deny } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { compare, sign } from '#shared/lib/decimal.ts'
import type { Check } from './gate-context.ts'
import { checkCollar } from './price-collar.ts'

/** What is said where the price is unknown, old, passed by the stop, or far from those of the order. */
export const checkQuote: Check = (order, { quote, mandate, now }) => {
  if (quote === undefined || sign(quote.last) <= 0) return deny('QUOTE_UNAVAILABLE', { instrument: order.instrument })
  // A quote from the future is as old as nobody knows: the clock was set back.
  const ageMs = now - quote.at
  if (Math.abs(ageMs) > mandate.maximumQuoteAgeMs)
    return deny('QUOTE_STALE', { ageMs, maximumMs: mandate.maximumQuoteAgeMs })
  return checkStop(order, quote) ?? checkCollar(order, quote, mandate.priceCollar)
}

/** A stop that the last price has passed already would be a market order by another name. */
function checkStop({ type, side, stopPrice }: Order, { last }: Quote): Denial | undefined {
  if (stopPrice === null || type === 'LIMIT' || type === 'MARKET') return undefined
  const isPassed = side === 'buy' ? compare(stopPrice, last) <= 0 : compare(stopPrice, last) >= 0
  return isPassed ? deny('STOP_WOULD_TRIGGER', { stop: stopPrice, last }) : undefined
}
