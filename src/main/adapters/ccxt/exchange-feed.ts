import type { Exchange, OrderBook as LibraryBook, Trade as LibraryTrade, Market } from 'ccxt'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import { type Bar, timeframeMs } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Book } from '#shared/domain/quote.ts'
import type { ExchangeName } from '#shared/domain/settings.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { errorMessage } from '#shared/lib/error.ts'
import { instrumentOfMarket } from './instruments.ts'
import { createLiveMarket, type LiveMarket, type LoadedTimeframe } from './live-market.ts'
import { type Endpoint, loadMarkets, openExchange } from './open-exchange.ts'
import { keepDialling } from './redial.ts'

export interface ExchangeFeedOptions {
  readonly exchange: ExchangeName
  readonly endpoint: Endpoint
  /** What is looked at, as BASE/QUOTE; what the exchange does not list is left out. */
  readonly instruments: readonly string[]
  readonly clock: Clock
  /** The longest that one request may take; 10 s unless given. */
  readonly timeoutMs?: number
  /** The first wait before dialling again; doubles up to thirty times it. 1 s unless given. */
  readonly retryMs?: number
  /** A link on which nothing came for so long is dead; 60 s unless given. */
  readonly silenceMs?: number
  readonly requestGapMs?: number
}

/** A feed of a real exchange's market data. It links by itself, and again whenever the link is lost. */
export interface ExchangeFeed extends Feed {
  /** Resolves when the instruments and their daily and hourly bars are there, or when the first try has failed. */
  readonly ready: Promise<void>
  /** Why there is no link; null while there is one. */
  problem(): string | null
  close: Stop
}

const bookDepth = 100
const shownDepth = 50
const barsAsked = 1_000

/**
 * Creates a feed of an exchange: instruments and bars over REST, trades and books over websockets. When the link breaks or
 * falls silent it says so, dials again ever more slowly, and fills the gap in its bars from the exchange. Quotes keep the
 * time they came at, so a dead feed's quotes age.
 */
