import { foldBars } from '#adapters/bars/fold-bars.ts'
import { decimalPlaces, roundTo } from '#adapters/bars/unfold-bar.ts'
import { lastTick, type Span, type Tape, type Tick } from '#adapters/tape/tape.ts'
import type { FundingTime } from '#engine/ports/feed.ts'
import { fundingRate, usualFunding } from '#engine/trading/margin/funding.ts'
import { withMaintenanceAmounts } from '#engine/trading/margin/margin-tiers.ts'
import { type Bar, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Instrument, MarginTier } from '#shared/domain/instrument.ts'
import type { PerpetualQuote } from '#shared/domain/quote.ts'
import { assertExists } from '#shared/lib/assert.ts'
import { type Decimal, decimal, fromNumber, toNumber } from '#shared/lib/decimal.ts'
import type { Coin } from './coins.ts'
import { type Intraday, worldRandom } from './intraday.ts'
import type { SimulatedDays } from './world.ts'

/** A perpetual future on a coin. */
export interface Perpetual {
  readonly instrument: Instrument
  readonly coin: Coin
}

const tier = (cap: number | null, maximumLeverage: number, rate: string) => ({
  notionalCap: cap === null ? null : decimal(cap),
  maximumLeverage,
  maintenanceRate: decimal(rate),
})

/** The scheme of Binance's BTCUSDT (leverage and margin tiers of USD-M futures, 2021), for every perpetual that is listed. */
export const perpetualTiers: readonly MarginTier[] = withMaintenanceAmounts([
  tier(50_000, 125, '0.004'),
  tier(250_000, 100, '0.005'),
  tier(1_000_000, 50, '0.01'),
  tier(10_000_000, 20, '0.025'),
  tier(20_000_000, 10, '0.05'),
  tier(50_000_000, 5, '0.1'),
  tier(100_000_000, 4, '0.125'),
  tier(200_000_000, 3, '0.15'),
  tier(300_000_000, 2, '0.25'),
  tier(null, 1, '0.5'),
])

/** The linear perpetual of a coin; funding is paid every eight hours unless another interval is given. */
export function perpetualOn(coin: Coin, fundingIntervalMs: number = 8 * timeframeMs['1h']): Perpetual {
  const { id, quote, quantityStep } = coin.instrument
  return {
    coin,
    instrument: {
      ...coin.instrument,
      id: `${id}:${quote}`,
      perpetual: {
        contractSize: quantityStep,
        fundingIntervalMs,
        liquidationFee: decimal('0.0125'),
        tiers: [...perpetualTiers],
      },
    },
  }
}

// The premium of a perpetual over its index: drawn anew every four hours, near what it was before.
const slotMs = timeframeMs['4h']
const premiumMean = 0.0002
const premiumDeviation = 0.00045
const memory = [1, 0.7, 0.49, 0.34, 0.24, 0.17]
/** The venue averages the basis over so long for its mark. */
const basisMs = 30_000

/** The perpetuals of a simulated market: a tape, its bars, and what the venue says beside it. */
export interface PerpetualMarket {
  readonly tape: Tape
  bars(instrument: string, timeframe: Timeframe, limit: number, beforeMs: number, nowMs: number): readonly Bar[]
  quote(instrument: string, tick: Tick): PerpetualQuote | undefined
  /** Undefined for an instrument that is none of them. */
  find(instrument: string): Perpetual | undefined
  funding(instrument: string, afterMs: number, nowMs: number): readonly FundingTime[]
}

/**
 * Creates the market of perpetuals: each trades at its coin's price (the index) and a premium, tick by tick. The mark is the
 * median of the index with the funding still to be paid, the index with the mean basis of the last 30 s, and the last trade
 * (Binance, "Mark Price in USD-M Futures"); the funding rate comes from the mean premium since the time before (fundingRate).
 */
