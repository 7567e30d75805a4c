import { decimalPlaces, unfoldPrints } from '#adapters/bars/unfold-bar.ts'
import { makeQuotedTicks } from '#adapters/tape/quoted-ticks.ts'
import { barOfTicks, type Span, type Tape, tickIndex } from '#adapters/tape/tape.ts'
import { createTapeFeed } from '#adapters/tape/tape-feed.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { type Bar, timeframeMs } from '#shared/domain/bar.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { barsUntil, noBars, readSeries, type Series } from './series.ts'

/** What is replayed, by which clock. */
export interface ReplayFeedOptions {
  /** Market time: what has opened by now() is told, the rest is still to come. See createScaledClock for speed. */
  readonly clock: Clock
  /** Decides the way through each bar, which a file does not tell. */
  readonly seed: number
  /** One an instrument. */
  readonly series: readonly Series[]
  /** Trades that each bar unfolds into, at least 4; 24 unless given. */
  readonly ticksPerBar?: number
}

/**
 * Creates a feed that replays imported bars as if they were happening: each bar unfolds as a seeded path from its open by
 * way of its high and low to its close, whose trades rebuild that very bar; quotes stand one tick wide around them. There
 * is no order book. Throws SERIES_EMPTY, or SERIES_TWICE where two series share an instrument.
 */
export function createReplayFeed({ clock, seed, series, ticksPerBar = 24 }: ReplayFeedOptions): Feed {
  const byInstrument = new Map<string, Series>()
  for (const one of series) {
    const { id } = one.instrument
    if (one.bars.length === 0) throw noBars(id)
    if (byInstrument.has(id)) throw new ParleyError('SERIES_TWICE', `Two series of ${id} cannot be replayed together.`)
    byInstrument.set(id, one)
  }
  if (series.length === 0) throw noBars('any instrument')
  const tape = createSeriesTape(byInstrument, seed, ticksPerBar)
  const first = series[0] as Series
  const rest = series.length > 1 ? ` and ${series.length - 1} more` : ''
  return createTapeFeed({
    name: `Replay of ${first.instrument.id} ${first.timeframe} bars${rest}`,
    clock,
    instruments: series.map(({ instrument }) => instrument),
    tape,
    bars(instrument, timeframe, limit, before) {
      const one = byInstrument.get(instrument)
      if (one === undefined) return []
      const now = clock.now()
      const span = tape.span(instrument, now)
      const running =
        span !== undefined && now < span.end
          ? barOfTicks(span.ticks.slice(0, tickIndex(span.ticks, now)), one.timeframe)
          : undefined
      const stamped = running && span ? { ...running, time: span.start } : undefined
      return readSeries(one, timeframe, limit, before, now, stamped)
    },
    book: () => undefined,
  })
}

function createSeriesTape(byInstrument: ReadonlyMap<string, Series>, seed: number, ticksPerBar: number): Tape {
  const random = createRandom(seed).fork('replay')
  const latest = new Map<string, Span>()
  const volumePlaces = new Map<string, number>()

  function placesOf(instrument: string, bars: readonly Bar[]): number {
    let places = volumePlaces.get(instrument)
    if (places === undefined) {
      places = Math.max(...bars.slice(-1_000).map((bar) => decimalPlaces(bar.volume)))
      volumePlaces.set(instrument, places)
    }
    return places
  }

  function unfold({ instrument, timeframe, bars }: Series, bar: Bar, next: Bar | undefined): Span {
    const places = { price: decimalPlaces(toNumber(instrument.priceStep)), volume: placesOf(instrument.id, bars) }
    const path = random.fork(`${instrument.id}/${bar.time}`)
    const prints = unfoldPrints(bar, ticksPerBar, path, places)
    const spreads = prints.map(() => toNumber(instrument.priceStep))
    const length = Math.min(timeframeMs[timeframe], (next?.time ?? Number.POSITIVE_INFINITY) - bar.time)
    const ticks = makeQuotedTicks(bar, length, 1, prints, spreads, places.price, path)
    return { start: bar.time, end: bar.time + length, ticks }
  }

  return {
    span(instrument, atMs) {
      const series = byInstrument.get(instrument)
      if (series === undefined) return undefined
      const index = barsUntil(series.bars, atMs) - 1
      const bar = series.bars[index]
      if (bar === undefined) return undefined
      const cached = latest.get(instrument)
      if (cached?.start === bar.time) return cached
      const span = unfold(series, bar, series.bars[index + 1])
      latest.set(instrument, span)
      return span
    },
    nextStart(instrument, afterMs) {
      const bars = byInstrument.get(instrument)?.bars ?? []
      return bars[barsUntil(bars, afterMs)]?.time
    },
  }
}
