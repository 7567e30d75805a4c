import type { Feed } from '#engine/ports.ts'
import { type BookTail, bookHistory, type PriceHistory, tailOfProfits } from '#engine/portfolio/book-tail.ts'
import { type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { type ClosedBars, closedBars } from './closed-bars.ts'

/** The tail of a book, and the bars that it was read off. */
export interface ReadTail extends BookTail {
  readonly timeframe: Timeframe
  /** When the first and the last of the bars began. */
  readonly from: number
  readonly to: number
}

/** Reads the tail of a book of signed worths (by instrument); undefined where there is too little history. */
export type TailReader = (worths: ReadonlyMap<string, number>, now: number) => ReadTail | undefined

const minuteMs = 60_000
const nothing = { valueAtRisk: 0, expectedShortfall: 0, bars: 0, timeframe: '1d' } as const

/** A reader of the closed bars of a feed; they are read once a minute at most, however often it is asked. */
export function createTailReader(feed: Pick<Feed, 'bars'>): TailReader {
  let minute = Number.NaN
  let known = new Map<string, ClosedBars>()
  return (worths, now) => {
    const held = [...worths].filter(([, worth]) => worth !== 0).map(([instrument]) => instrument)
    if (held.length === 0) return { ...nothing, from: now, to: now }
    if (Math.floor(now / minuteMs) !== minute) {
      minute = Math.floor(now / minuteMs)
      known = new Map()
    }
    const key = held.sort().join('\n')
    const read = known.get(key) ?? closedBars(feed, held, now)
    known.set(key, read)
    const histories = new Map<string, PriceHistory>(
      [...read.bars].map(([instrument, bars]) => [
        instrument,
        { times: bars.map(({ time }) => time), closes: bars.map(({ close }) => close) },
      ]),
    )
    const { profits, from, to } = bookHistory(worths, histories)
    const tail = tailOfProfits(profits, timeframeMs[read.timeframe])
    return tail === null || from === null || to === null ? undefined : { ...tail, timeframe: read.timeframe, from, to }
  }
}
