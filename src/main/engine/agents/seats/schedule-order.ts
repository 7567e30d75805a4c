import { numericBook } from '#engine/agents/numeric-book.ts'
import { figure, percent, span } from '#engine/agents/wording.ts'
import { readLiquidity } from '#engine/market/liquidity.ts'
import {
  almgrenChriss,
  executionCost,
  type ImpactModel,
  twapSchedule,
  volumeProfile,
  vwapSchedule,
} from '#engine/portfolio/execution-schedule.ts'
import { type BarSeries, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Algorithm, ExecutionSchedule, ExecutionWish } from '#shared/domain/parent-order.ts'
import type { ExecutionTerms } from '#shared/domain/profile.ts'
import type { Book } from '#shared/domain/quote.ts'
import { type Decimal, fromNumber, multiply, roundToStep, toNumber } from '#shared/lib/decimal.ts'

/** What the executor is asked when an order is about to be carried out. */
export interface OrderToSchedule {
  readonly instrument: Instrument
  readonly side: 'buy' | 'sell'
  readonly quantity: Decimal
  readonly reduceOnly: boolean
  /** True where a stop and a target follow every part. */
  readonly isProtected: boolean
  readonly book: Book | null
  /** Closed bars within the days, oldest first; empty where there are none. */
  readonly bars: BarSeries
  readonly timeframe: Timeframe
  readonly now: number
  /** How long it may take at most. */
  readonly mostMs: number
  readonly ordersPerMinute: number
  readonly wish: ExecutionWish
  readonly terms: ExecutionTerms
}

/** How the executor would do it: by a schedule, or, where that is null, as one order; and why, in its words. */
export interface ScheduledOrder {
  readonly schedule: ExecutionSchedule | null
  readonly why: string
}

const minuteMs = 60_000
const dayMs = 86_400_000
const bps = 10_000
const mostLooks = 200
/** A part of this share of the visible depth moves the price whatever the clock says: volume sets the pace then. */
const largeShare = 0.25
/** What is shown of an iceberg, as a share of what stands on its side. */
const shownShare = 0.002

/**
 * How to carry an order out: at once where it is small against the visible depth or where the depth is not known; by Almgren
 * and Chriss where depth and volume are known; with the volume where it is a large part of the book; evenly where no volume
 * is known. The trader's wish comes first. It takes as long as the wanted share of the volume allows, within the terms.
 */
export function scheduleOrder(asked: OrderToSchedule): ScheduledOrder {
  const { book, side, quantity, terms, instrument, wish } = asked
  const atOnce = (why: string): ScheduledOrder => ({ schedule: null, why })
  if (wish === 'at-once') return atOnce('As one order, as the trader requested.')
  const levels = book === null ? [] : side === 'buy' ? book.asks : book.bids
  const depth = levels.reduce((sum, level) => sum + toNumber(level.quantity), 0)
  const size = toNumber(quantity)
  if (wish === 'auto' && depth === 0)
    return atOnce(`As one order: the depth of the book of ${instrument.id} is unknown.`)
  const share = depth > 0 ? size / depth : Number.POSITIVE_INFINITY
  if (wish === 'auto' && share <= terms.atOnceShare)
    return atOnce(`As one order: it is ${percent(share, 2)} of the ${figure(depth)} ${instrument.base} in the book.`)

  const volume = volumePerMinute(asked)
  const looks = looksOf(asked, volume)
  if (looks === undefined) return atOnce('As one order: there is no time to send it in parts.')
  const { intervalMs, count } = looks
  const algorithm = wish === 'auto' ? chosen(share, volume) : wish
  const reason = wish === 'auto' ? chosenWords(share, depth, volume, asked) : 'as the trader requested'
  const made = scheduleBy(algorithm, asked, volume, intervalMs, count)
  const why = `In ${count} checks over ${span(count * intervalMs)}, ${titles[made.algorithm]}: ${reason}.`
  return { schedule: { ...made, why, intervalMs }, why }
}

