import { basename } from 'node:path'
import { decodeText } from '#adapters/csv/decode-text.ts'
import { parseBars } from '#adapters/csv/parse-bars.ts'
import { baseOfSymbol, parseSymbol } from '#adapters/csv/symbol.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createStillFeed } from '#adapters/replay/still-feed.ts'
import { createFileSources } from '#adapters/research/file-sources.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ResearchSources } from '#engine/ports/research-sources.ts'
import { type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { findInstrument, type Instrument, isPerpetual } from '#shared/domain/instrument.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { readInputBytes } from './input-file.ts'

/** Where the prices of an analysis come from, as its output says it. Times are UTC epoch milliseconds. */
export type AnalysisData =
  | {
      readonly kind: 'file'
      readonly file: string
      /** What the file itself calls the instrument; null where it does not say. */
      readonly symbol: string | null
      readonly timeframe: Timeframe
      readonly bars: number
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'simulated'; readonly seed: number }

/** The market that one decision looks at, and the virtual time that it lives in. */
export interface AnalysisMarket {
  readonly instrument: Instrument
  readonly feed: Feed
  readonly sources: ResearchSources
  readonly clock: VirtualClock
  readonly data: AnalysisData
  /** What was assumed about the data, as sentences for people. */
  readonly notes: readonly string[]
  /** How much of the market has to pass before there is something to look at. */
  readonly warmUpMs: number
  /** The oldest quote that still is the market's; null where the mandate says it. */
  readonly quoteAgeMs: number | null
}

/** When every simulated analysis begins: its market is a function of the seed alone. */
const simulatedStart = Date.UTC(2026, 0, 5)
const warmUpMs = 2 * 60_000
/** Simulated sources answer in a fraction of what real ones take. */
const latencyScale = 0.5

/** The simulated exchange on virtual time. Throws INSTRUMENT_NOT_FOUND. */
export function simulatedMarket(typed: string, seed: number): AnalysisMarket {
  const clock = createVirtualClock(simulatedStart)
  const exchange = createSimulatedExchange({ clock, seed })
  const instruments = exchange.instruments()
  const instrument = findInstrument(instruments, typed)
  if (instrument === undefined) {
    const known = instruments.map(({ id }) => id)
    throw new ParleyError('INSTRUMENT_NOT_FOUND', `The simulated exchange has no instrument ${typed}.`, {
      details: { instruments: known },
      wayOut: `Choose one of ${known.join(', ')}, or give a price file with --data.`,
    })
  }
  return {
    instrument,
    feed: exchange,
    sources: createSimulatedSources({ exchange, clock, latencyScale }),
    clock,
    data: { kind: 'simulated', seed },
    notes: ['Prices and research are simulated.'],
    warmUpMs,
    quoteAgeMs: null,
  }
}

/**
 * A price file at the close of its last bar. The trader's symbol names the instrument; where the file holds several it
 * says which. Throws the CSV_ errors of parseBars, INSTRUMENT_NOT_IN_FILE where the file itself speaks of another, and
 * PERPETUAL_NOT_IN_FILE for a perpetual.
 */
export function fileMarket(typed: string, file: string): AnalysisMarket {
  if (isPerpetual(parseSymbol(typed) ?? '')) {
    throw new ParleyError('PERPETUAL_NOT_IN_FILE', `A price file has no mark price or funding for ${typed}.`, {
      wayOut: 'Ask for the pair in the file, or leave out --data: the simulated exchange lists perpetuals.',
    })
  }
  const text = decodeText(readInputBytes(file))
  const { instrument: called, symbol, timeframe, bars, notes, gaps } = parseBars(text, { file, instrument: typed })
  const id = parseSymbol(typed) ?? called
  if (symbol !== null && baseOfSymbol(symbol) !== baseOfSymbol(id)) {
    throw new ParleyError('INSTRUMENT_NOT_IN_FILE', `${basename(file)} holds ${symbol}, not ${typed}.`, {
      details: { file: basename(file), instruments: [symbol] },
      wayOut: `Ask for ${parseSymbol(symbol) ?? symbol}, or give a file that holds ${typed}.`,
    })
  }
  const instrument = instrumentOf(id, bars)
  const feed = createStillFeed(bars, instrument, timeframe)
  const clock = createVirtualClock(feed.at)
  const renamed = symbol !== null && symbol !== id
  return {
    instrument,
    feed,
    sources: createFileSources(feed, clock),
    clock,
    data: {
      kind: 'file',
      file: basename(file),
      symbol,
      timeframe,
      bars: bars.length,
      from: bars[0]?.time ?? feed.at,
      to: feed.at,
    },
    notes: [
      ...(renamed ? [`The file calls it ${symbol}; it is analysed as ${id}, as requested.`] : []),
      ...notes,
      ...(gaps > 0 ? [`Bars are missing in ${gaps} ${gaps === 1 ? 'place' : 'places'}.`] : []),
    ],
    warmUpMs: 0,
    quoteAgeMs: timeframeMs[timeframe],
  }
}
