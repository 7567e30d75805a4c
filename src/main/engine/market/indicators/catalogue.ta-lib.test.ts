import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { medianPriceRule } from './arithmetic.ts'
import { roc } from './momentum.ts'
import { dema, ema, sma, t3, tema, trima, wma } from './moving-averages.ts'
import { balanceOfPower } from './oscillators.ts'
import { rsi, stochasticRsi } from './rsi.ts'
import { overBars } from './sheet.ts'
import { regression } from './statistical.ts'
import { stochastic, williamsR } from './stochastic.ts'
import { adx, aroon } from './trend.ts'
import { bollinger, natr, standardDeviation, trueRange } from './volatility.ts'
import { accumulation, chaikinOscillator, obv } from './volume.ts'

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

describe.skipIf(missing)('indicators beside TA-Lib (1e-9)', () => {
  if (missing) return
  const series = readSeries()
  const file = JSON.parse(readFileSync(`${folder}/talib-expected.json`, 'utf8')) as {
    indicators: Record<string, Record<string, Expected>>
  }
  const { close } = series
  const bands = bollinger(close)
  const fast = stochastic(series, 14, 1, 3)
  const strength = stochasticRsi(close, 14, 14, 1, 3)
  const directional = adx(series)
  const cases: Record<string, Record<string, Float64Array>> = {
    SMA_20: { out: sma(close, 20) },
    EMA_20: { out: ema(close, 20) },
    WMA_14: { out: wma(close, 14) },
    DEMA_14: { out: dema(close, 14) },
    TEMA_14: { out: tema(close, 14) },
    'T3_5_0.7': { out: t3(close, 5) },
    TRIMA_14: { out: trima(close, 14) },
    RSI_14: { out: rsi(close) },
    ROC_10: { out: roc(close, 10) },
    BBANDS_20_2: { upper: bands.upper, middle: bands.middle, lower: bands.lower },
    STDDEV_20: { out: standardDeviation(close, 20) },
    NATR_14: { out: natr(series) },
    MEDPRICE: { out: overBars(series, medianPriceRule) },
    TRANGE: { out: trueRange(series) },
    DX_14: { out: directional.dx },
    PLUS_DI_14: { out: directional.plusDi },
    MINUS_DI_14: { out: directional.minusDi },
    WILLR_14: { out: williamsR(series) },
    STOCHF_14_3: { fastk: fast.k, fastd: fast.d },
    STOCHRSI_14_14_3: { fastk: strength.k, fastd: strength.d },
    LINEARREG_SLOPE_14: { out: regression(close, 14).slope },
    VAR_20: { out: standardDeviation(close, 20).map((value) => value * value) },
    AROONOSC_25: { out: aroon(series).oscillator },
    AD: { out: accumulation(series) },
    ADOSC_3_10: { out: chaikinOscillator(series) },
    BOP: { out: balanceOfPower(series) },
    OBV: { out: obv(series).map((value) => value + (series.volume[0] as number)) },
  }
  const seededElsewhere = new Set(['ADOSC_3_10', 'DX_14', 'PLUS_DI_14', 'MINUS_DI_14'])
  for (const [name, columns] of Object.entries(cases)) {
    for (const [column, values] of Object.entries(columns)) {
      it(`${name}.${column}`, () => {
        const limit = seededElsewhere.has(name) ? 1e-6 : 1e-9
        expect(
          gap(values, file.indicators[name]?.[column] as Expected, seededElsewhere.has(name) ? 250 : 0),
        ).toBeLessThan(limit)
      })
    }
  }
})