const titles: Readonly<Record<Algorithm, string>> = {
  twap: 'evenly in time (TWAP)',
  vwap: 'with the usual volume of the hour (VWAP)',
  pov: 'as a share of volume (POV)',
  'almgren-chriss': 'against cost and risk (Almgren and Chriss)',
  iceberg: 'showing a part at a time (iceberg)',
}

function chosen(share: number, volume: number | null): Algorithm {
  if (volume === null) return 'twap'
  return share > largeShare ? 'pov' : 'almgren-chriss'
}

function chosenWords(
  share: number,
  depth: number,
  volume: number | null,
  { instrument, terms }: OrderToSchedule,
): string {
  const seen = `it is ${percent(share, 0)} of the ${figure(depth)} ${instrument.base} in the book`
  if (volume === null) return `${seen}, and the traded volume is unknown`
  const pace = `at ${percent(terms.participation, 0)} of the ${figure(volume)} ${instrument.base} traded a minute`
  return share > largeShare ? `${seen}, so it follows the volume ${pace}` : `${seen}, ${pace}`
}

/** Base units a minute over the bars; null where none are known. */
function volumePerMinute({ bars, timeframe }: OrderToSchedule): number | null {
  const total = bars.volume.reduce((sum, volume) => sum + volume, 0)
  return total > 0 ? total / (bars.volume.length * (timeframeMs[timeframe] / minuteMs)) : null
}

/** How often it is looked at, and how far apart: parts with their exits keep to half of the orders a minute. */
function looksOf(
  { quantity, terms, mostMs, ordersPerMinute, isProtected }: OrderToSchedule,
  volume: number | null,
): { readonly intervalMs: number; readonly count: number } | undefined {
  const ordersEach = isProtected ? 3 : 1
  const intervalMs = Math.max(terms.leastSecondsApart * 1_000, Math.ceil((2 * ordersEach * minuteMs) / ordersPerMinute))
  const most = Math.min(terms.mostMinutes * minuteMs, mostMs)
  const wanted = volume === null ? most / 2 : (toNumber(quantity) / (terms.participation * volume)) * minuteMs
  const lasts = Math.min(most, Math.max(terms.leastMinutes * minuteMs, wanted))
  const count = Math.min(mostLooks, Math.floor(lasts / intervalMs))
  return count < 2 ? undefined : { intervalMs: Math.round(Math.max(intervalMs, lasts / count)), count }
}

function scheduleBy(
  algorithm: Algorithm,
  asked: OrderToSchedule,
  volume: number | null,
  intervalMs: number,
  count: number,
): Omit<ExecutionSchedule, 'why' | 'intervalMs'> {
  const { quantity, terms, instrument, book, side, reduceOnly } = asked
  const even = twapSchedule(1, count)
  const model = impactModel(asked, intervalMs)
  const size = toNumber(quantity)
  const plain = { participation: null, displayed: null }
  switch (algorithm) {
    case 'pov':
      // Without any volume to follow it would never trade.
      if (volume === null) break
      return { ...plain, algorithm, due: dueOf(even), participation: terms.participation, expectedBps: null }
    case 'iceberg': {
      const waiting = (side === 'buy' ? book?.bids : book?.asks) ?? []
      const depth = waiting.reduce((sum, level) => sum + toNumber(level.quantity), 0)
      const least = roundToStep(multiply(quantity, fromNumber(1 / count, 12)), instrument.quantityStep, 'up')
      const shown = roundToStep(fromNumber(depth * shownShare, 12), instrument.quantityStep, 'down')
      // What reduces steps in for its own protection: it must not wait in the book.
      if (reduceOnly) break
      const displayed = toNumber(shown) > toNumber(least) ? shown : least
      return { ...plain, algorithm, due: dueOf(even), displayed, expectedBps: null }
    }
    case 'vwap': {
      const profile = usualVolume(asked, intervalMs, count)
      const shares = vwapSchedule(1, profile)
      return { ...plain, algorithm, due: dueOf(shares), expectedBps: expectedBps(shares, size, intervalMs, model) }
    }
    case 'almgren-chriss': {
      if (model === undefined) break
      const { trades } = almgrenChriss(size, (count * intervalMs) / minuteMs, count, terms.riskAversion, model)
      const shares = trades.map((trade) => trade / size)
      return { ...plain, algorithm, due: dueOf(shares), expectedBps: expectedBps(shares, size, intervalMs, model) }
    }
    case 'twap':
  }
  return { ...plain, algorithm: 'twap', due: dueOf(even), expectedBps: expectedBps(even, size, intervalMs, model) }
}

