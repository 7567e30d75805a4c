import { createReplayFeed } from '#adapters/replay/replay-feed.ts'
import { createScaledClock } from '#adapters/replay/scaled-clock.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createFileSources } from '#adapters/research/file-sources.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import type { BarStore, Feed, ResearchSources } from '#engine/ports.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import type { Feed as FeedChoice } from '#shared/domain/settings.ts'
import type { Clock } from '#shared/lib/clock.ts'
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
}

/** Simulated sources answer in a fraction of what real ones take. */
const latencyScale = 0.5

/** Makes the world that the trader chose. Throws FEED_NO_BARS for a replay of what was never imported. */
export function createWorld(choice: FeedChoice, clock: Clock, bars: BarStore): World {
  if (choice.kind === 'simulated') {
    const exchange = createSimulatedExchange({ clock, seed: choice.seed })
    return {
      feed: exchange,
      sources: createSimulatedSources({ exchange, clock, latencyScale }),
      clock,
      isNow: true,
      quoteAgeMs: null,
    }
  }
  return createReplayWorld(choice, clock, bars)
}

/** Throws FEED_NO_BARS where createWorld would. */
export function checkFeed(choice: FeedChoice, bars: BarStore): void {
  if (choice.kind === 'replay') finestSeries(choice.instrument, bars)
}

function finestSeries(instrument: string, store: BarStore): ReturnType<BarStore['series']>[number] {
  const held = store.series().filter((series) => series.instrument === instrument)
  const [finest] = held.sort((a, b) => timeframeMs[a.timeframe] - timeframeMs[b.timeframe])
  if (finest !== undefined) return finest
  throw new ParleyError('FEED_NO_BARS', `There are no imported bars of ${instrument} to replay.`, {
    wayOut: `Import some with "parley import FILE --instrument ${instrument}", or choose the simulated exchange.`,
  })
}

function createReplayWorld(choice: Extract<FeedChoice, { kind: 'replay' }>, clock: Clock, store: BarStore): World {
  const finest = finestSeries(choice.instrument, store)
  const { timeframe } = finest
  const bars = store.load(choice.instrument, timeframe, {})
  // Half of the bars are history to look back on; the other half comes live.
  const middle = bars[Math.floor(bars.length / 2)]
  const market = createScaledClock(clock, middle?.time ?? finest.from, choice.speed)
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
  }
}
