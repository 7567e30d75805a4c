import { type AccountTerms, openAccount } from '#adapters/paper/account/account.ts'
import { heldContracts } from '#adapters/paper/account/contracts.ts'
import { fundingPaid, nextFunding } from '#adapters/paper/account/funding-payments.ts'
import type { Fees } from '#adapters/paper/fees.ts'
import type { BrokerBalance, BrokerPosition, OrderReport } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill, Order, OrderChange } from '#shared/domain/order.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { type Decimal, ZERO } from '#shared/lib/decimal.ts'
import { balances } from './balances.ts'
import { cancel, replace } from './changes.ts'
import { bust } from './fills.ts'
import { createMarketFollowing } from './market-following.ts'
import { onMarket } from './market-updates.ts'
import { restore } from './restart.ts'
import { createRestingOrders, type RestingOrders } from './resting-orders.ts'
import { closeContracts, settle } from './settlement.ts'
import { submit } from './submission.ts'
import { reportOf } from './tickets.ts'
import type { VenueAnswer, VenueState } from './venue-state.ts'
import { endUnfilled, expireDue, isIdle } from './waiting.ts'

/** The far end of the paper broker: takes, matches and remembers orders, at once and without fault. */
export interface PaperVenue {
  submit(order: Order): VenueAnswer
  replace(clientOrderId: string, change: OrderChange): VenueAnswer
  cancel(clientOrderId: string): VenueAnswer
  query(clientOrderId: string): OrderReport | undefined
  openOrders(): readonly OrderReport[]
  fills(sinceMs: number): readonly Fill[]
  positions(): readonly BrokerPosition[]
  balances(): readonly BrokerBalance[]
  funding(sinceMs: number): readonly FundingPayment[]
  restore(orders: readonly Order[], fills: readonly Fill[], payments: readonly FundingPayment[]): void
  /** Closes every position in perpetuals at its mark, as a venue does whose demands have outgrown the account. */
  liquidate(): void
  /** Cancels every order once so long has passed without another call; 0 takes that back. */
  cancelAllAfter(ms: number): void
  /** Takes a trade back, or puts another quantity and price in its place; false when there is none of that id. */
  bust(tradeId: string, instead?: { readonly quantity: Decimal; readonly price: Decimal }): boolean
  /** Lets resting orders meet the market until stopped. */
  open(): Stop
}

/**
 * Creates a venue that fills orders against a feed's book, or its quotes where it has no book, without moving them.
 *
 * A marketable order walks the book. A resting one has price-time priority: it fills when the market quotes across it, by
 * trades beyond its price, and by trades at its price once what stood there before it has traded (where there is a book to
 * tell how much that was; without one a touch never fills it). Stops wait for the last price, trailing stops follow the
 * best one, and a triggered order then takes what the market offers, not its stop price. On replayed bars the market is
 * the path that the feed makes of each bar, so that a stop never fills better than its price, a gap through it fills at
 * the far side, and a limit needs the path to pass it.
 *
 * Perpetuals are held on margin, all of the account's money behind all of them (contract-margin.ts): no order goes beyond the
 * initial margin, funding is paid at its times, and what the money no longer covers is closed by the venue.
 */
export function createPaperVenue(
  feed: Feed,
  clock: Clock,
  fees: Fees,
  terms: AccountTerms,
  tell: VenueState['tell'],
  resting: RestingOrders = createRestingOrders(),
): PaperVenue {
  const account = openAccount(feed, terms)
  const watch = createMarketFollowing({
    feed,
    clock,
    isIdle: () => isIdle(venue),
    nextDue: () => [resting.nextExpiry() ?? [], nextFunding(account.contracts)].flat().sort((a, b) => a - b)[0],
    onMarket: (update) => onMarket(venue, update),
    onDue() {
      expireDue(venue)
      settle(venue)
    },
  })
  const venue: VenueState = { feed, clock, fees, tell, tickets: new Map(), resting, account, taken: new Map(), watch }
  let disarm: Stop = () => {}

  return {
    submit: (order) => submit(venue, order),
    replace: (clientOrderId, change) => replace(venue, clientOrderId, change),
    cancel: (clientOrderId) => cancel(venue, clientOrderId),
    restore: (orders, fills, payments) => restore(venue, orders, fills, payments),
    bust: (tradeId, instead) => bust(venue, tradeId, instead),
    query(clientOrderId) {
      expireDue(venue)
      const ticket = venue.tickets.get(clientOrderId)
      return ticket && reportOf(ticket)
    },
    openOrders() {
      expireDue(venue)
      return resting.all().map(reportOf)
    },
    funding(sinceMs) {
      settle(venue)
      return fundingPaid(account.contracts).filter(({ at }) => at >= sinceMs)
    },
    liquidate: () => closeContracts(venue, () => heldContracts(account.contracts).length === 0),
    cancelAllAfter(ms) {
      disarm()
      const cancelAll = () => resting.all().forEach((ticket) => endUnfilled(venue, ticket, 'CANCELED'))
      disarm = ms === 0 ? () => {} : clock.after(ms, cancelAll)
    },
    fills: (sinceMs) => account.fills.filter(({ at }) => at >= sinceMs).sort((a, b) => a.at - b.at),
    positions: () =>
      [...account.positions]
        .filter(([, quantity]) => quantity !== ZERO)
        .map(([instrument, quantity]) => ({ instrument, quantity })),
    balances: () => balances(venue),
    open: () => watch.open(),
  }
}
