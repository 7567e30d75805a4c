import type { Broker, BrokerCapabilities, BrokerEvent } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import { type Fill, type Order, orderTypes, timesInForce } from '#shared/domain/order.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { type Decimal, decimal, fromNumber, multiply, roundToStep, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import { noFaults, type PaperFaults } from './faults.ts'
import { createPaperVenue, type VenueAnswer } from './venue.ts'

/** What a paper account trades on, at which cost, and what may go wrong on the way. */
export interface PaperBrokerOptions {
  /** The desk's mode. Anything but 'paper' is refused: see createPaperBroker. */
  readonly mode: 'paper' | 'live'
  readonly feed: Feed
  readonly clock: Clock
  readonly random: Random
  /** Share of the notional; 0.0004 unless given. */
  readonly makerFee?: Decimal
  /** Share of the notional; 0.001 unless given. */
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
  const { mode, feed, clock, random, latencyMs = 25, timeoutMs = 5_000 } = options
  if (mode !== 'paper') {
    throw new ParleyError('PAPER_ONLY', 'The paper broker cannot trade live.', {
      wayOut: 'Choose a live broker, or go back to paper.',
    })
  }
  const share = (fault: keyof PaperFaults) => options.faults?.[fault] ?? noFaults[fault]
  const latencies = random.fork('latency')
  const chance = random.fork('faults')
  const fees = { maker: options.makerFee ?? decimal('0.0004'), taker: options.takerFee ?? decimal('0.001') }
  const venueClock: Clock = { ...clock, now: () => clock.now() + share('skewMs') }
  const venue = createPaperVenue(
    feed,
    venueClock,
    fees,
    { cash: options.cash ?? ZERO, leverage: options.leverage ?? 1 },
    tell,
  )
  let listener: ((event: BrokerEvent) => void) | undefined
  let linked = false
  /** Counts links, so that an answer to a call of an earlier one is known to be lost. */
  let link = 0
  let tellNoSoonerThan = 0
  let muted: string | undefined
  /** No call is answered before this moment. */
  let outUntil = 0
  let drop: (forMs: number) => void = () => {}

  const oneWayMs = () => Math.round(latencyMs * Math.exp(0.35 * latencies.normal()))

  /** Sends an event on its way: in order, unless it is one of the late ones. */
  function tell(event: Exclude<BrokerEvent, { kind: 'link' }>): void {
    if (event.kind === 'accepted' && event.clientOrderId === muted) return
    const late = chance.chance(share('delayedEvent')) ? chance.int(500, 5_000) : 0
    const now = clock.monotonic()
    const delayMs = Math.ceil(Math.max(oneWayMs(), tellNoSoonerThan - now))
    if (late === 0) tellNoSoonerThan = now + delayMs
    deliver(event, delayMs + late)
    if (event.kind !== 'filled') return
    if (chance.chance(share('duplicateFill'))) deliver(event, delayMs + late + chance.int(0, 2_000))
    if (chance.chance(share('bust'))) clock.after(chance.int(500, 30_000), () => bustOrCorrect(event.fill))
  }

  function bustOrCorrect({ tradeId, quantity, price, instrument }: Fill): void {
    const known = feed.instruments().find(({ id }) => id === instrument)
    if (known === undefined || chance.chance(0.5)) {
      venue.bust(tradeId)
      return
    }
    const half = roundToStep(multiply(quantity, decimal('0.5')), known.quantityStep, 'up')
    const nudged = multiply(price, fromNumber(1 + (chance.float() - 0.5) / 1_000, 6))
    venue.bust(tradeId, {
      quantity: chance.chance(0.5) ? half : quantity,
      price: roundToStep(nudged, known.priceStep, 'nearest'),
    })
  }

  function deliver(event: BrokerEvent, delayMs: number): void {
    const sentOn = link
    clock.after(delayMs, () => {
      if (linked && link === sentOn) listener?.(event)
    })
  }

