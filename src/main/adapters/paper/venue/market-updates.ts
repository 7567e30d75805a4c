import { reducible } from '#adapters/paper/account/account.ts'
import type { MarketUpdate } from '#engine/ports/feed.ts'
import { fromNumber, sign } from '#shared/lib/decimal.ts'
import { opposite } from './depth.ts'
import { takeWhatIsThere, tradeThrough } from './matching.ts'
import { settle } from './settlement.ts'
import { wake } from './stop-triggers.ts'
import type { VenueState } from './venue-state.ts'
import { endUnfilled, expireDue } from './waiting.ts'

/** Lets the orders that wait meet what the market does: those in the book first, then stops, then what has nothing left to reduce ends. */
export function onMarket(venue: VenueState, update: MarketUpdate): void {
  if (update.kind === 'link') return
  const { feed, resting, account } = venue
  expireDue(venue)
  settle(venue)
  const instrument = update.kind === 'trade' ? update.trade.instrument : update.quote.instrument
  const last = update.kind === 'trade' ? fromNumber(update.trade.price, 18) : update.quote.last
  for (const side of ['buy', 'sell'] as const) {
    if (update.kind === 'trade') tradeThrough(venue, resting.reaching(instrument, side, last), update.trade)
    else {
      const [best] = opposite(side, feed.book(instrument), feed.quote(instrument))
      const crossing = best === undefined ? [] : resting.reaching(instrument, side, best.price)
      for (const ticket of crossing) takeWhatIsThere(venue, ticket, 'maker')
    }
    wake(venue, resting.stirredBy(instrument, side, last), last)
    if (sign(reducible(account, { instrument, side })) > 0) continue
    for (const ticket of resting.reducing(instrument, side)) endUnfilled(venue, ticket, 'EXPIRED')
  }
}
