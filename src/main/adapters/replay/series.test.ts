import { expect, it } from 'vitest'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { feedConformance } from '#test/conformance/feed.ts'
import { createReplayFeed } from './replay-feed.ts'
import { instrumentOf } from './series.ts'
import { createStillFeed } from './still-feed.ts'

const start = Date.UTC(2024, 0, 1)
const source = createSimulatedExchange({ clock: createVirtualClock(start), seed: 1 })
const hours = source.bars('BTC/USDT', '1h', 24 * 60).filter((bar) => bar.time < start)
const instrument = instrumentOf('BTC/USD', hours)

feedConformance(
  'a replay',
  () => {
    const clock = createVirtualClock(start - 10 * timeframeMs['1d'] + 12_345)
    return { feed: createReplayFeed({ clock, seed: 3, series: [{ instrument, timeframe: '1h', bars: hours }] }), clock }
  },
  { instrument: 'BTC/USD', timeframe: '1h', playMs: 30 * timeframeMs['1h'] },
)

feedConformance(
  'a still feed',
  () => {
    const feed = createStillFeed(hours, instrument, '1h')
    return { feed, clock: createVirtualClock(feed.at) }
  },
  { instrument: 'BTC/USD', timeframe: '1h', playMs: 0 },
)

it('the instrument of a file has the tick that writes its prices', () => {
  const bar = { time: 0, open: 353.4, high: 359.695, low: 351.98, close: 359.69, volume: 0 }
  expect(instrumentOf('SPX/USD', [bar])).toMatchObject({
    base: 'SPX',
    quote: 'USD',
    priceStep: '0.001',
    quantityStep: '0.001',
  })
})
