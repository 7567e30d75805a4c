import type { ResearchSources, SourceName } from '#engine/ports/research-sources.ts'
import { type Clock, sleep } from '#shared/lib/clock.ts'
import type { Random } from '#shared/lib/random.ts'
import { sourceUnavailable } from './source-unavailable.ts'

/** How sources misbehave: shares of calls from 0 to 1, each 0 unless somebody chose it. */
export interface SourceFaults {
  /** Calls that fail. */
  readonly failure: number
  /** Calls that are told to come back later. */
  readonly rateLimit: number
  /** Calls that are not answered within ten typical seconds. */
  readonly timeout: number
}

/** How slow and how fallible sources are made. */
export interface UnsteadyOptions {
  readonly clock: Clock
  readonly random: Random
  /** Multiplies the typical latencies; 1 unless given, 0 for none. */
  readonly latencyScale?: number
  /** What goes wrong; nothing unless given. */
  readonly faults?: Partial<SourceFaults>
}

const typicalMs: Readonly<Record<SourceName, number>> = {
  price_data: 80,
  volume_data: 80,
  historical_data: 200,
  chart_data: 200,
  peer_data: 250,
  orderbook: 60,
  news: 700,
  social: 900,
  fear_greed: 400,
  onchain: 1_200,
  coingecko: 500,
  macro_data: 800,
}

const noFaults: SourceFaults = { failure: 0, rateLimit: 0, timeout: 0 }
const timeoutMs = 10_000

/**
 * Makes sources as slow as real ones, and as fallible as is asked for: latencies are lognormal around each source's typical
 * time, and the chosen seeded shares of calls fail with a retryable SOURCE_UNAVAILABLE that says that the fault was chosen
 * (`details.cause` says how, `details.retryAfterMs` when to come back). An abort ends the wait at once with the signal's reason.
 */
export function makeUnsteady(sources: ResearchSources, options: UnsteadyOptions): ResearchSources {
  const { clock, latencyScale = 1 } = options
  const faults = { ...noFaults, ...options.faults }
  const streams = new Map<SourceName, Random>()

  function streamOf(source: SourceName): Random {
    const stream = streams.get(source) ?? options.random.fork(source)
    streams.set(source, stream)
    return stream
  }

  return {
    async fetch(source, instrument, signal) {
      const random = streamOf(source)
      const fate = random.float()
      const latencyMs = Math.round(typicalMs[source] * Math.exp(0.4 * random.normal()) * latencyScale)
      const { failure, rateLimit, timeout } = faults
      if (fate < timeout) {
        await sleep(clock, Math.round(timeoutMs * latencyScale), signal)
        throw sourceUnavailable(source, `${source} did not answer in time, by a fault that was chosen.`, 'retryable', {
          cause: 'timeout',
        })
      }
      await sleep(clock, latencyMs, signal)
      if (fate < timeout + rateLimit) {
        const retryAfterMs = Math.round(2_000 * latencyScale)
        throw sourceUnavailable(source, `${source} was asked too often, by a fault that was chosen.`, 'retryable', {
          cause: 'rate limit',
          rateLimited: true,
          retryAfterMs,
        })
      }
      if (fate < timeout + rateLimit + failure) {
        throw sourceUnavailable(source, `${source} failed to answer, by a fault that was chosen.`, 'retryable', {
          cause: 'failure',
        })
      }
      return sources.fetch(source, instrument, signal)
    },
  }
}
