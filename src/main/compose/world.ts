import { createExchangeFeed, type ExchangeFeedOptions } from '#adapters/ccxt/exchange-feed.ts'
import { type SourcesConfig, sourcesConfigSchema } from '#adapters/http/config.ts'
import { createHttpClient } from '#adapters/http/http-client.ts'
import { createReplayFeed } from '#adapters/replay/replay-feed.ts'
import { createScaledClock } from '#adapters/replay/scaled-clock.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createFileSources } from '#adapters/research/file-sources.ts'
import type { SourceFaults } from '#adapters/research/unsteady-sources.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import type { BarStore } from '#engine/ports/bar-store.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ResearchSources } from '#engine/ports/research-sources.ts'
import { readConfig } from '#main/config/config.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { FeedChoice } from '#shared/domain/settings.ts'
import { type Clock, type Stop, sleep } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** The market that a desk looks at, and the time that it lives in. */
export interface World {
  readonly feed: Feed
  readonly sources: ResearchSources
  /** The desk's time: market time when bars are replayed; waits take real time in any case. */
  readonly clock: Clock
  /** True when the market's time is the real one. */
  readonly isNow: boolean
  /** The oldest quote that still is the market's: replayed bars tick more slowly. */
  readonly quoteAgeMs: number | null
  /** Milliseconds of the desk's time that go by in one of real time. */
  readonly speed: number
  /** Ends what reaches out of the process. */
  readonly close?: Stop
}

/** Where keys are found by their names. */
type Environment = Readonly<Record<string, string | undefined>>

/** Simulated sources answer in a fraction of what real ones take. */
const latencyScale = 0.5

/** How long a desk that starts waits for an exchange to answer; it starts without it otherwise. */
const patienceMs = 10_000

/**
 * Makes the world that the trader chose, waiting a while for one that has to be dialled. Throws what createWorld does, and
 * CONFIG_INVALID for a sources.yaml that cannot be used.
 */
export async function openWorld(
  choice: FeedChoice,
  clock: Clock,
  bars: BarStore,
  home: string,
  { environment = {}, ...given }: WorldGiven & { readonly environment?: Environment } = {},
): Promise<World> {
  if (choice.kind !== 'exchange') return createWorld(choice, clock, bars, given)
  const { exchange } = choice
  const { instruments, address } = exchangeOf(choice, readSources(home))
  const endpoint = { kind: 'public', ...(address !== undefined && { gateway: address }) } as const
  return openExchangeWorld({ exchange, endpoint, instruments, clock, home, environment })
}

/** Makes the world of an exchange's market, with live research beside it. Throws CONFIG_INVALID for a sources.yaml that cannot be used. */
export async function openExchangeWorld(
  options: ExchangeFeedOptions & { readonly home: string; readonly environment: Environment },
): Promise<World> {
  const { clock, home, environment } = options
  const config = readSources(home)
  const feed = createExchangeFeed(options)
  // What reads feeds is loaded only where it is wanted.
  const { createLiveSources } = await import('#adapters/http/live-sources.ts')
  const { timeoutSeconds, maximumBytes } = config
  const http = createHttpClient({ clock, timeoutMs: timeoutSeconds * 1000, maximumBytes })
  const patience = new AbortController()
  await Promise.race([feed.ready, sleep(clock, patienceMs, patience.signal)])
  patience.abort()
  return {
    feed,
    sources: createLiveSources({ config, feed, http, clock, secret: (name) => environment[name] }),
    clock,
    isNow: true,
    quoteAgeMs: null,
    speed: 1,
    close() {
      feed.close()
      http.close()
    },
  }
}

/** What sources.yaml says. Throws CONFIG_INVALID. */
export function readSources(home: string): SourcesConfig {
  return readConfig('sources.yaml', sourcesConfigSchema, home).value
}

