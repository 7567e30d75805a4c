import { foldBars } from '#adapters/bars/fold-bars.ts'
import { decimalPlaces, unfoldBar, unfoldPrints } from '#adapters/bars/unfold-bar.ts'
import { makeQuotedTicks } from '#adapters/tape/quoted-ticks.ts'
import { barOfTicks, type Span, type Tape, type Tick, tickIndex } from '#adapters/tape/tape.ts'
import { type Bar, barOpenTime, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { assertExists } from '#shared/lib/assert.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import type { Coin } from './coins.ts'
import type { SimulatedDays } from './world.ts'

const minuteMs = timeframeMs['1m']
/** Ticks are made this much at a time, so that no turn of the event loop is long even at 200 ticks a second. */
const spanMs = 5_000
/** Coins tick on a common grid, so that one timer serves them all. */
const gridMs = 10

/** How bars are divided, longest first: each length out of the next longer one, so that any is as quick to make. */
const divisions: readonly { readonly timeframe: Timeframe; readonly parent: Timeframe }[] = [
  { timeframe: '4h', parent: '1d' },
  { timeframe: '1h', parent: '4h' },
  { timeframe: '30m', parent: '1h' },
  { timeframe: '15m', parent: '30m' },
  { timeframe: '5m', parent: '15m' },
  { timeframe: '1m', parent: '5m' },
]

const parentMs = new Map(divisions.map(({ timeframe, parent }) => [timeframeMs[timeframe], timeframeMs[parent]]))

/** Trading is busiest in the afternoon, UTC, and quietest at night. */
function rhythm(timeMs: number): number {
  const hour = (timeMs / timeframeMs['1h']) % 24
  return 1 + 0.35 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)
}

/** The simulated market within its days: each day is divided into hours, minutes and at last ticks. */
export interface Intraday extends Tape {
  /** The newest bars that opened before a moment at or before now, the running one built from its ticks so far. */
  bars(instrument: string, timeframe: Timeframe, limit: number, beforeMs: number, nowMs: number): readonly Bar[]
}

