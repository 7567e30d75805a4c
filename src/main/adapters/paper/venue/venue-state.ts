import type { Account } from '#adapters/paper/account/account.ts'
import type { Fees } from '#adapters/paper/fees.ts'
import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import type { MarketFollowing } from './market-following.ts'
import type { RestingOrders } from './resting-orders.ts'
import type { Ticket } from './tickets.ts'

/** What a venue answers to a request: nothing is wrong, why it will not, or that the order id was used before. */
export type VenueAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly taken?: true }

/** The answer to a request that nothing is wrong with. */
export const accepted: VenueAnswer = { ok: true }

/** What happens to the orders and the money of an account. */
export type AccountEvent = Exclude<BrokerEvent, { kind: 'link' }>

/** All that a paper venue keeps, and what it works with. */
export interface VenueState {
  readonly feed: Feed
  readonly clock: Clock
  readonly fees: Fees
  /** Told of everything that happens, at the moment it does. */
  readonly tell: (event: AccountEvent) => void
  /** Every order that ever came, by client order id. */
  readonly tickets: Map<string, Ticket>
  readonly resting: RestingOrders
  readonly account: Account
  /** What has been taken from the book that stands now, by instrument and side. */
  readonly taken: Map<string, { readonly at: number; readonly byPrice: Map<Decimal, Decimal> }>
  readonly watch: MarketFollowing
}
