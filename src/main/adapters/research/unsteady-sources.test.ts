import { describe, expect, it } from 'vitest'
import { createReplayFeed } from '#adapters/replay/replay-feed.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createStillFeed } from '#adapters/replay/still-feed.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import type { ResearchSources, SourceName } from '#engine/ports/research-sources.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { researchSourcesConformance } from '#test/conformance/research-sources.ts'
import { settle } from '#test/conformance/settle.ts'
import { createFileSources } from './file-sources.ts'
import { makeUnsteady, type SourceFaults } from './unsteady-sources.ts'

const now = Date.UTC(2025, 2, 3, 4, 5, 6)
const exchange = createSimulatedExchange({ clock: createVirtualClock(now), seed: 4 })
const days = exchange.bars('BTC/USDT', '1d', 300).slice(0, -1)
const instrument = instrumentOf('BTC/USD', days)
const never = new AbortController().signal
const fromPrices: readonly SourceName[] = ['price_data', 'volume_data', 'historical_data', 'chart_data']

researchSourcesConformance(
  'those of a still price file',
  () => {
    const feed = createStillFeed(days, instrument, '1d')
    const clock = createVirtualClock(feed.at)
    return { sources: createFileSources(feed, clock), clock, instrument: 'BTC/USD' }
  },
  fromPrices,
)

researchSourcesConformance('those of a replay of two files', () => {
  const clock = createVirtualClock(now)
  const other = exchange.bars('ETH/USDT', '1d', 200)
  const series = [
    { instrument, timeframe: '1d' as const, bars: days },
    { instrument: instrumentOf('ETH/USD', other), timeframe: '1d' as const, bars: other },
  ]
  return {
    sources: createFileSources(createReplayFeed({ clock, seed: 1, series }), clock),
    clock,
    instrument: 'BTC/USD',
  }
}, [...fromPrices, 'peer_data'])

describe('unsteady sources', () => {
  const steady: ResearchSources = {
    fetch: async () => ({ status: 'empty', asOf: 0 }),
  }
  const calls = async (faults: Partial<SourceFaults>, latencyScale = 1, count = 400) => {
    const clock = createVirtualClock(0)
    const sources = makeUnsteady(steady, { clock, random: createRandom(1), latencyScale, faults })
    const outcomes: { readonly tookMs: number; readonly cause: string; readonly retry: string }[] = []
    for (let call = 0; call < count; call++) {
      const before = clock.now()
      const outcome = sources.fetch('news', 'BTC/USDT', never).then(
        () => ({ cause: 'none', retry: '' }),
        (error: { details: { cause: string }; retry: string }) => ({ cause: error.details.cause, retry: error.retry }),
      )
      outcomes.push({ ...(await settle(clock, outcome)), tookMs: clock.now() - before })
    }
    return outcomes
  }
  const none = { failure: 0, rateLimit: 0, timeout: 0 }
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

  it('take their typical time, scaled', async () => {
    for (const scale of [1, 0.1]) {
      const took = (await calls(none, scale)).map(({ tookMs }) => tookMs)
      expect(median(took) / (700 * scale)).toBeGreaterThan(0.9)
      expect(median(took) / (700 * scale)).toBeLessThan(1.1)
      expect(Math.max(...took)).toBeGreaterThan(1.5 * median(took))
    }
    expect((await calls(none, 0)).every(({ tookMs }) => tookMs === 0)).toBe(true)
  })

  it('fail in the shares and ways they are told to, and every failure may be retried', async () => {
    const outcomes = await calls({ failure: 0.2, rateLimit: 0.1, timeout: 0.1 })
    const share = (cause: string) => outcomes.filter((outcome) => outcome.cause === cause).length / outcomes.length
    for (const [cause, expected] of [
      ['failure', 0.2],
      ['rate limit', 0.1],
      ['timeout', 0.1],
    ] as const) {
      expect(Math.abs(share(cause) - expected)).toBeLessThan(0.05)
    }
    expect(outcomes.filter(({ cause }) => cause !== 'none').every(({ retry }) => retry === 'retryable')).toBe(true)
    expect(outcomes.filter(({ cause }) => cause === 'timeout').every(({ tookMs }) => tookMs === 10_000)).toBe(true)
  })

  it('end at once when the question is withdrawn', async () => {
    const clock = createVirtualClock(0)
    const sources = makeUnsteady(steady, { clock, random: createRandom(1), faults: { timeout: 1 } })
    const withdrawn = new AbortController()
    const answer = sources.fetch('news', 'BTC/USDT', withdrawn.signal)
    withdrawn.abort(new Error('too late'))
    await expect(answer).rejects.toThrow('too late')
    expect(clock.now()).toBe(0)
  })
})