/** Creates the inner life of a world's days. `rate` is ticks a second for each coin, from 0.8 to 200. */
export function createIntraday(world: SimulatedDays, rate: number): Intraday {
  const root = createRandom(world.seed).fork('intraday')
  const indexOf = new Map(world.coins.map((coin, index) => [coin.instrument.id, index]))
  const places = world.coins.map(({ instrument }) => ({
    price: decimalPlaces(toNumber(instrument.priceStep)),
    volume: decimalPlaces(toNumber(instrument.quantityStep)),
  }))
  /** By length: the bars of that length that a longer bar, known by coin and opening, is divided into. */
  const childrenOf = new Map(
    divisions.map(({ timeframe, parent }) => [
      timeframe,
      remember(1_000, (coin, time) => divide(barAt(coin, parent, time), timeframeMs[timeframe], coin)),
    ]),
  )
  const partsOf = remember(64, (coin, time) => divide(barAt(coin, '1m', time), spanMs, coin))
  const spanOf = remember(64, (coin, time): Span => {
    const minute = barOpenTime(time, '1m')
    const bar = partsOf(coin, minute)[(time - minute) / spanMs] as Bar
    return { start: time, end: time + spanMs, ticks: makeTicks(bar, coin) }
  })

  /** The whole bar that opens at the time, past or to come. */
  function barAt(coin: number, timeframe: Timeframe, time: number): Bar {
    const division = divisions.find((candidate) => candidate.timeframe === timeframe)
    const children = childrenOf.get(timeframe)
    if (division === undefined || children === undefined) return world.day(time).bars[coin] as Bar
    const parentTime = barOpenTime(time, division.parent)
    return children(coin, parentTime)[(time - parentTime) / timeframeMs[timeframe]] as Bar
  }

  /** Divides a bar, with shocks that are partly common to all coins, so that they move together within the day too. */
  function divide(bar: Bar, lengthMs: number, coin: number): Bar[] {
    const { marketShare, instrument } = world.coins[coin] as Coin
    const count = (parentMs.get(lengthMs) ?? minuteMs) / lengthMs
    const common = root.fork(`market/${lengthMs}/${bar.time}`)
    const own = root.fork(`${instrument.id}/${lengthMs}/${bar.time}`)
    const ownShare = Math.sqrt(1 - marketShare ** 2)
    const shocks = Array.from({ length: count }, () => marketShare * common.normal() + ownShare * own.normal())
    const weights = shocks.map((shock, index) => {
      const busy = rhythm(bar.time + (index + 0.5) * lengthMs)
      return busy * Math.exp(0.3 * Math.abs(shock) + 0.3 * own.normal())
    })
    return unfoldBar(bar, lengthMs, shocks, weights, own, places[coin] as (typeof places)[number])
  }

  function makeTicks(bar: Bar, coin: number): readonly Tick[] {
    const about = world.coins[coin] as Coin
    const decimals = places[coin] as (typeof places)[number]
    const random = root.fork(`${about.instrument.id}/ticks/${bar.time}`)
    const count = Math.max(4, Math.round((rate * spanMs) / 1_000))
    const prints = unfoldPrints(bar, count, random, decimals)
    const { volatility } = world.day(bar.time)
    const step = toNumber(about.instrument.priceStep)
    const spreads = prints.map(() => {
      const share = about.spread * (0.5 + volatility / 2) * (0.7 + 0.6 * random.float())
      return Math.max(1, Math.round((bar.open * share) / step)) * step
    })
    return makeQuotedTicks(bar, spanMs, gridMs, prints, spreads, decimals.price, random)
  }

  function span(instrument: string, atMs: number): Span | undefined {
    const coin = indexOf.get(instrument)
    return coin === undefined || atMs < world.start ? undefined : spanOf(coin, Math.floor(atMs / spanMs) * spanMs)
  }

  /** Bars that opened in [from, to), all of them whole. */
  function whole(coin: number, timeframe: Timeframe, from: number, to: number): Bar[] {
    const found: Bar[] = []
    for (let time = from; time < to; time += timeframeMs[timeframe]) found.push({ ...barAt(coin, timeframe, time) })
    return found
  }

  /** What has come of the bar that opened at `from`: ever shorter whole bars, then the ticks so far. */
  function running(coin: number, timeframe: Timeframe, from: number, nowMs: number): Bar {
    const pieces: Bar[] = []
    let done = from
    for (const { timeframe: shorter } of divisions) {
      if (timeframeMs[shorter] >= timeframeMs[timeframe]) continue
      pieces.push(...whole(coin, shorter, done, barOpenTime(nowMs, shorter)))
      done = Math.max(done, barOpenTime(nowMs, shorter))
    }
    pieces.push(...partsOf(coin, barOpenTime(nowMs, '1m')).filter((part) => part.time + spanMs <= nowMs))
    const ticks = spanOf(coin, Math.floor(nowMs / spanMs) * spanMs).ticks
    const last = barOfTicks(ticks.slice(0, tickIndex(ticks, nowMs)), '1m')
    const [bar] = foldBars(last === undefined ? pieces : [...pieces, last], timeframe)
    return assertExists(bar, 'A running bar has a tick at its opening.')
  }

  return {
    span,
    nextStart: (instrument, afterMs) =>
      indexOf.has(instrument) ? Math.max(world.start, (Math.floor(afterMs / spanMs) + 1) * spanMs) : undefined,
    bars(instrument, timeframe, limit, beforeMs, nowMs) {
      const coin = indexOf.get(instrument)
      if (coin === undefined || beforeMs <= world.start) return []
      const length = timeframeMs[timeframe]
      const newest = barOpenTime(beforeMs - 1, timeframe)
      const open = barOpenTime(nowMs, timeframe)
      const from = Math.max(barOpenTime(world.start, timeframe), newest - (limit - 1) * length)
      const bars = whole(coin, timeframe, from, Math.min(newest + length, open))
      return newest >= open ? [...bars, running(coin, timeframe, open, nowMs)] : bars
    },
  }
}

/** A small cache by coin and time that forgets the oldest entries. */
function remember<T>(perCoin: number, make: (coin: number, time: number) => T): (coin: number, time: number) => T {
  const caches = new Map<number, Map<number, T>>()
  return (coin, time) => {
    let cache = caches.get(coin)
    if (cache === undefined) caches.set(coin, (cache = new Map()))
    let value = cache.get(time)
    if (value === undefined) {
      value = make(coin, time)
      cache.set(time, value)
      if (cache.size > perCoin) cache.delete(cache.keys().next().value as number)
    }
    return value
  }
}

/** A stream that depends on the world and a name alone. */
export function worldRandom(world: SimulatedDays, name: string): Random {
  return createRandom(world.seed).fork(name)
}