/** What is due by each look, of shares that add up to 1. */
function dueOf(shares: Float64Array): number[] {
  let sum = 0
  const due = [...shares].map((share) => {
    sum += Math.max(0, share)
    return Math.min(1, sum)
  })
  due[due.length - 1] = 1
  return due
}

/**
 * Costs as the book and the bars tell them, in minutes: half the spread for any size; what walking the book adds for the
 * average part, in proportion to the pace. What stays of it is not told by a book: the permanent impact is left at 0.
 */
function impactModel({ book, side, quantity, bars, timeframe, instrument }: OrderToSchedule, intervalMs: number) {
  if (book === null || bars.close.length < 3) return undefined
  const size = toNumber(quantity)
  const walked = readLiquidity(numericBook(book), size)
  const { averagePrice, filled } = side === 'buy' ? walked.buy : walked.sell
  if (walked.mid === null || walked.spread === null || averagePrice === null) return undefined
  const beyondTouch = Math.max(0, Math.abs(averagePrice - walked.mid) - walked.spread / 2)
  // A book of one level gives no slope: a tick for the whole is the least there is.
  const slope = Math.max(beyondTouch, toNumber(instrument.priceStep)) / filled
  const returns = Float64Array.from({ length: bars.close.length - 1 }, (_, k) =>
    Math.log((bars.close[k + 1] as number) / (bars.close[k] as number)),
  )
  const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length
  const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1)
  return {
    volatility: walked.mid * Math.sqrt(variance / (timeframeMs[timeframe] / minuteMs)),
    permanent: 0,
    temporary: slope * (intervalMs / minuteMs),
    fixed: walked.spread / 2,
    mid: walked.mid,
  }
}

function expectedBps(
  shares: Float64Array,
  size: number,
  intervalMs: number,
  model: (ImpactModel & { readonly mid: number }) | undefined,
): number | null {
  if (model === undefined) return null
  const holdings = new Float64Array(shares.length + 1)
  holdings[0] = size
  for (const [k, share] of shares.entries()) holdings[k + 1] = (holdings[k] as number) - share * size
  const { expectedCost } = executionCost(holdings, intervalMs / minuteMs, model)
  return (expectedCost / (size * model.mid)) * bps
}

/** The usual volume at each look, by the hours of past days; even where bars do not tell hours apart. */
function usualVolume({ bars, timeframe, now }: OrderToSchedule, intervalMs: number, count: number): Float64Array {
  const barMs = timeframeMs[timeframe]
  const bins = Math.max(1, Math.round(dayMs / barMs))
  const days = new Map<number, Float64Array>()
  for (const [k, time] of bars.time.entries()) {
    const day = Math.floor(time / dayMs)
    const volumes = days.get(day) ?? new Float64Array(bins)
    volumes[Math.floor((time % dayMs) / barMs)] = bars.volume[k] ?? 0
    days.set(day, volumes)
  }
  const profile = volumeProfile([...days.values()], bins)
  const shares = Float64Array.from(
    { length: count },
    (_, k) => profile[Math.floor(((now + k * intervalMs) % dayMs) / barMs)] ?? 0,
  )
  return shares.some((share) => share > 0) ? shares : twapSchedule(1, count)
}
