import { expectedShortfall, valueAtRisk } from './value-at-risk.ts'

/** Prices of one instrument: the moments at which bars began (ascending), and their closes. */
export interface PriceHistory {
  readonly times: readonly number[]
  readonly closes: readonly number[]
}

/** What a book would have made in each bar that all of its holdings have, were it held as it is now. */
export interface BookHistory {
  /** Profit (+) or loss (-) a bar, in the account's currency. */
  readonly profits: Float64Array
  /** When the bar before the first and the last one began; null without any. */
  readonly from: number | null
  readonly to: number | null
}

/** Fewer bars than this say nothing of a tail. */
export const leastTailBars = 50

/** Replays a book of signed worths (account's currency, by instrument) over the bars that all of it has (historical simulation). */
export function bookHistory(
  worths: ReadonlyMap<string, number>,
  histories: ReadonlyMap<string, PriceHistory>,
): BookHistory {
  const held = [...worths].filter(([, worth]) => worth !== 0)
  const rows = held.map(([instrument, worth]) => {
    const { times, closes } = histories.get(instrument) ?? { times: [], closes: [] }
    return { worth, closeAt: new Map(times.map((time, row) => [time, closes[row] as number])) }
  })
  const [first, ...others] = rows
  const times = [...(first?.closeAt.keys() ?? [])].filter((time) => others.every(({ closeAt }) => closeAt.has(time)))
  const profits = new Float64Array(Math.max(0, times.length - 1))
  for (const { worth, closeAt } of rows) {
    for (let row = 1; row < times.length; row++) {
      const before = closeAt.get(times[row - 1] as number) as number
      const after = closeAt.get(times[row] as number) as number
      profits[row - 1] = (profits[row - 1] as number) + worth * (after / before - 1)
    }
  }
  return { profits, from: times[0] ?? null, to: times.at(-1) ?? null }
}

/** What a day may cost a book; amounts in the account's currency, 0 or more. */
export interface BookTail {
  readonly valueAtRisk: number
  readonly expectedShortfall: number
  /** How many bars it stands on. */
  readonly bars: number
}

const dayMs = 86_400_000

/**
 * Value at risk and expected shortfall of a day by historical simulation, from profits a bar of the given length, scaled by
 * the root of time where a bar is shorter than a day. Null below 50 bars. Throws CONFIDENCE_INVALID.
 */
export function tailOfProfits(profits: Float64Array, barMs: number, confidence = 0.95): BookTail | null {
  if (profits.length < leastTailBars) return null
  const scale = Math.sqrt(Math.max(1, dayMs / barMs))
  return {
    valueAtRisk: Math.max(0, valueAtRisk(profits, confidence)) * scale,
    expectedShortfall: Math.max(0, expectedShortfall(profits, confidence)) * scale,
    bars: profits.length,
  }
}

/** Bounds of a tail; null sets none. */
export interface TailBounds {
  readonly valueAtRisk: number | null
  readonly expectedShortfall: number | null
}

/**
 * The largest worth of an asset (profits a bar of one unit of worth) that can be added to a book (its own profits over the
 * same bars) within bounds on its tail; 0 where none can, or below 50 bars. Infinite where no amount breaks them.
 */
export function largestAddition(
  book: Float64Array,
  unit: Float64Array,
  barMs: number,
  bounds: TailBounds,
  confidence = 0.95,
): number {
  const isWithin = (worth: number) => {
    const profits = book.map((profit, row) => profit + worth * (unit[row] as number))
    const tail = tailOfProfits(profits, barMs, confidence)
    if (tail === null) return false
    return (
      tail.valueAtRisk <= (bounds.valueAtRisk ?? Number.POSITIVE_INFINITY) &&
      tail.expectedShortfall <= (bounds.expectedShortfall ?? Number.POSITIVE_INFINITY)
    )
  }
  let low = 0
  let high = 1
  if (!isWithin(0)) return 0
  while (isWithin(high)) {
    low = high
    high *= 4
    if (high > largestWorth) return Number.POSITIVE_INFINITY
  }
  while (high - low > 1e-4 * high) {
    const middle = (low + high) / 2
    if (isWithin(middle)) low = middle
    else high = middle
  }
  return low
}

const largestWorth = 1e15
