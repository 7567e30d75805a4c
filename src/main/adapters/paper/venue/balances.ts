import { contractsMargin, contractsWallet, initialMarginOf } from '#adapters/paper/account/contract-margin.ts'
import { listed } from '#adapters/paper/account/contracts.ts'
import type { BrokerBalance } from '#engine/ports/broker.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { add, type Decimal, multiply, subtract, ZERO } from '#shared/lib/decimal.ts'
import { wanted } from './matching.ts'
import type { VenueState } from './venue-state.ts'

/** What the account has of each currency, and what of that working orders and the margin of contracts leave free. */
export function balances(venue: VenueState): readonly BrokerBalance[] {
  const { feed, account, resting } = venue
  const { contracts, cash, positions } = account
  const money = new Map<string, { total: Decimal; held: Decimal }>()
  const raise = (currency: string, total: Decimal, held: Decimal) => {
    const before = money.get(currency) ?? { total: ZERO, held: ZERO }
    money.set(currency, { total: add(before.total, total), held: add(before.held, held) })
  }
  const [first] = feed.instruments()
  if (first !== undefined)
    raise(first.quote, contractsWallet(contracts, cash), contractsMargin(contracts, cash)?.initial ?? ZERO)
  for (const [id, quantity] of positions) if (!isPerpetual(id)) raise(listed(feed, id)?.base ?? id, quantity, ZERO)
  for (const ticket of resting.all()) {
    const instrument = listed(feed, ticket.order.instrument)
    const price = ticket.limitPrice ?? ticket.stopPrice
    if (instrument === undefined || price === null || ticket.order.reduceOnly) continue
    const quantity = wanted(venue, ticket)
    if (instrument.perpetual !== undefined)
      raise(instrument.quote, ZERO, initialMarginOf(contracts, instrument, quantity, price))
    else if (ticket.order.side === 'sell') raise(instrument.base, ZERO, quantity)
    else raise(instrument.quote, ZERO, multiply(quantity, price))
  }
  return [...money].map(([currency, { total, held }]) => ({ currency, total, free: subtract(total, held) }))
}
