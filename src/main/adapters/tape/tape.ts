import { tidyVolume } from '#adapters/bars/fold-bars.ts'
import { type Bar, barOpenTime, type Timeframe } from '#shared/domain/bar.ts'

/** One trade and the best bid and ask that it leaves behind. */
export interface Tick {
  readonly at: number
  readonly price: number
  readonly quantity: number
  readonly bid: number
  readonly ask: number
}

/** A stretch of a tape, at least one tick long: the first tick stands at its start, none at or after its end. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly ticks: readonly Tick[]
}

/**
 * Everything that trades, as a function of time alone: asking twice gives the same ticks, and nothing depends on who
 * listens. A tape knows its future; a feed plays it no further than its clock has come.
 */
export interface Tape {
  /** The latest span that starts at or before the moment. */
  span(instrument: string, atMs: number): Span | undefined
  /** Where the first span after the moment starts; undefined at the tape's end. */
  nextStart(instrument: string, afterMs: number): number | undefined
}

/** The newest tick at or before the moment. */
export function lastTick(tape: Tape, instrument: string, atMs: number): Tick | undefined {
  const span = tape.span(instrument, atMs)
  return span?.ticks[tickIndex(span.ticks, atMs) - 1]
}

/** The ticks after one moment up to and including another, oldest first. */
export function ticksBetween(tape: Tape, instrument: string, afterMs: number, untilMs: number): readonly Tick[] {
  const found: Tick[] = []
  let span = tape.span(instrument, afterMs)
  while (span === undefined || span.start <= untilMs) {
    if (span !== undefined) {
      found.push(...span.ticks.slice(tickIndex(span.ticks, afterMs), tickIndex(span.ticks, untilMs)))
    }
    const next = tape.nextStart(instrument, span?.start ?? afterMs)
    if (next === undefined || next > untilMs) break
    span = tape.span(instrument, next)
  }
  return found
}

/** The time of the first tick after the moment; undefined at the tape's end. */
export function nextTickAt(tape: Tape, instrument: string, afterMs: number): number | undefined {
  const span = tape.span(instrument, afterMs)
  const next = span?.ticks[tickIndex(span.ticks, afterMs)]
  return next?.at ?? tape.nextStart(instrument, afterMs)
}

/** How many of the ticks stand at or before the moment. */
export function tickIndex(ticks: readonly Tick[], atMs: number): number {
  let low = 0
  let high = ticks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ticks[middle] as Tick).at <= atMs) low = middle + 1
    else high = middle
  }
  return low
}

/** The bar that ticks of one span make up; undefined where there are none. */
export function barOfTicks(ticks: readonly Tick[], timeframe: Timeframe): Bar | undefined {
  const [first] = ticks
  if (first === undefined) return undefined
  let { price: high, price: low } = first
  let volume = 0
  for (const tick of ticks) {
    high = Math.max(high, tick.price)
    low = Math.min(low, tick.price)
    volume += tick.quantity
  }
  const close = (ticks.at(-1) as Tick).price
  return { time: barOpenTime(first.at, timeframe), open: first.price, high, low, close, volume: tidyVolume(volume) }
}
