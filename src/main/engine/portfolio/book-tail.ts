import { usualConfidence } from './confidence-levels.ts'
import { historicalTail } from './value-at-risk.ts'

/** Prices of one instrument: the moments at which bars began (ascending), and their closes. */
export interface PriceHistory {
  readonly times: readonly number[]
  readonly closes: readonly number[]
}

/** Simple returns of instruments over the bars that all of them have. */
export interface SharedReturns {
  readonly instruments: readonly string[]
  /** When the shared bars began; one more than there are returns, unless there is none. */
  readonly times: readonly number[]
  /** One array an instrument. */
  readonly returns: readonly Float64Array[]
}

/** Fewer bars than this say nothing of a tail. */
export const leastTailBars = 50

/** Reads the returns of instruments over the bars that all of them have. */
export function sharedReturns(histories: ReadonlyMap<string, PriceHistory>): SharedReturns {
  const all = [...histories.values()]
  const [first, ...others] = all
  const times = others.reduce<readonly number[]>(
    (shared, other) => intersection(shared, other.times),
    first?.times ?? [],
  )
  return { instruments: [...histories.keys()], times, returns: all.map((history) => returnsOver(times, history)) }
}

/** What two ascending lists have in common. */
function intersection(one: readonly number[], other: readonly number[]): number[] {
  let at = 0
  return one.filter((time) => {
    while (at < other.length && (other[at] as number) < time) at++
    return other[at] === time
  })
}

function returnsOver(shared: readonly number[], { times, closes }: PriceHistory): Float64Array {
  const returns = new Float64Array(Math.max(0, shared.length - 1))
  let before = Number.NaN
  for (let row = 0, at = 0; row < shared.length; row++, at++) {
    while ((times[at] as number) < (shared[row] as number)) at++
    const close = closes[at] as number
    if (row > 0) returns[row - 1] = close / before - 1
    before = close
  }
  return returns
}

/** What a book of signed worths (by instrument) would have made a bar, were it held as it is now (historical simulation). */
export function bookProfits(
  { instruments, times, returns }: SharedReturns,
  worths: ReadonlyMap<string, number>,
): Float64Array {
  const profits = new Float64Array(Math.max(0, times.length - 1))
  for (const [asset, series] of returns.entries()) {
    const worth = worths.get(instruments[asset] as string) ?? 0
    for (let row = 0; row < series.length; row++)
      profits[row] = (profits[row] as number) + worth * (series[row] as number)
  }
  return profits
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
export function tailOfProfits(profits: Float64Array, barMs: number, confidence = usualConfidence): BookTail | null {
  if (profits.length < leastTailBars) return null
  const scale = Math.sqrt(Math.max(1, dayMs / barMs))
  const tail = historicalTail(profits, confidence)
  return {
    valueAtRisk: Math.max(0, tail.valueAtRisk) * scale,
    expectedShortfall: Math.max(0, tail.expectedShortfall) * scale,
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
  confidence = usualConfidence,
): number {
  const profits = new Float64Array(book.length)
  const isWithin = (worth: number) => {
    for (let row = 0; row < book.length; row++) profits[row] = (book[row] as number) + worth * (unit[row] as number)
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