  /** Carries a call to the venue and its answer back. `changes` says whether a lost call leaves a doubt. */
  function call<T>(what: string, changes: boolean, act: (answerIsLost: boolean) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!linked) {
        reject(
          new ParleyError('BROKER_DISCONNECTED', `Cannot ${what}: there is no link to the broker.`, {
            retry: 'retryable',
            wayOut: 'The desk reconnects by itself; try again then.',
          }),
        )
        return
      }
      const sentOn = link
      if (chance.chance(share('rateLimit'))) {
        clock.after(2 * oneWayMs(), () =>
          reject(
            new ParleyError('BROKER_RATE_LIMITED', `The broker takes no more requests for now: ${what}.`, {
              retry: 'retryable',
              wayOut: 'Ask again in some seconds.',
            }),
          ),
        )
        return
      }
      const requestIsLost = clock.monotonic() < outUntil || chance.chance(share('lostRequest'))
      const answerIsLost = chance.chance(share('lostAcknowledgement'))
      const giveUp = () =>
        reject(
          new ParleyError('BROKER_NO_ANSWER', `The broker did not answer the request to ${what}.`, {
            retry: changes ? 'ambiguous' : 'retryable',
            wayOut: changes ? 'Ask the broker what became of it before anything else.' : 'Ask again.',
          }),
        )
      const cancelTimeout = clock.after(timeoutMs, giveUp)
      if (requestIsLost) return
      clock.after(oneWayMs(), () => {
        if (link !== sentOn) return
        let answer: T
        try {
          answer = act(answerIsLost)
        } catch (error) {
          cancelTimeout()
          reject(error)
          return
        }
        if (answerIsLost) return
        clock.after(oneWayMs(), () => {
          if (link !== sentOn) return
          cancelTimeout()
          resolve(answer)
        })
      })
    })
  }

  /** Refuses an order as a venue does that will not say more; the id stays free. */
  function turnAway({ clientOrderId }: Order): VenueAnswer {
    const reason = 'the venue does not take orders from this account now'
    tell({ kind: 'rejected', clientOrderId, reason })
    return { ok: false, reason }
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

  function connect(next: (event: BrokerEvent) => void): Promise<Stop> {
    if (listener !== undefined) {
      return Promise.reject(new ParleyError('BROKER_CONNECTED', 'The paper broker is connected already.'))
    }
    listener = next
    const close = venue.open()
    let cancelNext: Stop = () => undefined
    let cancelOutage: Stop = () => undefined
    let cancelSqueeze: Stop = () => undefined
    const exponential = (perHour: number) => Math.round((-Math.log(1 - chance.float()) * 3_600_000) / perHour)
    const nextOutage = () => {
      const perHour = share('outagesPerHour')
      if (perHour === 0) return
      cancelOutage = clock.after(exponential(perHour), () => {
        outUntil = clock.monotonic() + Math.round(5_000 * Math.exp(0.8 * chance.normal()))
        nextOutage()
      })
    }
    const nextSqueeze = () => {
      const perHour = share('liquidationsPerHour')
      if (perHour === 0) return
      cancelSqueeze = clock.after(exponential(perHour), () => {
        if (share('liquidationsPerHour') > 0) venue.liquidate()
        nextSqueeze()
      })
    }
    const up = () => {
      setLink(true)
      const perHour = share('disconnectsPerHour')
      if (perHour === 0) return
      cancelNext = clock.after(exponential(perHour), () => down())
    }
    const down = (forMs = Math.round(2_000 * Math.exp(0.8 * chance.normal()))) => {
      cancelNext()
      setLink(false)
      cancelNext = clock.after(forMs, up)
    }
    drop = (forMs) => {
      if (linked) down(forMs)
    }
    const stop = () => {
      if (listener !== next) return
      cancelNext()
      cancelOutage()
      cancelSqueeze()
      close()
      linked = false
      link++
      listener = undefined
    }
    return new Promise((resolve) => {
      cancelNext = clock.after(oneWayMs(), () => {
        up()
        nextOutage()
        nextSqueeze()
        resolve(stop)
      })
    })
  }

  function setLink(connected: boolean): void {
    linked = connected
    link++
    tellNoSoonerThan = clock.monotonic()
    listener?.({ kind: 'link', connected, latencyMs: connected ? 2 * oneWayMs() : null })
  }

  return {
    name: `Paper account on ${feed.name}`,
    mode: 'paper',
    capabilities: { ...capabilities, ...options.capabilities },
    connect,
    async submit(order) {
      const answer = await call(`submit ${order.clientOrderId}`, true, (answerIsLost) => {
        muted = answerIsLost ? order.clientOrderId : undefined
        const isRefused = chance.chance(share('refusal')) && venue.query(order.clientOrderId) === undefined
        const taken = isRefused ? turnAway(order) : venue.submit(order)
        muted = undefined
        return taken
      })
      refuse('ORDER_REJECTED', `The order ${order.clientOrderId} was refused`, answer)
    },
    async cancel(clientOrderId) {
      const answer = await call(`cancel ${clientOrderId}`, true, () => venue.cancel(clientOrderId))
      refuse('CANCEL_REJECTED', `The order ${clientOrderId} was not cancelled`, answer)
    },
    async replace(clientOrderId, change) {
      const answer = await call(`change ${clientOrderId}`, true, () => venue.replace(clientOrderId, change))
      refuse('CHANGE_REJECTED', `The order ${clientOrderId} was not changed`, answer)
    },
    disconnect: (forMs) => drop(forMs),
    bust: (tradeId, instead) => venue.bust(tradeId, instead),
    query: (clientOrderId) => call(`look up ${clientOrderId}`, false, () => venue.query(clientOrderId)),
    openOrders: () => call('list the open orders', false, () => venue.openOrders()),
    fills: (sinceMs) => call('list the fills', false, () => venue.fills(sinceMs)),
    positions: () => call('list the positions', false, () => venue.positions()),
    balances: () => call('list the balances', false, () => venue.balances()),
    deadManSwitch: (afterMs) => call('set the dead man’s switch', true, () => venue.cancelAllAfter(afterMs)),
    funding: (sinceMs) => call('list the funding', false, () => venue.funding(sinceMs)),
    restore: (orders, fills, funding = []) => venue.restore(orders, fills, funding),
  }
}
