import { foldBars } from '#adapters/bars/fold-bars.ts'
import { decimalPlaces, unfoldBar, unfoldPrints } from '#adapters/bars/unfold-bar.ts'
import { makeQuotedTicks } from '#adapters/tape/quoted-ticks.ts'
import { barOfTicks, type Span, type Tape, type Tick, tickIndex } from '#adapters/tape/tape.ts'
import { type Bar, barOpenTime, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import type { Coin } from './coins.ts'
import type { World } from './world.ts'

const minuteMs = timeframeMs['1m']
const hourMs = timeframeMs['1h']
const dayMs = timeframeMs['1d']
/** Ticks are made this much at a time, so that no turn of the event loop is long even at 200 ticks a second. */
const spanMs = 5_000
/** Coins tick on a common grid, so that one timer serves them all. */
const gridMs = 10

/** The simulated market within its days: each day is divided into hours, minutes, seconds and at last ticks. */
export interface Intraday extends Tape {
  /** The newest bars that opened before a moment at or before now, the running one built from its ticks so far. */
  bars(instrument: string, timeframe: Timeframe, limit: number, beforeMs: number, nowMs: number): readonly Bar[]
}

/** Creates the inner life of a world's days. `rate` is ticks a second for each coin, from 0.8 to 200. */
export function createIntraday(world: World, rate: number): Intraday {
  const root = createRandom(world.seed).fork('intraday')
  const indexOf = new Map(world.coins.map((coin, index) => [coin.instrument.id, index]))
  const places = world.coins.map(({ instrument }) => ({
    price: decimalPlaces(toNumber(instrument.priceStep)),
    volume: decimalPlaces(toNumber(instrument.quantityStep)),
  }))
  const hoursOf = remember(600, (coin, time) => {
    const bar = world.day(time).bars[coin] as Bar
    return divide(bar, hourMs, coin, 24, (hour) => 1 + 0.35 * Math.sin(((hour - 9) / 24) * 2 * Math.PI))
  })
  const minutesOf = remember(400, (coin, time) => {
    const hours = hoursOf(coin, barOpenTime(time, '1d'))
    return divide(hours[(time - barOpenTime(time, '1d')) / hourMs] as Bar, minuteMs, coin, 60, () => 1)
  })
  const partsOf = remember(64, (coin, time) => {
    const minutes = minutesOf(coin, barOpenTime(time, '1h'))
    return divide(minutes[(time - barOpenTime(time, '1h')) / minuteMs] as Bar, spanMs, coin, minuteMs / spanMs, () => 1)
  })
  const spanOf = remember(64, (coin, time): Span => {
    const bar = partsOf(coin, barOpenTime(time, '1m'))[(time - barOpenTime(time, '1m')) / spanMs] as Bar
    return { start: time, end: time + spanMs, ticks: makeTicks(bar, coin) }
  })

  /** Divides a bar, with shocks that are partly common to all coins, so that they move together within the day too. */
  function divide(bar: Bar, lengthMs: number, coin: number, count: number, rhythm: (index: number) => number): Bar[] {
    const { marketShare, instrument } = world.coins[coin] as Coin
    const common = root.fork(`market/${lengthMs}/${bar.time}`)
    const own = root.fork(`${instrument.id}/${lengthMs}/${bar.time}`)
    const ownShare = Math.sqrt(1 - marketShare ** 2)
    const shocks = Array.from({ length: count }, () => marketShare * common.normal() + ownShare * own.normal())
    const weights = shocks.map((shock, index) => rhythm(index) * Math.exp(0.3 * Math.abs(shock) + 0.3 * own.normal()))
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

  /** Bars of hours, minutes or days that opened in [from, to), all of them whole. */
  function whole(coin: number, timeframe: '1m' | '1h' | '1d', from: number, to: number): Bar[] {
    const found: Bar[] = []
    if (timeframe === '1d') {
      for (let time = from; time < to; time += dayMs) found.push({ ...(world.day(time).bars[coin] as Bar) })
      return found
    }
    const parent = timeframe === '1h' ? '1d' : '1h'
    const children = timeframe === '1h' ? hoursOf : minutesOf
    for (let time = barOpenTime(from, parent); time < to; time += timeframeMs[parent]) {
      for (const bar of children(coin, time)) if (bar.time >= from && bar.time < to) found.push({ ...bar })
    }
    return found
  }

  /** What has come of the bar that opened at `from`: whole hours, then whole minutes, then the ticks so far. */
  function running(coin: number, timeframe: Timeframe, from: number, nowMs: number): readonly Bar[] {
    const hour = Math.max(from, barOpenTime(nowMs, '1h'))
    const minute = Math.max(from, barOpenTime(nowMs, '1m'))
    const parts = partsOf(coin, barOpenTime(nowMs, '1m')).filter((part) => part.time + spanMs <= nowMs)
    const ticks = spanOf(coin, Math.floor(nowMs / spanMs) * spanMs).ticks
    const last = barOfTicks(ticks.slice(0, tickIndex(ticks, nowMs)), '1m')
    const pieces = [...whole(coin, '1h', from, hour), ...whole(coin, '1m', hour, minute), ...parts]
    return foldBars(last === undefined ? pieces : [...pieces, last], timeframe)
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
      const grain = timeframe === '1d' ? '1d' : length >= hourMs ? '1h' : '1m'
      const bars = foldBars(whole(coin, grain, from, Math.min(newest + length, open)), timeframe)
      return newest >= open ? [...bars, ...running(coin, timeframe, open, nowMs)] : bars
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
export function worldRandom(world: World, name: string): Random {
  return createRandom(world.seed).fork(name)
}
