import type { Feed } from '#engine/ports/feed.ts'
import type { SourceAnswer, SourceData, SourceName } from '#engine/ports/research-sources.ts'
import { closedBars as barsOfDecision } from '#engine/trading/positions/closed-bars.ts'
import { type Bar, type BarSeries, barSeries, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { sourceUnavailable } from './source-unavailable.ts'

const priceSources = ['price_data', 'volume_data', 'historical_data', 'chart_data', 'peer_data', 'orderbook'] as const

/** The sources that any feed can answer. */
export type PriceSource = (typeof priceSources)[number]

/** True for the sources that readPrices answers. */
export function isPriceSource(source: SourceName): source is PriceSource {
  return priceSources.some((name) => name === source)
}

/** An hour where there are enough of them, else shorter bars, else longer ones. */
const preferred: readonly Timeframe[] = ['1h', '30m', '15m', '5m', '1m', '4h', '1d']
const enough = 60
const recentBars = 500
const historyDays = 400
/** More tells of other markets, and takes longer to read than a decision should. */
const chartBars = 20_000

/**
 * What a feed alone can say: price and volume data (up to 500 closed bars of the hour, or of the nearest length that it
 * has 60 of), history (up to 400 closed days), the chart (up to 20,000 closed bars of the length that a decision looks at), peers (the same days of its other instruments), and the order book. A bar
 * that is still running is left out. Throws SOURCE_UNAVAILABLE for an instrument or a thing that the feed has not.
 */
export function readPrices(
  feed: Feed,
  source: PriceSource,
  instrument: string,
  nowMs: number,
): SourceAnswer<PriceSource> {
  if (!feed.instruments().some(({ id }) => id === instrument)) {
    throw sourceUnavailable(source, `${feed.name} does not know ${instrument}.`)
  }
  switch (source) {
    case 'price_data':
    case 'volume_data':
      return answerBars(...recent(feed, instrument, nowMs), nowMs)
    case 'historical_data':
      return answerBars(closedBars(feed, instrument, '1d', historyDays, nowMs), '1d', nowMs)
    case 'chart_data': {
      const { timeframe } = barsOfDecision(feed, [instrument], nowMs)
      return answerBars(closedBars(feed, instrument, timeframe, chartBars, nowMs), timeframe, nowMs)
    }
    case 'peer_data':
      return answerPeers(feed, instrument, nowMs)
    case 'orderbook': {
      const book = feed.book(instrument)
      if (book === undefined) throw sourceUnavailable(source, `${feed.name} has no order book.`)
      return { status: 'value', asOf: book.at, data: book }
    }
  }
}

function closedBars(
  feed: Feed,
  instrument: string,
  timeframe: Timeframe,
  limit: number,
  nowMs: number,
): readonly Bar[] {
  return feed
    .bars(instrument, timeframe, limit + 1)
    .filter((bar) => bar.time + timeframeMs[timeframe] <= nowMs)
    .slice(-limit)
}

function recent(feed: Feed, instrument: string, nowMs: number): [readonly Bar[], Timeframe] {
  let longest: [readonly Bar[], Timeframe] = [[], '1h']
  for (const timeframe of preferred) {
    const bars = closedBars(feed, instrument, timeframe, recentBars, nowMs)
    if (bars.length >= enough) return [bars, timeframe]
    if (bars.length > longest[0].length) longest = [bars, timeframe]
  }
  return longest
}

function answerBars(bars: readonly Bar[], timeframe: Timeframe, nowMs: number): SourceAnswer<'price_data'> {
  const last = bars.at(-1)
  if (last === undefined) return { status: 'empty', asOf: nowMs }
  return { status: 'value', asOf: last.time + timeframeMs[timeframe], data: barSeries(bars) }
}

function answerPeers(feed: Feed, instrument: string, nowMs: number): SourceAnswer<'peer_data'> {
  const base = feed.instruments().find(({ id }) => id === instrument)?.base
  // A perpetual and what it is about are one thing, not peers.
  const others = feed.instruments().filter((other) => other.base !== base && !isPerpetual(other.id))
  if (others.length === 0) throw sourceUnavailable('peer_data', `${feed.name} holds no instrument but ${instrument}.`)
  const own = closedBars(feed, instrument, '1d', historyDays, nowMs)
  const last = own.at(-1)
  if (last === undefined) return { status: 'empty', asOf: nowMs }
  const days = new Set(own.map((bar) => bar.time))
  const peers: Record<string, BarSeries> = {}
  for (const { id } of others) {
    peers[id] = barSeries(closedBars(feed, id, '1d', historyDays, nowMs).filter((bar) => days.has(bar.time)))
  }
  const data: SourceData['peer_data'] = peers
  return { status: 'value', asOf: last.time + timeframeMs['1d'], data }
}
