import { decimalPlaces } from '#adapters/bars/unfold-bar.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { Bar, Timeframe } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Book, PerpetualQuote, Quote, Trade } from '#shared/domain/quote.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { fromNumber, toNumber } from '#shared/lib/decimal.ts'
import { lastTick, nextTickAt, type Tape, type Tick, ticksBetween } from './tape.ts'

/** A tape and what a feed needs beside it. */
export interface TapeFeedParts {
  readonly name: string
  readonly clock: Clock
  readonly instruments: readonly Instrument[]
  readonly tape: Tape
  /** The newest bars that opened before a moment, none later than now. */
  readonly bars: (instrument: string, timeframe: Timeframe, limit: number, beforeMs: number) => readonly Bar[]
  readonly book: (instrument: Instrument, tick: Tick) => Book | undefined
  /** What is to be said of a perpetual beside a tick; undefined for any other instrument. */
  readonly perpetual?: (instrument: string, tick: Tick) => PerpetualQuote | undefined
}

/** After a pause longer than this (a laptop's lid), a feed goes on with the present instead of catching up. */
const catchUpMs = 60_000

/** Plays a tape as a feed: as the clock goes on, each tick is told as a trade and then as the quote it leaves. */
export function createTapeFeed({ name, clock, instruments, tape, bars, book, ...parts }: TapeFeedParts): Feed {
  const known = new Map(instruments.map((instrument) => [instrument.id, instrument]))
  const places = new Map(instruments.map(({ id, priceStep }) => [id, decimalPlaces(toNumber(priceStep))]))

  function quoteOf(instrument: string, tick: Tick): Quote {
    const decimals = places.get(instrument) ?? 8
    const { at, bid, ask, price } = tick
    const perpetual = parts.perpetual?.(instrument, tick)
    return {
      instrument,
      bid: fromNumber(bid, decimals),
      ask: fromNumber(ask, decimals),
      last: fromNumber(price, decimals),
      at,
      ...(perpetual !== undefined && { perpetual }),
    }
  }

  function start(listener: (update: MarketUpdate) => void): Stop {
    let playedUntil = clock.now()
    let stopped = false
    let cancel = clock.after(0, () => {
      tell({ kind: 'link', connected: true })
      play()
    })

    function tell(update: MarketUpdate): void {
      if (!stopped) listener(update)
    }

    function play(): void {
      const now = clock.now()
      if (now - playedUntil > catchUpMs) playedUntil = now - 1_000
      const played = instruments.flatMap(({ id }) =>
        ticksBetween(tape, id, playedUntil, now).map((tick) => ({ id, tick })),
      )
      playedUntil = Math.max(playedUntil, now)
      for (const { id, tick } of played.sort((a, b) => a.tick.at - b.tick.at)) {
        const trade: Trade = { instrument: id, at: tick.at, price: tick.price, quantity: tick.quantity }
        tell({ kind: 'trade', trade })
        tell({ kind: 'quote', quote: quoteOf(id, tick) })
      }
      if (stopped) return
      const next = instruments.flatMap(({ id }) => nextTickAt(tape, id, playedUntil) ?? [])
      if (next.length > 0) cancel = clock.after(Math.max(1, Math.min(...next) - clock.now()), play)
    }

    return () => {
      stopped = true
      cancel()
    }
  }

  return {
    name,
    instruments: () => instruments,
    quote(instrument) {
      const tick = known.has(instrument) ? lastTick(tape, instrument, clock.now()) : undefined
      return tick === undefined ? undefined : quoteOf(instrument, tick)
    },
    book(id) {
      const instrument = known.get(id)
      const tick = instrument && lastTick(tape, id, clock.now())
      return instrument && tick && book(instrument, tick)
    },
    bars(instrument, timeframe, limit, before) {
      if (!known.has(instrument) || limit <= 0) return []
      return bars(instrument, timeframe, limit, Math.min(before ?? Number.POSITIVE_INFINITY, clock.now() + 1))
    },
    start,
  }
}
