import { decimalPlaces, roundTo } from '#adapters/bars/unfold-bar.ts'
import { type Bar, timeframeMs } from '#shared/domain/bar.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import type { Coin } from './coins.ts'
import { nextRegime, regimeModels, type SimulatedRegime } from './regimes.ts'

const dayMs = timeframeMs['1d']

/** One day of the simulated market. */
interface WorldDay {
  /** Its midnight, in UTC epoch milliseconds. */
  readonly time: number
  readonly regime: SimulatedRegime
  /** The market's common move, in ordinary daily deviations. */
  readonly move: number
  /** The market's volatility, as a multiple of the ordinary. */
  readonly volatility: number
  /** One bar a coin, in the coins' order. */
  readonly bars: readonly Bar[]
}

/** All days of the simulated market, past and to come. */
export interface SimulatedDays {
  readonly seed: number
  readonly coins: readonly Coin[]
  /** The first day's midnight. */
  readonly start: number
  /** The day that holds the moment; the first one for any moment before it. */
  day(atMs: number): WorldDay
}

/** Pulls log prices back to their anchors, a half-life of some 230 days, so that long runs stay plausible. */
const reversion = 0.003
const largestMove = 0.4

/**
 * Creates the days of a market from a seed: a Markov chain of regimes; one common factor and one move of its own for
 * each coin, each with GARCH(1,1) volatility (Bollerslev 1986) and Student-t innovations of 5 degrees of freedom; highs
 * and lows drawn from the law of a Brownian bridge's extremes. Days are made when they are asked for, in order, and
 * depend on the seed and the start alone. A day costs some 10 microseconds.
 */
export function createSimulatedDays(seed: number, coins: readonly Coin[], startMs: number): SimulatedDays {
  const random = createRandom(seed).fork('world')
  const start = Math.floor(startMs / dayMs) * dayMs
  const days: WorldDay[] = []
  const market = createShocks(random.fork('market'))
  const chain = random.fork('regimes')
  const paths = coins.map((coin) => createPath(coin, random.fork(coin.instrument.id)))
  let regime: SimulatedRegime = 'range'

  function addDay(): void {
    regime = nextRegime(regime, chain)
    const model = regimeModels[regime]
    const { shock, deviation } = market.next()
    const move = model.drift + model.volatility * shock
    const volatility = model.volatility * deviation
    const time = start + days.length * dayMs
    days.push({ time, regime, move, volatility, bars: paths.map((next) => next(time, move, volatility)) })
  }

  return {
    seed,
    coins,
    start,
    day(atMs) {
      const index = Math.max(0, Math.floor((atMs - start) / dayMs))
      while (days.length <= index) addDay()
      return days[index] as WorldDay
    },
  }
}

/** Shocks of unit variance whose size clusters: GARCH(1,1) over Student t. */
function createShocks(random: Random): { next(): { readonly shock: number; readonly deviation: number } } {
  let variance = 1
  return {
    next() {
      const deviation = Math.sqrt(variance)
      const shock = deviation * studentT5(random)
      variance = Math.min(9, 0.05 + 0.1 * shock * shock + 0.85 * variance)
      return { shock, deviation }
    },
  }
}

/** Student's t with 5 degrees of freedom, scaled to unit variance. */
function studentT5(random: Random): number {
  let chiSquare = 0
  for (let index = 0; index < 5; index++) chiSquare += random.normal() ** 2
  return (random.normal() / Math.sqrt(chiSquare / 5)) * Math.sqrt(3 / 5)
}

function createPath(coin: Coin, random: Random): (time: number, move: number, marketVolatility: number) => Bar {
  const own = createShocks(random.fork('own'))
  const step = toNumber(coin.instrument.priceStep)
  const places = decimalPlaces(step)
  const lots = decimalPlaces(toNumber(coin.instrument.quantityStep))
  const { marketShare, volatility } = coin
  const ownShare = Math.sqrt(1 - marketShare ** 2)
  let price = roundTo(coin.anchor * Math.exp(0.2 * random.normal()), places)
  let crowd = 0
  return (time, move, marketVolatility) => {
    const { shock, deviation } = own.next()
    const pull = -reversion * Math.log(price / coin.anchor)
    const drawn = volatility * (marketShare * move + ownShare * shock) + pull
    const logReturn = Math.max(-largestMove, Math.min(largestMove, drawn))
    const open = price
    const close = Math.max(20 * step, roundTo(open * Math.exp(logReturn), places))
    const spread = volatility * Math.hypot(marketShare * marketVolatility, ownShare * deviation)
    const high = roundTo(bridgeExtreme(open, close, open * spread, random, 1), places)
    const low = roundTo(bridgeExtreme(open, close, open * spread, random, -1), places)
    crowd = 0.8 * crowd + 0.15 * random.normal() + 0.08 * (Math.abs(logReturn) / volatility - 0.8)
    price = close
    return {
      time,
      open,
      high: Math.max(open, close, high),
      low: Math.min(open, close, Math.max(low, 0.5 * Math.min(open, close))),
      close,
      volume: roundTo((coin.turnover / open) * Math.exp(crowd), lots),
    }
  }
}

/** The maximum (or minimum) of a Brownian bridge between two prices with the given deviation (Borodin and Salminen). */
function bridgeExtreme(from: number, to: number, deviation: number, random: Random, sign: 1 | -1): number {
  const spread = Math.sqrt((to - from) ** 2 - 2 * deviation ** 2 * Math.log(1 - random.float()))
  return (from + to + sign * spread) / 2
}