export function createPerpetualMarket(
  world: SimulatedDays,
  spot: Intraday,
  perpetuals: readonly Perpetual[],
): PerpetualMarket {
  const known = new Map(perpetuals.map((perpetual) => [perpetual.instrument.id, perpetual]))
  const scaled = new WeakMap<Span, Map<string, Span>>()
  /** Days that have closed, by instrument and midnight. */
  const closedDays = new Map<string, Map<number, Bar>>()

  const shock = remember((id, slot) => worldRandom(world, `premium/${id}/${slot}`).normal())
  const premiumOf = remember((id, slot) => {
    const pushed = memory.reduce((sum, weight, back) => sum + weight * shock(id, slot - back), 0)
    return roundTo(premiumMean + premiumDeviation * pushed, 6)
  })
  const premiumAt = (id: string, atMs: number) => premiumOf(id, Math.floor(atMs / slotMs))

  /** The mean premium over a stretch of time that is not empty. */
  function meanPremium(id: string, fromMs: number, toMs: number): number {
    let sum = 0
    for (let at = fromMs; at < toMs; ) {
      const end = Math.min(toMs, (Math.floor(at / slotMs) + 1) * slotMs)
      sum += premiumAt(id, at) * (end - at)
      at = end
    }
    return sum / (toMs - fromMs)
  }

  const factor = (id: string, atMs: number) => 1 + premiumAt(id, atMs)
  const placesOf = ({ priceStep }: Instrument) => decimalPlaces(toNumber(priceStep))

  function scaleTick({ instrument }: Perpetual, tick: Tick, by: number): Tick {
    const places = placesOf(instrument)
    const step = toNumber(instrument.priceStep)
    const at = (each: number) => roundTo(each * by, places)
    const [price, bid, ask] = [at(tick.price), at(tick.bid), at(tick.ask)]
    if (bid < ask) return { ...tick, price, bid, ask }
    // Rounding closed the spread: the side that did not trade gives way.
    return price === ask && bid > step
      ? { ...tick, price, ask, bid: roundTo(ask - step, places) }
      : { ...tick, price, bid, ask: roundTo(bid + step, places) }
  }

  function span(instrument: string, atMs: number): Span | undefined {
    const perpetual = known.get(instrument)
    const own = perpetual && spot.span(perpetual.coin.instrument.id, atMs)
    if (perpetual === undefined || own === undefined) return undefined
    let byInstrument = scaled.get(own)
    if (byInstrument === undefined) scaled.set(own, (byInstrument = new Map()))
    let made = byInstrument.get(instrument)
    if (made === undefined) {
      const by = factor(instrument, own.start)
      made = { ...own, ticks: own.ticks.map((tick) => scaleTick(perpetual, tick, by)) }
      byInstrument.set(instrument, made)
    }
    return made
  }

  function scaleBar({ instrument }: Perpetual, bar: Bar): Bar {
    const by = factor(instrument.id, bar.time)
    const at = (price: number) => roundTo(price * by, placesOf(instrument))
    return { ...bar, open: at(bar.open), high: at(bar.high), low: at(bar.low), close: at(bar.close) }
  }

  function bars(id: string, timeframe: Timeframe, limit: number, beforeMs: number, nowMs: number): readonly Bar[] {
    const perpetual = known.get(id)
    if (perpetual === undefined) return []
    if (timeframe === '1d') return daysOf(perpetual, limit, beforeMs, nowMs)
    const own = spot.bars(perpetual.coin.instrument.id, timeframe, limit, beforeMs, nowMs)
    return own.map((bar) => scaleBar(perpetual, bar))
  }

  /** A day has several premiums: it is folded out of stretches that have one each, once. */
  function daysOf(perpetual: Perpetual, limit: number, beforeMs: number, nowMs: number): readonly Bar[] {
    const { instrument, coin } = perpetual
    const known = closedDays.get(instrument.id) ?? new Map<number, Bar>()
    closedDays.set(instrument.id, known)
    const days = spot.bars(coin.instrument.id, '1d', limit, beforeMs, nowMs)
    return days.map(({ time }) => {
      const before = known.get(time)
      if (before !== undefined) return { ...before }
      const end = time + timeframeMs['1d']
      const slots = spot.bars(coin.instrument.id, '4h', timeframeMs['1d'] / slotMs, end, nowMs)
      const today = slots.filter((slot) => slot.time >= time).map((slot) => scaleBar(perpetual, slot))
      const [day] = foldBars(today, '1d')
      const made = assertExists(day, 'A day has a bar from its first tick on.')
      if (end <= nowMs) known.set(time, { ...made })
      return made
    })
  }

  function rateOf(id: string, fromMs: number, toMs: number): Decimal {
    return fundingRate(fromNumber(meanPremium(id, fromMs, Math.max(toMs, fromMs + 1)), 8), usualFunding)
  }

  function quote(id: string, { at, price }: Tick): PerpetualQuote | undefined {
    const perpetual = known.get(id)
    const index = perpetual && lastTick(spot, perpetual.coin.instrument.id, at)?.price
    if (perpetual?.instrument.perpetual === undefined || index === undefined) return undefined
    const { fundingIntervalMs } = perpetual.instrument.perpetual
    const before = Math.floor(at / fundingIntervalMs) * fundingIntervalMs
    const fundingAt = before + fundingIntervalMs
    const rate = rateOf(id, before, at)
    const owed = index * (1 + (toNumber(rate) * (fundingAt - at)) / fundingIntervalMs)
    const based = index * (1 + meanPremium(id, at - basisMs, at))
    const [, median] = [owed, based, price].sort((a, b) => a - b)
    const places = placesOf(perpetual.instrument)
    return {
      mark: fromNumber(median ?? price, places),
      index: fromNumber(index, places),
      fundingRate: rate,
      fundingAt,
    }
  }

  function fundingTime(id: string, at: number, intervalMs: number): FundingTime | undefined {
    const tick = lastTick(tape, id, at)
    const mark = tick && quote(id, { ...tick, at })?.mark
    return mark === undefined ? undefined : { at, rate: rateOf(id, at - intervalMs, at), mark }
  }

  const tape: Tape = {
    span,
    nextStart: (id, afterMs) => spot.nextStart(known.get(id)?.coin.instrument.id ?? id, afterMs),
  }

  return {
    tape,
    bars,
    quote,
    find: (id) => known.get(id),
    funding(id, afterMs, nowMs) {
      const every = known.get(id)?.instrument.perpetual?.fundingIntervalMs
      if (every === undefined) return []
      const found: FundingTime[] = []
      const first = (Math.floor(Math.max(afterMs, world.start) / every) + 1) * every
      for (let at = first; at <= nowMs; at += every) {
        const time = fundingTime(id, at, every)
        if (time !== undefined) found.push(time)
      }
      return found
    },
  }
}

/** Keeps what was made of an instrument's slots of time, some years of them. */
function remember(make: (id: string, slot: number) => number): (id: string, slot: number) => number {
  const byInstrument = new Map<string, Map<number, number>>()
  return (id, slot) => {
    let known = byInstrument.get(id)
    if (known === undefined || known.size > 10_000) byInstrument.set(id, (known = new Map()))
    let value = known.get(slot)
    if (value === undefined) known.set(slot, (value = make(id, slot)))
    return value
  }
}
