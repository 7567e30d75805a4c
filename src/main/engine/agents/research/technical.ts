import { count, figure, percent, signedPercent } from '#engine/agents/wording.ts'
import { readTechnicals, type TechnicalRead } from '#engine/market/technicals.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import { readChart } from './chart.ts'
import {
  clamp,
  type Finding,
  inDeviations,
  knownFigures,
  meanOf,
  type Nothing,
  type ReadContext,
  signalOf,
  significance,
  type TaskReaders,
} from './reading.ts'

const leastBars = 30
/** Bars that the slowest of the indicators, the 200-bar mean, needs. */
const wantedBars = 200

function present(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null)
}

/**
 * In a trend, indicators are followed; without one, they are read for reversal. ADX says how much of a trend there is:
 * none at 0, half at 25 (Wilder's line between the two), all at 50. The strength is how far those indicators agree.
 */
export function signalOfTechnicals(read: TechnicalRead): { readonly signal: number; readonly strength: number } {
  const { adx, trend, momentum10, macdHistogram, volatility, rsi, stochasticK, bollingerPosition } = read
  const usual = volatility ?? 0
  const follow = present([
    trend,
    momentum10 === null ? null : signalOf(inDeviations(momentum10 / 100, usual * Math.sqrt(10))),
    macdHistogram === null ? null : signalOf(inDeviations(macdHistogram, usual)),
  ])
  const revert = present([
    rsi === null ? null : (50 - rsi) / 50,
    stochasticK === null ? null : (50 - stochasticK) / 50,
    bollingerPosition === null ? null : clamp(1 - 2 * bollingerPosition, -1, 1),
  ])
  const trending = clamp((adx ?? 0) / 50, 0, 1)
  const parts = [
    ...follow.map((value) => ({ value, weight: trending / follow.length })),
    ...revert.map((value) => ({ value, weight: (1 - trending) / revert.length })),
  ]
  const sum = parts.reduce((total, { value, weight }) => total + value * weight, 0)
  const size = parts.reduce((total, { value, weight }) => total + Math.abs(value) * weight, 0)
  return { signal: clamp(sum, -1, 1), strength: size > 0 ? Math.abs(sum) / size : 0 }
}

function trendWords({ trend, adx }: TechnicalRead): string {
  const way = trend === null ? 'no' : trend > 0.5 ? 'an up' : trend < -0.5 ? 'a down' : 'a mixed'
  return `${way} trend${adx === null ? '' : ` (ADX ${figure(adx, 2)})`}`
}

function levelWords({ support, resistance }: TechnicalRead): string {
  const parts = [
    ...(support === null ? [] : [`support ${figure(support.price)} (${signedPercent(support.distance)})`]),
    ...(resistance === null ? [] : [`resistance ${figure(resistance.price)} (${signedPercent(resistance.distance)})`]),
  ]
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`
}

function readPrices(series: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  const read = readTechnicals(series)
  if (read.close === null || read.bars < leastBars) {
    return { nothing: `${count(read.bars, 'closed bar')} of ${instrument}; indicators need ${leastBars}.` }
  }
  const shown = knownFigures({
    close: read.close,
    sma20: read.sma20,
    sma50: read.sma50,
    sma200: read.sma200,
    trend: read.trend,
    adx: read.adx,
    momentum10: read.momentum10,
    momentum60: read.momentum60,
    rsi: read.rsi,
    stochasticK: read.stochasticK,
    macdHistogram: read.macdHistogram,
    bollingerPosition: read.bollingerPosition,
    atrShare: read.atrShare,
    volatility: read.volatility,
  })
  const rsi = read.rsi === null ? '' : `, RSI ${figure(read.rsi, 2)}`
  const move = read.momentum10 === null ? '' : `, ${signedPercent(read.momentum10 / 100)} in 10 bars`
  const range = read.atrShare === null ? '' : `, ATR ${percent(read.atrShare)}`
  return {
    summary: `${instrument} at ${figure(read.close)} in ${trendWords(read)}${rsi}${move}${range}${levelWords(read)}.`,
    figures: {
      ...shown,
      ...knownFigures({ support: read.support?.price ?? null, resistance: read.resistance?.price ?? null }),
      bars: read.bars,
      ...signalOfTechnicals(read),
    },
    quality: (Object.keys(shown).length / 14) * Math.min(1, read.bars / wantedBars),
  }
}

const flowBars = 20

/**
 * The balance of volume: that of bars that closed higher less that of bars that closed lower, as a share. It counts by how
 * improbable such a balance is where each bar's direction is a coin's toss.
 */
export function signalOfFlow(
  balance: number,
  deviations: number,
): { readonly signal: number; readonly strength: number } {
  return { signal: clamp(balance, -1, 1), strength: significance(deviations) }
}

function readVolume({ close, volume }: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  const rows = Array.from({ length: Math.min(flowBars, close.length - 1) }, (_, back) => close.length - 1 - back)
  const sizes = rows.map((row) => volume[row] as number)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (rows.length < flowBars || total <= 0) {
    return { nothing: `Too little volume data on ${instrument} to weigh buyers against sellers.` }
  }
  const signed = rows.map(
    (row, k) => Math.sign((close[row] as number) - (close[row - 1] as number)) * (sizes[k] as number),
  )
  const net = signed.reduce((sum, value) => sum + value, 0)
  const deviations = inDeviations(net, Math.sqrt(sizes.reduce((sum, size) => sum + size * size, 0)))
  const balance = net / total
  const activity = meanOf(sizes.slice(0, 5)) / meanOf(sizes) - 1
  const side = balance > 0 ? 'rising' : 'falling'
  return {
    summary: `Over ${flowBars} bars ${percent((1 + Math.abs(balance)) / 2, 0)} of ${instrument}'s volume traded on ${side} bars (${Math.abs(deviations).toFixed(1)} deviations from even); the last 5 bars traded ${signedPercent(activity, 0)} against that period's mean.`,
    figures: {
      ...knownFigures({ balance, deviations, activity, bars: close.length }),
      ...signalOfFlow(balance, deviations),
    },
    quality: (rows.length - sizes.filter((size) => size <= 0).length) / rows.length,
  }
}

/** Indicators, levels, the balance of volume, and the patterns on the chart. */
export const technicalAnalysis: TaskReaders = {
  readers: { price_data: readPrices, volume_data: readVolume, chart_data: readChart },
  also: ['chart_data'],
}
