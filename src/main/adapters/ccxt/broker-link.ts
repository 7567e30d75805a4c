import type { Exchange, Order as LibraryOrder, Trade as LibraryTrade } from 'ccxt'
import { retryAfterMs } from '#adapters/http/retry-after.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { ExchangeName } from '#shared/domain/settings.ts'
import { type Clock, type Stop, sleep } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { brokerError, type CallKind } from './errors.ts'
import { instrumentOfMarket } from './instruments.ts'
import { type Credentials, type Endpoint, loadMarkets, openExchange } from './open-exchange.ts'
import { keepDialling } from './redial.ts'

export interface BrokerLinkOptions {
  readonly exchange: ExchangeName
  readonly endpoint: Endpoint
  readonly credentials: Credentials
  /** What is traded, as BASE/QUOTE; what the exchange does not list is left out. */
  readonly instruments: readonly string[]
  readonly clock: Clock
  /** How long a request may take; 10 s unless given. */
  readonly timeoutMs?: number
  /** The first wait before linking again; doubles up to thirty times it. 1 s unless given. */
  readonly retryMs?: number
  readonly requestGapMs?: number
}

/** What comes over the link, and what is to be known before it counts as one. */
export interface BrokerLinkListener {
  prepare(): Promise<void>
  up(latencyMs: number): void
  down(): void
  orders(orders: readonly LibraryOrder[]): void
  trades(trades: readonly LibraryTrade[]): Promise<void>
}

/** A link to an account at an exchange: requests over REST, the account's own events over a websocket. */
export interface ExchangeLink {
  /** Links, and links again whenever the link breaks, until stopped. Resolves after the first try, be it in vain. */
  start(listener: BrokerLinkListener): Promise<Stop>
  isUp(): boolean
  /** Throws BROKER_DISCONNECTED while there is no link. */
  demand(what: string): void
  readonly instruments: () => readonly Instrument[]
  /**
   * Makes a request. Rejects with BROKER_DISCONNECTED where there is no link, with BROKER_RATE_LIMITED while the exchange
   * wants to be left alone (nothing is sent then), and else with what brokerError makes of the failure.
   */
  readonly call: <T>(kind: CallKind, what: string, ask: (client: Exchange) => Promise<T>) => Promise<T>
}

const measureEveryMs = 60_000
const tooOften: readonly (string | undefined)[] = ['DDoSProtection', 'RateLimitExceeded']

