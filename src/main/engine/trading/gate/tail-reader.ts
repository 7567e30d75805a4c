import {
  type BookTail,
  bookProfits,
  largestAddition,
  type PriceHistory,
  type SharedReturns,
  sharedReturns,
  tailOfProfits,
} from '#engine/portfolio/book-tail.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { closedBars } from '#engine/trading/positions/closed-bars.ts'
import { type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import { toNumber } from '#shared/lib/decimal.ts'

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
  /** The returns of instruments over the closed bars that decisions stand on. */
  returns(instruments: readonly string[], now: number): ReadReturns
  /** Undefined where there is too little history. */
  read(worths: ReadonlyMap<string, number>, now: number): ReadTail | undefined
  /**
   * What more of an instrument may be bought (direction 1) or sold short (-1) within the limits, as a worth; 0 where that cannot
   * be measured, null without limits.
   */
  room(
    worths: ReadonlyMap<string, number>,
    instrument: string,
    direction: 1 | -1,
    limits: TailLimits,
    now: number,
  ): number | null
}

const minuteMs = 60_000
const nothing = { valueAtRisk: 0, expectedShortfall: 0, bars: 0, timeframe: '1d' } as const

/** Returns that were read, and the room that was found on them, by the book and what was asked. */
interface KnownReturns {
  readonly read: ReadReturns
  readonly rooms: Map<string, number>
}

/**
 * A reader of the closed bars of a feed; they are read once a minute at most, however often it is asked. The limits of the gate
 * and all that is decided within them ask the same one.
 */
export function createTailReader(feed: Pick<Feed, 'bars'>): TailReader {
  let minute = Number.NaN
  let known = new Map<string, KnownReturns>()

  function knownOf(instruments: readonly string[], now: number): KnownReturns {
    if (Math.floor(now / minuteMs) !== minute) {
      minute = Math.floor(now / minuteMs)
      known = new Map()
    }
    const key = instruments.join('\n')
    const before = known.get(key)
    if (before !== undefined) return before
    const found = { read: readReturns(feed, instruments, now), rooms: new Map<string, number>() }
    known.set(key, found)
    return found
  }

  const heldOf = (worths: ReadonlyMap<string, number>) =>
    [...worths].filter(([, worth]) => worth !== 0).map(([instrument]) => instrument)

  return {
    returns: (instruments, now) => knownOf(instruments, now).read,
    read(worths, now) {
      const held = heldOf(worths)
      if (held.length === 0) return { ...nothing, from: now, to: now }
      const { timeframe, shared } = knownOf(held, now).read
      const tail = tailOfProfits(bookProfits(shared, worths), timeframeMs[timeframe])
      const [from, to] = [shared.times[0], shared.times.at(-1)]
      return tail === null || from === undefined || to === undefined ? undefined : { ...tail, timeframe, from, to }
    },
    room(worths, instrument, direction, { maximumValueAtRisk, maximumExpectedShortfall }, now) {
      if (maximumValueAtRisk === null && maximumExpectedShortfall === null) return null
      const { read, rooms } = knownOf([...new Set([...heldOf(worths), instrument])], now)
      const asked = [instrument, direction, maximumValueAtRisk, maximumExpectedShortfall, ...[...worths].flat()].join(
        ' ',
      )
      const before = rooms.get(asked)
      if (before !== undefined) return before
      const { timeframe, shared } = read
      const unit = bookProfits(shared, new Map([[instrument, direction]]))
      const room = largestAddition(bookProfits(shared, worths), unit, timeframeMs[timeframe], {
        valueAtRisk: maximumValueAtRisk === null ? null : toNumber(maximumValueAtRisk),
        expectedShortfall: maximumExpectedShortfall === null ? null : toNumber(maximumExpectedShortfall),
      })
      rooms.set(asked, room)
      return room
    },
  }
}

/** Returns that instruments share, and the timeframe of the bars that they were read off. */
export interface ReadReturns {
  readonly timeframe: Timeframe
  readonly shared: SharedReturns
}

/** Reads the returns of instruments over the closed bars that decisions stand on. */
export function readReturns(feed: Pick<Feed, 'bars'>, instruments: readonly string[], now: number): ReadReturns {
  const { timeframe, bars } = closedBars(feed, instruments, now)
  const histories = [...bars].map(([instrument, series]): [string, PriceHistory] => [
    instrument,
    { times: series.map(({ time }) => time), closes: series.map(({ close }) => close) },
  ])
  return { timeframe, shared: sharedReturns(new Map(histories)) }
}
