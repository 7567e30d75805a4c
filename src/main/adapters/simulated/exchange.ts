import { createTapeFeed } from '#adapters/tape/tape-feed.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { assertExists } from '#shared/lib/assert.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { makeBook } from './book.ts'
import { coins as allCoins, type Coin } from './coins.ts'
import { createIntraday } from './intraday.ts'
import { createPerpetualMarket, type Perpetual, perpetualOn } from './perpetuals.ts'
import { createSimulatedDays, type SimulatedDays } from './world.ts'

/** Which market is simulated, and how busy it is. */
export interface SimulatedExchangeOptions {
  readonly clock: Clock
  /** A whole number: the same seed and the same time give the same market, whenever the program was started. */
  readonly seed: number
  /** Trades a second for each instrument, 0.8 to 200; 2 unless given. */
  readonly rate?: number
  /** What is traded; all coins unless given. */
  readonly coins?: readonly Coin[]
  /** Perpetuals on some of these coins; those on BTC and ETH, paid every eight hours, unless given. */
  readonly perpetuals?: readonly Perpetual[]
  /** A market that was made from the same seed and coins before, to be gone on with; a new one unless given. */
  readonly world?: SimulatedDays
}

/** A feed that also lets the research sources beside it see the world it is made from. */
export interface SimulatedExchange extends Feed {
  readonly world: SimulatedDays
  /** The coin that an instrument is about; a perpetual is about the one of its index. */
  coinOf(instrument: string): Coin | undefined
}

const usualStart = Date.UTC(2019, 0, 1)
const historyMs = 400 * 86_400_000
const hasPerpetual = ({ instrument }: Coin) => instrument.base === 'BTC' || instrument.base === 'ETH'

/**
 * Creates the simulated exchange: eight coins against USDT, and perpetual futures on two of them, with days back to 2019
 * (or 400 days before the clock's time, if that is earlier), hours and minutes within them, and live ticks. The market is a function of seed and time, so a
 * restart finds the prices where they would have been.
 */
export function createSimulatedExchange(options: SimulatedExchangeOptions): SimulatedExchange {
  const { clock, seed, rate = 2, coins = allCoins } = options
  const world = options.world ?? createSimulatedDays(seed, coins, Math.min(usualStart, clock.now() - historyMs))
  const intraday = createIntraday(world, Math.min(200, Math.max(0.8, rate)))
  const listed = options.perpetuals ?? coins.filter(hasPerpetual).map((coin) => perpetualOn(coin))
  const perpetuals = createPerpetualMarket(world, intraday, listed)
  const isListed = (id: string) => perpetuals.find(id) !== undefined
  const coinOf = (id: string) => perpetuals.find(id)?.coin ?? coins.find(({ instrument }) => instrument.id === id)
  const feed = createTapeFeed({
    name: `Simulated exchange (seed ${seed})`,
    clock,
    instruments: [...coins, ...listed].map(({ instrument }) => instrument),
    tape: {
      span: (id, atMs) => (isListed(id) ? perpetuals.tape : intraday).span(id, atMs),
      nextStart: (id, afterMs) => (isListed(id) ? perpetuals.tape : intraday).nextStart(id, afterMs),
    },
    bars: (id, timeframe, limit, before) =>
      (isListed(id) ? perpetuals : intraday).bars(id, timeframe, limit, before, clock.now()),
    perpetual: (id, tick) => perpetuals.quote(id, tick),
    book(instrument, tick) {
      const coin = assertExists(coinOf(instrument.id), `No coin is named ${instrument.id}.`)
      return makeBook(world, { ...coin, instrument }, tick)
    },
  })
  return {
    ...feed,
    world,
    coinOf,
    funding: (instrument, afterMs) => perpetuals.funding(instrument, afterMs, clock.now()),
  }
}