function exchangeOf({ exchange }: Extract<FeedChoice, { kind: 'exchange' }>, config: SourcesConfig) {
  const found = config.exchanges[exchange]
  if (found !== undefined) return found
  throw new ParleyError('CONFIG_INVALID', `sources.yaml does not say what to look at on ${exchange}.`, {
    wayOut: `Name its instruments under exchanges, ${exchange}; or delete the file to use the defaults.`,
  })
}

/** What else a world of simulated or imported prices goes by. */
interface WorldGiven {
  /** How many trades a second each simulated instrument has. */
  readonly rate?: number
  /** Where the desk's time has come to, in epoch milliseconds: a replay goes on from there. */
  readonly goOnFrom?: number
  /** How simulated research misbehaves; it does not unless this says so. */
  readonly sourceFaults?: Partial<SourceFaults>
}

/** Makes the world of simulated or imported prices. Throws FEED_NO_BARS for a replay of what was never imported. */
export function createWorld(
  choice: Exclude<FeedChoice, { kind: 'exchange' }>,
  clock: Clock,
  bars: BarStore,
  { rate, goOnFrom, sourceFaults }: WorldGiven = {},
): World {
  if (choice.kind === 'simulated') {
    const exchange = createSimulatedExchange({ clock, seed: choice.seed, ...(rate !== undefined && { rate }) })
    return {
      feed: exchange,
      sources: createSimulatedSources({
        exchange,
        clock,
        latencyScale,
        ...(sourceFaults !== undefined && { faults: sourceFaults }),
      }),
      clock,
      isNow: true,
      quoteAgeMs: null,
      speed: 1,
    }
  }
  return createReplayWorld(choice, clock, bars, goOnFrom)
}

/** Throws what openWorld would, without dialling. */
export function checkFeed(choice: FeedChoice, bars: BarStore, home: string): void {
  if (choice.kind === 'replay') finestSeries(choice.instrument, bars)
  if (choice.kind === 'exchange') exchangeOf(choice, readSources(home))
}

function finestSeries(instrument: string, store: BarStore): ReturnType<BarStore['series']>[number] {
  if (isPerpetual(instrument)) {
    throw new ParleyError('PERPETUAL_NOT_IN_FILE', `Imported bars tell neither mark nor funding of ${instrument}.`, {
      wayOut: 'Replay the pair that it is about, or choose the simulated exchange, which lists perpetuals.',
    })
  }
  const held = store.series().filter((series) => series.instrument === instrument)
  const [finest] = held.sort((a, b) => timeframeMs[a.timeframe] - timeframeMs[b.timeframe])
  if (finest !== undefined) return finest
  throw new ParleyError('FEED_NO_BARS', `There are no imported bars of ${instrument} to replay.`, {
    wayOut: `Import some with "parley import FILE --instrument ${instrument}", or choose the simulated exchange.`,
  })
}

function createReplayWorld(
  choice: Extract<FeedChoice, { kind: 'replay' }>,
  clock: Clock,
  store: BarStore,
  goOnFrom = Number.NEGATIVE_INFINITY,
): World {
  const finest = finestSeries(choice.instrument, store)
  const { timeframe } = finest
  const bars = store.load(choice.instrument, timeframe, {})
  // Half of the bars are history to look back on; the other half comes live.
  const middle = bars[Math.floor(bars.length / 2)]?.time ?? finest.from
  const last = bars.at(-1)?.time ?? finest.from
  // Time does not go back for a desk that starts again, as long as there is something left to come.
  const begin = goOnFrom > middle && goOnFrom < last ? goOnFrom : middle
  const market = createScaledClock(clock, begin, choice.speed)
  const feed = createReplayFeed({
    clock: market,
    seed: 1,
    series: [{ instrument: instrumentOf(choice.instrument, bars), timeframe, bars }],
  })
  return {
    feed,
    sources: createFileSources(feed, market),
    clock: {
      now: () => market.now(),
      monotonic: () => clock.monotonic(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
    },
    isNow: false,
    quoteAgeMs: 2 * timeframeMs[timeframe],
    speed: choice.speed,
  }
}
