import { settleFunding } from '#adapters/paper/account/funding-payments.ts'
import { isCovered, nextLiquidation } from '#adapters/paper/account/liquidation.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { add } from '#shared/lib/decimal.ts'
import { book } from './fills.ts'
import type { VenueState } from './venue-state.ts'
import { endUnfilled } from './waiting.ts'

/** Pays the funding that is due, and closes what the money no longer covers. */
export function settle(venue: VenueState): void {
  const { account, tell } = venue
  for (const payment of settleFunding(account.contracts)) {
    account.cash = add(account.cash, payment.amount)
    tell({ kind: 'funding', payment })
  }
  closeContracts(venue, () => isCovered(account.contracts, account.cash))
}

/** Closes positions in perpetuals, those that ask for the most first, until it is enough; then cancels the orders in them. */
export function closeContracts(venue: VenueState, isEnough: () => boolean): void {
  const { account, clock, resting, tell } = venue
  let hasClosed = false
  while (!isEnough()) {
    const fill = nextLiquidation(account.contracts, account.cash, clock.now())
    if (fill === undefined) break
    hasClosed = true
    book(venue, fill)
    tell({ kind: 'filled', fill })
  }
  if (!hasClosed) return
  for (const ticket of resting.all()) if (isPerpetual(ticket.order.instrument)) endUnfilled(venue, ticket, 'CANCELED')
}