/** Creates the link to an account. The two clocks are compared at each link and every minute, and again when it is refused for them. */
export function createBrokerLink(options: BrokerLinkOptions): ExchangeLink {
  const { exchange: name, endpoint, credentials, clock, timeoutMs = 10_000, retryMs = 1_000, requestGapMs } = options
  let instruments: readonly Instrument[] = []
  let client: Exchange | undefined
  let isUp = false
  let problem = 'it was not dialled yet'
  /** Nothing is asked before this moment of the monotonic clock. */
  let restUntil = 0

  async function call<T>(kind: CallKind, what: string, ask: (client: Exchange) => Promise<T>): Promise<T> {
    const now = client
    if (now === undefined) throw disconnected(what)
    throwWhileResting()
    try {
      return await ask(now)
    } catch (error) {
      const told = toldBy(now, error, kind, what)
      if (told.details['class'] !== 'InvalidNonce') throw told
      // The clocks differ by more than was measured. Nothing was looked at, so it is asked again with the right time.
      await measure(now).catch(() => {})
      return await ask(now).catch((again: unknown) => {
        throw toldBy(now, again, kind, what)
      })
    }
  }

  function disconnected(what: string): ParleyError {
    return new ParleyError('BROKER_DISCONNECTED', `Cannot ${what}: there is no link to ${name} (${problem}).`, {
      retry: 'retryable',
      wayOut: 'The desk links again by itself; try again then.',
    })
  }

  function throwWhileResting(): void {
    const restMs = Math.ceil(restUntil - clock.monotonic())
    if (restMs <= 0) return
    throw new ParleyError('BROKER_RATE_LIMITED', `${name} wants to be left alone for ${Math.ceil(restMs / 1000)} s.`, {
      retry: 'retryable',
      details: { rateLimited: true, retryAfterMs: restMs },
      wayOut: 'Ask again after that.',
    })
  }

  function toldBy(from: Exchange, error: unknown, kind: CallKind, what: string): ParleyError {
    const isTooOften = tooOften.includes(error instanceof Error ? error.name : undefined)
    const waitMs = isTooOften ? restAsked(from) : undefined
    if (waitMs !== undefined) restUntil = Math.max(restUntil, clock.monotonic() + waitMs)
    return brokerError(error, kind, what, waitMs)
  }

  function restAsked({ last_response_headers: headers }: Exchange): number | undefined {
    const entry = Object.entries(headers ?? {}).find(([header]) => header.toLowerCase() === 'retry-after')
    return retryAfterMs(entry?.[1] ?? null, clock.now())
  }

  /** Compares the clocks, so that requests are signed with the exchange's time; gives how long the way there and back took. */
  async function measure(of: Exchange): Promise<number> {
    const before = clock.monotonic()
    const time = await of.fetchTime()
    const tripMs = clock.monotonic() - before
    // The middle of the way is the best guess of when the exchange looked at its clock.
    if (time !== undefined) of.options['timeDifference'] = Math.round(of.milliseconds() - tripMs / 2 - time)
    return tripMs
  }

  async function open(): Promise<{ readonly opened: Exchange; readonly latencyMs: number }> {
    const opened = await openExchange(name, {
      endpoint,
      credentials,
      timeoutMs,
      exact: true,
      ...(requestGapMs !== undefined && { requestGapMs }),
    })
    try {
      const markets = await loadMarkets(opened)
      instruments = options.instruments.flatMap((id) => instrumentOfMarket(id, markets[id]) ?? [])
      const latencyMs = await measure(opened)
      await subscribe(opened)
      return { opened, latencyMs }
    } catch (error) {
      await opened.close().catch(() => {})
      throw error
    }
  }

  /** One link, from dialling until it breaks; rejects with why it did. */
  async function session(listener: BrokerLinkListener, life: AbortSignal, markTried: () => void): Promise<never> {
    const { opened, latencyMs } = await open()
    const ended = new AbortController()
    const over = AbortSignal.any([life, ended.signal])
    try {
      life.throwIfAborted()
      client = opened
      const broken: Promise<never> = Promise.race([
        watchOrders(opened, listener, over),
        watchTrades(opened, listener, over),
        keepTime(opened, over),
        aborted(over),
      ])
      await Promise.race([listener.prepare(), broken])
      isUp = true
      listener.up(latencyMs)
      markTried()
      return await broken
    } finally {
      ended.abort(new Error('The link has ended.'))
      hangUp(opened, () => disconnected('go on'))
      if (client === opened) client = undefined
      if (isUp && !life.aborted) listener.down()
      isUp = false
      await opened.close().catch(() => {})
    }
  }

  const run = (listener: BrokerLinkListener, life: AbortSignal, markTried: () => void) =>
    keepDialling({
      clock,
      life,
      retryMs,
      steadyMs: measureEveryMs,
      session: () => session(listener, life, markTried),
      broke(error) {
        problem = brokerError(error, 'read', `link to ${name}`).message
      },
      tried: markTried,
    })

  async function watchOrders(of: Exchange, listener: BrokerLinkListener, signal: AbortSignal): Promise<never> {
    for (;;) {
      signal.throwIfAborted()
      const orders = await of.watchOrders()
      signal.throwIfAborted()
      listener.orders(orders)
    }
  }

  async function watchTrades(of: Exchange, listener: BrokerLinkListener, signal: AbortSignal): Promise<never> {
    for (;;) {
      signal.throwIfAborted()
      const trades = await of.watchMyTrades()
      signal.throwIfAborted()
      await listener.trades(trades)
    }
  }

  async function keepTime(of: Exchange, signal: AbortSignal): Promise<never> {
    for (;;) {
      await sleep(clock, measureEveryMs, signal)
      await measure(of).catch(() => {})
    }
  }

  return {
    isUp: () => isUp,
    demand(what) {
      if (!isUp) throw disconnected(what)
    },
    instruments: () => instruments,
    call,
    start(listener) {
      const life = new AbortController()
      return new Promise((resolve) => {
        const stop = () => {
          if (life.signal.aborted) return
          life.abort(new Error('The link was stopped.'))
          client = undefined
          isUp = false
        }
        void run(listener, life.signal, () => resolve(stop))
      })
    },
  }
}

/** Subscribes to the account's own events. */
async function subscribe(client: Exchange): Promise<void> {
  const subscribed: Promise<unknown> = client['authenticate']({ type: 'spot' })
  // The library keeps a promise of the same beside it, which nobody looks at: its failure would count as unhandled.
  for (const { futures } of Object.values(client.clients)) {
    for (const future of Object.values(futures)) Promise.resolve(future).catch(() => {})
  }
  await subscribed
}

/** What still waits for its turn does not leave any more, and nobody makes the client dial again. */
function hangUp(client: Exchange, why: () => ParleyError): void {
  client.fetch = () => Promise.reject(why())
  client.client = () => {
    throw why()
  }
}

/** Never resolves; rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
