import { call } from '#adapters/paper/link/calls.ts'
import type { PaperFaults } from '#adapters/paper/link/faults.ts'
import { createLink, faultOf, oneWayMs, type PaperLink } from '#adapters/paper/link/link.ts'
import { beginOutages, beginSqueezes, endMishaps, loseLink, makeLink } from '#adapters/paper/link/mishaps.ts'
import { perhapsBust, tellOnLink } from '#adapters/paper/link/telling.ts'
import { createPaperVenue, type PaperVenue } from '#adapters/paper/venue/venue.ts'
import type { AccountEvent, VenueAnswer } from '#adapters/paper/venue/venue-state.ts'
import type { Broker, BrokerCapabilities, BrokerEvent } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import { type Fill, type Order, orderTypes, timesInForce } from '#shared/domain/order.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { type Decimal, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import { paperFees } from './fees.ts'

/** What a paper account trades on, at which cost, and what may go wrong on the way. */
export interface PaperBrokerOptions {
  /** The desk's mode. Anything but 'paper' is refused: see createPaperBroker. */
  readonly mode: 'paper' | 'live'
  readonly feed: Feed
  readonly clock: Clock
  readonly random: Random
  /** Share of the notional; that of paperFees unless given. */
  readonly makerFee?: Decimal
  /** Share of the notional; that of paperFees unless given. */
  readonly takerFee?: Decimal
  /** The typical way to the venue or back, in milliseconds; 25 unless given. */
  readonly latencyMs?: number
  /** How long a call waits for an answer that does not come, in milliseconds; 5000 unless given. */
  readonly timeoutMs?: number
  /** In the quote currency, at the start; 0 unless given. */
  readonly cash?: Decimal
  /** What positions in perpetuals are opened at: their worth for each unit of margin; 1 unless given. */
  readonly leverage?: number
  /** What it says that it can do; everything but links between orders unless given. */
  readonly capabilities?: Partial<BrokerCapabilities>
  /** Looked at whenever something could go wrong: whoever handed them in may end them. */
  readonly faults?: Partial<PaperFaults>
}

const capabilities: BrokerCapabilities = {
  orderTypes,
  timesInForce,
  replace: true,
  postOnly: true,
  reduceOnly: true,
  holdsForSale: false,
  contingencies: false,
  clientOrderId: { maximumLength: 36, pattern: /^[\w-]+$/ },
  deadManSwitch: true,
  settlesAfterMs: 0,
}

/** A broker whose orders go nowhere but into its own memory. */
export interface PaperBroker extends Broker {
  readonly mode: 'paper'
  /**
   * Hands a fresh account what the desk's journal knows, before the first order: the orders that ever reached the venue,
   * all fills and all funding. What funding fell due meanwhile is paid. Resting orders rest again with what was left of them, positions are the fills' sums, ids stay taken.
   * Orders of unknown outcome without a venue order id or a fill are as if they had never arrived. Throws
   * RESTORE_TOO_LATE once an order was taken.
   */
  restore(orders: readonly Order[], fills: readonly Fill[], funding?: readonly FundingPayment[]): void
  /** Loses the link for some milliseconds. */
  disconnect(forMs: number): void
  /** Takes a trade back, or puts another in its place, as a venue does after an error; false when there is no such trade. */
  bust(tradeId: string, instead?: { readonly quantity: Decimal; readonly price: Decimal }): boolean
}

/**
 * Creates a paper account that trades against a feed: market orders and marketable limits walk the book (or trade at the
 * quote where there is none), resting limits fill when the market trades through them or quotes across them (how, says
 * createPaperVenue). A refused order is told as an event and rejects its call with ORDER_REJECTED, one whose id another has with
 * ORDER_ID_TAKEN; other calls fail with BROKER_DISCONNECTED or BROKER_RATE_LIMITED (retryable, nothing was done), BROKER_NO_ANSWER (ambiguous), CANCEL_REJECTED or CHANGE_REJECTED. It holds no address and opens no
 * connection; throws PAPER_ONLY when asked to trade live.
 */
