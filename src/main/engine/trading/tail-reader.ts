import {
  type BookTail,
  bookHistory,
  largestAddition,
  type PriceHistory,
  tailOfProfits,
} from '#engine/portfolio/book-tail.ts'
import type { Feed } from '#engine/ports.ts'
import { type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { closedBars } from './closed-bars.ts'

/** The tail of a book, and the bars that it was read off. */
export interface ReadTail extends BookTail {
  readonly timeframe: Timeframe
  /** When the first and the last of the bars began. */
  readonly from: number
  readonly to: number
}

/** The most that a day may cost a book; null sets no limit. */
export type TailLimits = Pick<Mandate, 'maximumValueAtRisk' | 'maximumExpectedShortfall'>

/** Reads what a day may cost a book of signed worths, by instrument. */
export interface TailReader {
  /** Undefined where there is too little history. */
  read(worths: ReadonlyMap<string, number>, now: number): ReadTail | undefined
  /** What more of an instrument may be bought within the limits, as a worth; 0 where that cannot be measured, null without limits. */
  room(worths: ReadonlyMap<string, number>, instrument: string, limits: TailLimits, now: number): number | null
}

const minuteMs = 60_000
const nothing = { valueAtRisk: 0, expectedShortfall: 0, bars: 0, timeframe: '1d' } as const

/** A reader of the closed bars of a feed; they are read once a minute at most, however often it is asked. */
export function createTailReader(feed: Pick<Feed, 'bars'>): TailReader {
  let minute = Number.NaN
  let known = new Map<string, HistoryOf>()

  function historyOf(instruments: readonly string[], now: number): HistoryOf {
    if (Math.floor(now / minuteMs) !== minute) {
      minute = Math.floor(now / minuteMs)
      known = new Map()
    }
    const held = [...instruments].sort()
    const key = held.join('\n')
    const before = known.get(key)
    if (before !== undefined) return before
    const { timeframe, bars } = closedBars(feed, held, now)
    const columns = [...bars].map(([instrument, series]): [string, PriceHistory] => [
      instrument,
      { times: series.map(({ time }) => time), closes: series.map(({ close }) => close) },
    ])
    const read = { timeframe, histories: new Map(columns) }
    known.set(key, read)
    return read
  }

  const heldOf = (worths: ReadonlyMap<string, number>) =>
    [...worths].filter(([, worth]) => worth !== 0).map(([instrument]) => instrument)

  return {
    read(worths, now) {
      const held = heldOf(worths)
      if (held.length === 0) return { ...nothing, from: now, to: now }
      const { timeframe, histories } = historyOf(held, now)
      const { profits, from, to } = bookHistory(worths, histories)
      const tail = tailOfProfits(profits, timeframeMs[timeframe])
      return tail === null || from === null || to === null ? undefined : { ...tail, timeframe, from, to }
    },
    room(worths, instrument, { maximumValueAtRisk, maximumExpectedShortfall }, now) {
      if (maximumValueAtRisk === null && maximumExpectedShortfall === null) return null
      const { timeframe, histories } = historyOf([...new Set([...heldOf(worths), instrument])], now)
      const with1 = new Map(worths).set(instrument, (worths.get(instrument) ?? 0) + 1)
      const after = bookHistory(with1, histories).profits
      // Over the same bars, be the instrument held or not.
      const unit = bookHistory(new Map([[instrument, 1]]), sharedBars(histories)).profits
      const base = after.map((profit, row) => profit - (unit[row] as number))
      return largestAddition(base, unit, timeframeMs[timeframe], {
        valueAtRisk: maximumValueAtRisk === null ? null : toNumber(maximumValueAtRisk),
        expectedShortfall: maximumExpectedShortfall === null ? null : toNumber(maximumExpectedShortfall),
      })
    },
  }
}

interface HistoryOf {
  readonly timeframe: Timeframe
  readonly histories: ReadonlyMap<string, PriceHistory>
}

/** The histories cut to the bars that all have. */
function sharedBars(histories: ReadonlyMap<string, PriceHistory>): ReadonlyMap<string, PriceHistory> {
  const sets = [...histories.values()].map(({ times }) => new Set(times))
  return new Map(
    [...histories].map(([instrument, { times, closes }]) => {
      const rows = times.map((_, row) => row).filter((row) => sets.every((set) => set.has(times[row] as number)))
      return [
        instrument,
        { times: rows.map((row) => times[row] as number), closes: rows.map((row) => closes[row] as number) },
      ]
    }),
  )
}
