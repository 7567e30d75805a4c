import { describe, expect, it } from 'vitest'
import { createReplayFeed } from '#adapters/replay/replay-feed.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createStillFeed } from '#adapters/replay/still-feed.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import type { SourceName } from '#engine/ports/research-sources.ts'
import { type BarSeries, timeframeMs } from '#shared/domain/bar.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { researchSourcesConformance } from '#test/conformance/research-sources.ts'
import { createFileSources } from './file-sources.ts'
import { readPrices } from './prices.ts'

const now = Date.UTC(2025, 2, 3, 4, 5, 6)
const exchange = createSimulatedExchange({ clock: createVirtualClock(now), seed: 4 })
const days = exchange.bars('BTC/USDT', '1d', 300).slice(0, -1)
const instrument = instrumentOf('BTC/USD', days)
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

describe('what prices say', () => {
  it('is told without the bar that is still running', () => {
    for (const [source, timeframe] of [
      ['price_data', '1h'],
      ['historical_data', '1d'],
    ] as const) {
      const answer = readPrices(exchange, source, 'BTC/USDT', now)
      expect(answer.asOf).toBe(Math.floor(now / timeframeMs[timeframe]) * timeframeMs[timeframe])
    }
  })

  it('takes the bar length that there is enough of', () => {
    const feed = createStillFeed(days, instrument, '1d')
    expect(readPrices(feed, 'price_data', 'BTC/USD', feed.at)).toEqual(
      readPrices(feed, 'historical_data', 'BTC/USD', feed.at),
    )
    const minutes = exchange.bars('BTC/USDT', '1m', 400).slice(0, -1)
    const short = createStillFeed(minutes, instrumentOf('BTC/USD', minutes), '1m')
    const answer = readPrices(short, 'price_data', 'BTC/USD', short.at)
    if (answer.status !== 'value') throw new Error('There is no series.')
    expect(answer.data).toMatchObject({ time: expect.any(Float64Array) })
    const { time } = answer.data as BarSeries
    expect((time[1] ?? 0) - (time[0] ?? 0)).toBe(timeframeMs['5m'])
  })

  it('compares peers over the same days', () => {
    const own = readPrices(exchange, 'historical_data', 'BTC/USDT', now)
    const peers = readPrices(exchange, 'peer_data', 'BTC/USDT', now)
    if (own.status !== 'value' || peers.status !== 'value' || !('time' in own.data))
      throw new Error('There is no series.')
    expect(Object.keys(peers.data)).toHaveLength(7)
    for (const series of Object.values(peers.data)) expect(series).toMatchObject({ time: own.data.time })
  })

  it('leaves out what peers did on other days', () => {
    const few = days.slice(-50).filter((_, index) => index % 7 !== 0)
    const series = [
      { instrument, timeframe: '1d' as const, bars: days },
      { instrument: instrumentOf('ETH/USD', few), timeframe: '1d' as const, bars: few },
    ]
    const feed = createReplayFeed({ clock: createVirtualClock(now), seed: 1, series })
    expect(readPrices(feed, 'peer_data', 'ETH/USD', now)).toMatchObject({
      data: { 'BTC/USD': { time: Float64Array.from(few, (bar) => bar.time) } },
    })
  })

  it('is known to be empty before the first bar has closed', () => {
    const clock = createVirtualClock(days[0]?.time ?? 0)
    const feed = createReplayFeed({ clock, seed: 1, series: [{ instrument, timeframe: '1d', bars: days }] })
    expect(readPrices(feed, 'price_data', 'BTC/USD', clock.now())).toEqual({ status: 'empty', asOf: clock.now() })
  })
})
