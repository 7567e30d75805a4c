import type { RegimeRead } from '#engine/market/regimes.ts'
import { logReturns, median, sampleDeviation } from '#engine/market/statistics.ts'
import { readTechnicals, type TechnicalRead } from '#engine/market/technicals.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import type { Evidence, EvidenceValue } from '#shared/domain/evidence.ts'
import type { Briefing } from './seat.ts'

/** What every seat reads off the briefing's bars that had closed by its moment. */
export interface MarketRead {
  readonly bars: BarSeries
  /** Log returns, oldest first. */
  readonly returns: Float64Array
  /** Length of a bar; 0 where there are fewer than two. */
  readonly barMs: number
  readonly technicals: TechnicalRead
  /** Deviation of a bar's log return: over the last 60 bars, and over all of them; null below 30 bars. */
  readonly volatility: number | null
  readonly longVolatility: number | null
  /** Null below 100 bars. */
  readonly regime: RegimeRead | null
  /** How far ahead the desk looks: 24 bars, in which a random walk covers about the three ATR to a target. */
  readonly horizonMs: number
}

/** So many bars ahead the desk looks: a random walk covers about the three ATR to a target in them. */
export const horizonBars = 24
const leastBars = 30
/** More past than this changes no indicator. */
const technicalBars = 1_000

// Every seat of a run asks for the same bars.
const reads = new WeakMap<BarSeries, { readonly now: number; readonly read: MarketRead }>()

/** Reads the bars of a briefing, those that close after its moment left out. */
export function readMarket({ bars, regime, now }: Pick<Briefing, 'bars' | 'regime' | 'now'>): MarketRead {
  const known = reads.get(bars)
  if (known?.now === now) return known.read
  const read = readClosed(bars, regime, now)
  reads.set(bars, { now, read })
  return read
}

function readClosed(all: BarSeries, regime: RegimeRead | null, now: number): MarketRead {
  const steps = all.time.slice(1).map((time, index) => time - (all.time[index] as number))
  const barMs = steps.length === 0 ? 0 : median(steps)
  const later = all.time.findIndex((time) => time + barMs > now)
  const bars = later < 0 ? all : sliceBars(all, 0, later)
  const returns = logReturns(bars.close)
  const isEnough = bars.close.length >= leastBars
  return {
    bars,
    returns,
    barMs,
    technicals: readTechnicals(sliceBars(bars, Math.max(0, bars.close.length - technicalBars), bars.close.length)),
    volatility: isEnough ? sampleDeviation(returns.slice(-60)) : null,
    longVolatility: isEnough ? sampleDeviation(returns) : null,
    regime,
    horizonMs: horizonBars * barMs,
  }
}

function sliceBars(bars: BarSeries, from: number, to: number): BarSeries {
  return {
    time: bars.time.slice(from, to),
    open: bars.open.slice(from, to),
    high: bars.high.slice(from, to),
    low: bars.low.slice(from, to),
    close: bars.close.slice(from, to),
    volume: bars.volume.slice(from, to),
  }
}

/** The dossier's evidence as of the briefing's moment: nothing that was gathered, or speaks of a time, after it. */
export function knownEvidence({ dossier, now }: Pick<Briefing, 'dossier' | 'now'>): readonly Evidence[] {
  return dossier.evidence.filter((piece) => piece.at <= now && (piece.status === 'unavailable' || piece.asOf <= now))
}

export function isValue(evidence: Evidence): evidence is EvidenceValue {
  return evidence.status === 'value'
}

/** Why there is no evidence of the instrument's own prices; null where there is some. */
export function missingPrices(evidence: readonly Evidence[]): string | null {
  const prices = evidence.filter(({ source }) => source === 'price_data' || source === 'historical_data')
  if (prices.some(isValue)) return null
  const [first] = prices
  if (first === undefined) return 'no price evidence was gathered'
  return first.status === 'unavailable' ? `${first.source} is unavailable: ${first.reason}` : `${first.source} is empty`
}
