import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { hilbertTrendline, mama } from './hilbert.ts'
import { macd } from './momentum.ts'
import { alma, dynamic, ema, hma, sma, t3, tema, wma } from './moving-averages.ts'
import { awesome, cci, cmo, fisher, pmo, ppo, smi, stc } from './oscillators.ts'
import { rsi } from './rsi.ts'
import { meanErrors, regression, rocBands } from './statistical.ts'
import { williamsR } from './stochastic.ts'
import { parabolicSar, volatilityStop } from './trend.ts'
import { atr, donchian, keltner, natr, standardDeviation, starc, trueRange } from './volatility.ts'
import { cmf, kvo, mfi, obv, vwap } from './volume.ts'

const folder = resolve('../shared/reference/indicators')
const missing = !existsSync(folder)

type Expected = (number | null)[]

function readSeries(): BarSeries {
  const rows = readFileSync(`${folder}/spy-502-daily.csv`, 'utf8').trim().split('\n').slice(1)
  const column = (index: number) => Float64Array.from(rows, (row) => Number(row.split(',')[index]))
  const time = Float64Array.from(rows, (row) => Date.parse(row.slice(0, 10)))
  return { time, open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) }
}

/**
 * The largest gap to the expected values, relative where they exceed 1; a missing value where one is expected is
 * infinite.
 */
function gap(actual: Float64Array, expected: Expected, from = 0): number {
  expect(actual.length).toBe(expected.length)
  let worst = 0
  expected.forEach((value, row) => {
    if (value === null || row < from) return
    const difference = Math.abs((actual[row] as number) - value) / Math.max(1, Math.abs(value))
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference)
  })
  return worst
}

describe.skipIf(missing)('indicators beside stock-indicators (1e-9)', () => {
  if (missing) return
  const series = readSeries()
  const file = JSON.parse(readFileSync(`${folder}/stock-indicators-expected.json`, 'utf8')) as {
    indicators: Record<string, { columns: Record<string, Expected> }>
  }
  const { close } = series
  const lines = macd(close)
  const channel = keltner(series)
  const cases: Record<string, Record<string, Float64Array>> = {
    alma: { alma: alma(close, 9) },
    atr: { tr: trueRange(series), atr: atr(series), atrp: natr(series) },
    dynamic: { dynamic: dynamic(close, 14) },
    ema: { ema: ema(close, 20) },
    hma: { hma: hma(close, 14) },
    keltner: { upperBand: channel.upper, centerline: channel.middle, lowerBand: channel.lower },
    macd: { ...lines },
    obv: { obv: obv(series) },
    rsi: { rsi: rsi(close) },
    sma: { sma: sma(close, 20) },
    willr: { williamsR: williamsR(series) },
    wma: { wma: wma(close, 14) },
    t3: { t3: t3(close, 5) },
    tema: { tema: tema(close, 20) },
    stdev: { stdDev: standardDeviation(close, 14), mean: sma(close, 14) },
    awesome: { oscillator: awesome(series) },
    cci: { cci: cci(series) },
    cmf: { cmf: cmf(series) },
    cmo: { cmo: cmo(close) },
    donchian: {
      upperBand: late(donchian(series).upper),
      centerline: late(donchian(series).middle),
      lowerBand: late(donchian(series).lower),
    },
    epma: { epma: regression(close, 10).end },
    fisher: { fisher: fisher(series).line, trigger: fisher(series).signal },
    htl: {
      dcPeriods: hilbertTrendline(series).cycle,
      trendline: hilbertTrendline(series).trendline,
      smoothPrice: hilbertTrendline(series).smooth,
    },
    mama: { mama: mama(series).mama, fama: mama(series).fama },
    kvo: { oscillator: kvo(series).line, signal: kvo(series).signal },
    mfi: { mfi: mfi(series) },
    pmo: { pmo: pmo(close).line, signal: pmo(close).signal },
    psar: { sar: parabolicSar(series).stop },
    pvo: { pvo: ppo(series.volume).line, signal: ppo(series.volume).signal },
    'roc-wb': { roc: rocBands(close).roc, rocEma: rocBands(close).average, upperBand: rocBands(close).band },
    'sma-analysis': { ...meanErrors(close) },
    smi: { smi: smi(series).line, signal: smi(series).signal },
    starc: { upperBand: starc(series).upper, centerline: starc(series).middle, lowerBand: starc(series).lower },
    stc: { stc: stc(close) },
    'vol-stop': { sar: volatilityStop(series).stop },
    vwap: { vwap: vwap(series) },
  }
  for (const [name, columns] of Object.entries(cases)) {
    for (const [column, values] of Object.entries(columns)) {
      it(`${name}.${column}`, () => {
        expect(gap(values, file.indicators[name]?.columns[column] as Expected, startsElsewhere[name])).toBeLessThan(
          1e-9,
        )
      })
    }
  }
})

/** The values one bar earlier. */
function late(values: Float64Array): Float64Array {
  return values.map((_, row) => (row === 0 ? Number.NaN : (values[row - 1] as number)))
}

/** Where an average starts elsewhere, the row from which the start no longer counts. */
const startsElsewhere: Record<string, number> = { t3: 250, tema: 450 }