export function createPaperBroker(options: PaperBrokerOptions): PaperBroker {
  const { mode, feed, clock, random, latencyMs = 25, timeoutMs = 5_000, cash = ZERO, leverage = 1 } = options
  if (mode !== 'paper') {
    throw new ParleyError('PAPER_ONLY', 'The paper broker cannot trade live.', {
      wayOut: 'Choose a live broker, or go back to paper.',
    })
  }
  const link = createLink(random, { clock, latencyMs, timeoutMs, faults: options.faults })
  const { chance } = link
  const fees = { maker: options.makerFee ?? paperFees.maker, taker: options.takerFee ?? paperFees.taker }
  const venueClock: Clock = { ...clock, now: () => clock.now() + faultOf(link, 'skewMs') }
  const venue = createPaperVenue(feed, venueClock, fees, { cash, leverage }, tell)
  /** The order of which the answer, and with it that it was accepted, is lost. */
  let muted: string | undefined

  function tell(event: AccountEvent): void {
    if (event.kind === 'accepted' && event.clientOrderId === muted) return
    tellOnLink(link, event)
    if (event.kind === 'filled') perhapsBust(link, feed, venue, event.fill)
  }

  /** Refuses an order as a venue does that will not say more; the id stays free. */
  function turnAway({ clientOrderId }: Order): VenueAnswer {
    const reason = 'the venue does not take orders from this account now'
    tell({ kind: 'rejected', clientOrderId, reason })
    return { ok: false, reason }
  }

  return {
    name: `Paper account on ${feed.name}`,
    mode: 'paper',
    capabilities: { ...capabilities, ...options.capabilities },
    connect: (listener) => connect(link, venue, listener),
    async submit(order) {
      const answer = await call(link, `submit ${order.clientOrderId}`, true, (answerIsLost) => {
        muted = answerIsLost ? order.clientOrderId : undefined
        const isRefused = chance.chance(faultOf(link, 'refusal')) && venue.query(order.clientOrderId) === undefined
        const taken = isRefused ? turnAway(order) : venue.submit(order)
        muted = undefined
        return taken
      })
      refuse('ORDER_REJECTED', `The order ${order.clientOrderId} was refused`, answer)
    },
    async cancel(clientOrderId) {
      const answer = await call(link, `cancel ${clientOrderId}`, true, () => venue.cancel(clientOrderId))
      refuse('CANCEL_REJECTED', `The order ${clientOrderId} was not cancelled`, answer)
    },
    async replace(clientOrderId, change) {
      const answer = await call(link, `change ${clientOrderId}`, true, () => venue.replace(clientOrderId, change))
      refuse('CHANGE_REJECTED', `The order ${clientOrderId} was not changed`, answer)
    },
    disconnect(forMs) {
      if (link.linked) loseLink(link, forMs)
    },
    bust: (tradeId, instead) => venue.bust(tradeId, instead),
    query: (clientOrderId) => call(link, `look up ${clientOrderId}`, false, () => venue.query(clientOrderId)),
    openOrders: () => call(link, 'list the open orders', false, () => venue.openOrders()),
    fills: (sinceMs) => call(link, 'list the fills', false, () => venue.fills(sinceMs)),
    positions: () => call(link, 'list the positions', false, () => venue.positions()),
    balances: () => call(link, 'list the balances', false, () => venue.balances()),
    deadManSwitch: (afterMs) => call(link, 'set the dead man’s switch', true, () => venue.cancelAllAfter(afterMs)),
    funding: (sinceMs) => call(link, 'list the funding', false, () => venue.funding(sinceMs)),
    restore: (orders, fills, funding = []) => venue.restore(orders, fills, funding),
  }
}

/** Links to the venue after one way; whoever listens already is not replaced. */
function connect(link: PaperLink, venue: PaperVenue, listener: (event: BrokerEvent) => void): Promise<Stop> {
  if (link.listener !== undefined) {
    return Promise.reject(new ParleyError('BROKER_CONNECTED', 'The paper broker is connected already.'))
  }
  link.listener = listener
  const close = venue.open()
  const stop = () => {
    if (link.listener !== listener) return
    cancelLinking()
    endMishaps(link)
    close()
    link.linked = false
    link.number++
    link.listener = undefined
  }
  let cancelLinking: Stop = () => {}
  return new Promise((resolve) => {
    cancelLinking = link.clock.after(oneWayMs(link), () => {
      makeLink(link)
      beginOutages(link)
      beginSqueezes(link, () => venue.liquidate())
      resolve(stop)
    })
  })
}

function refuse(code: string, message: string, answer: VenueAnswer): void {
  if (answer.ok) return
  if (answer.taken === true) {
    throw new ParleyError('ORDER_ID_TAKEN', `${message}: ${answer.reason}.`, {
      retry: 'ambiguous',
      wayOut: 'Ask the broker what became of the order that has this id.',
    })
  }
  throw new ParleyError(code, `${message}: ${answer.reason}.`, { details: { reason: answer.reason } })
}