export function createExchangeFeed(options: ExchangeFeedOptions): ExchangeFeed {
  const {
    exchange: name,
    endpoint,
    clock,
    timeoutMs = 10_000,
    retryMs = 1_000,
    silenceMs = 60_000,
    requestGapMs,
  } = options
  const life = new AbortController()
  const markets = new Map<string, LiveMarket>()
  const books = new Map<string, LibraryBook>()
  const bookAt = new Map<string, number>()
  const listeners = new Set<(update: MarketUpdate) => void>()
  let instruments: readonly Instrument[] = []
  let connected = false
  let problem: string | null = 'not linked yet'
  let markReady: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    markReady = resolve
  })

  function tell(update: MarketUpdate): void {
    for (const listener of listeners) listener(update)
  }

  function setConnected(next: boolean, why: string | null): void {
    problem = why
    if (next === connected) return
    connected = next
    tell({ kind: 'link', connected })
  }

  /** Links, and links again, until closed. */
  const run = () =>
    keepDialling({
      clock,
      life: life.signal,
      retryMs,
      steadyMs: silenceMs,
      session,
      broke: (error) => setConnected(false, errorMessage(error)),
      tried: () => markReady(),
    })

  /** One link, until it breaks; rejects with why it did. */
  async function session(): Promise<void> {
    const client = await openExchange(name, {
      endpoint,
      timeoutMs,
      ...(requestGapMs !== undefined && { requestGapMs }),
    })
    const ended = new AbortController()
    const signal = AbortSignal.any([life.signal, ended.signal])
    try {
      learnInstruments(await loadMarkets(client))
      await loadBars(client, ['1h', '1d'], signal)
      markReady()
      const silence = watchSilence(signal)
      await Promise.race([
        watchTrades(client, signal, silence.heard),
        watchBooks(client, signal, silence.heard),
        silence.broken,
        loadBars(client, ['1m', '5m', '15m'], signal).then(() => aborted(signal)),
        aborted(life.signal),
      ])
    } finally {
      ended.abort(new Error('The link has ended.'))
      await client.close().catch(() => {})
    }
  }

  function learnInstruments(listed: Readonly<Record<string, Market>>): void {
    instruments = options.instruments.flatMap((id) => instrumentOfMarket(id, listed[id]) ?? [])
    if (instruments.length === 0) throw new Error(`${name} lists none of ${options.instruments.join(', ')}`)
    for (const { id } of instruments) if (!markets.has(id)) markets.set(id, createLiveMarket(id))
  }

  /** Asks for bars: many at first, after a gap those since the last one known. */
  async function loadBars(
    client: Exchange,
    timeframes: readonly LoadedTimeframe[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const timeframe of timeframes) {
      for (const { id } of instruments) {
        signal.throwIfAborted()
        const market = markets.get(id)
        const since = market?.lastBarAt(timeframe)
        const missing = since === undefined ? barsAsked : Math.ceil((clock.now() - since) / timeframeMs[timeframe]) + 1
        const askedAt = clock.now()
        const rows = await client.fetchOHLCV(id, timeframe, undefined, Math.min(barsAsked, missing))
        market?.putBars(timeframe, rows.flatMap(barOf), askedAt)
      }
    }
  }

  async function watchTrades(client: Exchange, signal: AbortSignal, heard: () => void): Promise<never> {
    const ids = instruments.map(({ id }) => id)
    for (;;) {
      const trades = await client.watchTradesForSymbols(ids)
      signal.throwIfAborted()
      heard()
      for (const trade of trades) takeTrade(trade)
    }
  }

  function takeTrade({ symbol, timestamp, price, amount, id }: LibraryTrade): void {
    const market = symbol === undefined ? undefined : markets.get(symbol)
    if (symbol === undefined || market === undefined || price === undefined || amount === undefined) return
    const raw = { instrument: symbol, at: timestamp ?? clock.now(), price, quantity: amount }
    const trade = market.addTrade(raw, id, clock.now())
    if (trade === undefined) return
    setConnected(true, null)
    tell({ kind: 'trade', trade })
  }

  async function watchBooks(client: Exchange, signal: AbortSignal, heard: () => void): Promise<never> {
    const ids = instruments.map(({ id }) => id)
    for (;;) {
      const changed = await client.watchOrderBookForSymbols(ids, bookDepth)
      signal.throwIfAborted()
      heard()
      takeBook(changed)
      // Of several that changed at once the library gives one; the others are there all the same.
      for (const id of ids) {
        const book = (client.orderbooks as Readonly<Record<string, LibraryBook | undefined>>)[id]
        if (book !== undefined && book !== books.get(id)) takeBook(book)
      }
    }
  }

  function takeBook(book: LibraryBook): void {
    const { symbol } = book
    const market = symbol === undefined ? undefined : markets.get(symbol)
    const [bid] = book.bids[0] ?? []
    const [ask] = book.asks[0] ?? []
    if (symbol === undefined || market === undefined || bid === undefined || ask === undefined || bid >= ask) return
    books.set(symbol, book)
    bookAt.set(symbol, clock.now())
    market.putTop({ bid: decimal(bid), ask: decimal(ask) }, clock.now())
    const quote = market.quote()
    if (quote === undefined) return
    setConnected(true, null)
    tell({ kind: 'quote', quote })
  }

  /** Rejects when nothing was heard for too long. */
  function watchSilence(signal: AbortSignal): { readonly heard: () => void; readonly broken: Promise<never> } {
    let cancel: Stop = () => {}
    let heard = () => {}
    const broken = new Promise<never>((_, reject) => {
      heard = () => {
        cancel()
        if (signal.aborted) return
        cancel = clock.after(silenceMs, () =>
          reject(new Error(`${name} is silent for ${Math.round(silenceMs / 1000)} s`)),
        )
      }
    })
    heard()
    signal.addEventListener('abort', () => cancel(), { once: true })
    return { heard, broken }
  }

  function bookOf(id: string): Book | undefined {
    const book = books.get(id)
    if (book === undefined) return undefined
    const levels = (side: LibraryBook['bids']) =>
      side.slice(0, shownDepth).flatMap(([price, quantity]) => {
        if (price === undefined || quantity === undefined || quantity <= 0) return []
        return { price: decimal(price), quantity: decimal(quantity) }
      })
    return { instrument: id, bids: levels(book.bids), asks: levels(book.asks), at: bookAt.get(id) ?? 0 }
  }

  void run()
  return {
    name: `${name[0]?.toUpperCase()}${name.slice(1)} ${endpoint.kind === 'sandbox' ? 'sandbox' : 'market data'}`,
    ready,
    problem: () => problem,
    instruments: () => instruments,
    quote: (id) => markets.get(id)?.quote(),
    book: bookOf,
    bars: (id, timeframe, limit, before) =>
      markets.get(id)?.bars(timeframe, limit, before ?? Number.POSITIVE_INFINITY) ?? [],
    start(listener) {
      const own = (update: MarketUpdate) => listener(update)
      listeners.add(own)
      own({ kind: 'link', connected })
      return () => listeners.delete(own)
    },
    close: () => life.abort(new Error('The feed is closed.')),
  }
}

function barOf(row: readonly (number | undefined)[]): readonly Bar[] {
  const [time, open, high, low, close, volume] = row
  if (time === undefined || open === undefined || high === undefined || low === undefined || close === undefined)
    return []
  return [{ time, open, high, low, close, volume: volume ?? 0 }]
}

/** Never resolves; rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
