import type { BarSeries } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { mamaRule, trendlineRule } from './hilbert.ts'
import { macdRule, rocRule } from './momentum.ts'
import {
  almaRule,
  demaRule,
  dynamicRule,
  emaRule,
  hmaRule,
  kamaRule,
  smaRule,
  t3Rule,
  temaRule,
  trimaRule,
  vwmaRule,
  wilderRule,
  wmaRule,
} from './moving-averages.ts'
import {
  awesomeRule,
  balanceOfPowerRule,
  cciRule,
  cmoRule,
  connorsRsiRule,
  dpoRule,
  fisherRule,
  pmoRule,
  ppoRule,
  smiRule,
  stcRule,
  trixRule,
  tsiRule,
  ultimateOscillatorRule,
} from './oscillators.ts'
import { rsiRule, stochasticRsiRule } from './rsi.ts'
import { type BarColumns, overBarsMany, type Sheet, type SheetColumn } from './sheet.ts'
import { hurstRule, meanErrorsRule, regressionRule, rocBandsRule } from './statistical.ts'
import { stochasticRule, williamsRRule } from './stochastic.ts'
import {
  adxRule,
  aroonRule,
  choppinessRule,
  elderRayRule,
  ichimokuRule,
  parabolicSarRule,
  supertrendRule,
  volatilityStopRule,
  vortexRule,
} from './trend.ts'
import {
  atrRule,
  bollingerRule,
  chandelierRule,
  donchianRule,
  ewmaVolatilityRule,
  keltnerRule,
  natrRule,
  realisedVolatilityRule,
  starcRule,
  trueRangeRule,
  ulcerRule,
} from './volatility.ts'
import {
  accumulationRule,
  chaikinOscillatorRule,
  cmfRule,
  forceIndexRule,
  kvoRule,
  mfiRule,
  obvRule,
  vwapRule,
} from './volume.ts'

/** An indicator by name: adds its columns to a sheet; parameters left out take their defaults. */
export interface IndicatorEntry {
  readonly defaults: readonly number[]
  readonly build: (
    sheet: Sheet,
    bars: BarColumns,
    parameters: readonly number[],
  ) => Readonly<Record<string, SheetColumn>>
}

// Parameters are numbers in the order of the batch function's; the array is as long as the defaults.
type Close<T> = (sheet: Sheet, x: SheetColumn, ...parameters: number[]) => T
type Bars<T> = (sheet: Sheet, bars: BarColumns, ...parameters: number[]) => T

function named(columns: object): Readonly<Record<string, SheetColumn>> {
  return columns as Readonly<Record<string, SheetColumn>>
}
function close(build: Close<SheetColumn>, ...defaults: number[]): IndicatorEntry {
  return { defaults, build: (sheet, bars, parameters) => ({ value: build(sheet, bars.close, ...parameters) }) }
}
function closes(build: Close<object>, ...defaults: number[]): IndicatorEntry {
  return { defaults, build: (sheet, bars, parameters) => named(build(sheet, bars.close, ...parameters)) }
}
function bar(build: Bars<SheetColumn>, ...defaults: number[]): IndicatorEntry {
  return { defaults, build: (sheet, bars, parameters) => ({ value: build(sheet, bars, ...parameters) }) }
}
function bars(build: Bars<object>, ...defaults: number[]): IndicatorEntry {
  return { defaults, build: (sheet, bars, parameters) => named(build(sheet, bars, ...parameters)) }
}

/** Every indicator under its short name, for charts, the command line and tests over all of them. */
export const indicators: Readonly<Record<string, IndicatorEntry>> = {
  sma: close(smaRule, 20),
  ema: close(emaRule, 20),
  wilder: close(wilderRule, 14),
  wma: close(wmaRule, 20),
  dema: close(demaRule, 20),
  tema: close(temaRule, 20),
  t3: close(t3Rule, 5, 0.7),
  trima: close(trimaRule, 20),
  hma: close(hmaRule, 20),
  alma: close(almaRule, 9, 0.85, 6),
  kama: close(kamaRule, 10, 2, 30),
  dynamic: close(dynamicRule, 14, 0.6),
  vwma: bar(vwmaRule, 20),
  rsi: close(rsiRule, 14),
  macd: closes(macdRule, 12, 26, 9),
  roc: close(rocRule, 10),
  stochastic: bars(stochasticRule, 14, 3, 3),
  stochrsi: closes(stochasticRsiRule, 14, 14, 1, 3),
  williamsr: bar(williamsRRule, 14),
  cci: bar(cciRule, 20),
  cmo: close(cmoRule, 14),
  ultimate: bar(
    (sheet, columns, fast, middle, slow) => ultimateOscillatorRule(sheet, columns, [fast, middle, slow]),
    7,
    14,
    28,
  ),
  awesome: bar(awesomeRule, 5, 34),
  bop: bar(balanceOfPowerRule),
  ppo: closes(ppoRule, 12, 26, 9),
  trix: close(trixRule, 15),
  tsi: closes(tsiRule, 25, 13, 7),
  smi: bars(smiRule, 13, 25, 2, 3),
  stc: close(stcRule, 10, 23, 50),
  pmo: closes(pmoRule, 35, 20, 10),
  fisher: bars(fisherRule, 10),
  connorsrsi: close(connorsRsiRule, 3, 2, 100),
  dpo: close(dpoRule, 20),
  bollinger: closes(bollingerRule, 20, 2),
  truerange: bar(trueRangeRule),
  atr: bar(atrRule, 14),
  natr: bar(natrRule, 14),
  donchian: bars(donchianRule, 20),
  keltner: bars(keltnerRule, 20, 2, 10),
  starc: bars(starcRule, 5, 2, 10),
  chandelier: bars(chandelierRule, 22, 3),
  ulcer: close(ulcerRule, 14),
  volatility: close(realisedVolatilityRule, 20, 252),
  ewmavolatility: close(ewmaVolatilityRule, 0.94, 252),
  adx: bars(adxRule, 14),
  aroon: bars(aroonRule, 25),
  supertrend: bars(supertrendRule, 10, 3),
  psar: bars(parabolicSarRule, 0.02, 0.2),
  volstop: bars(volatilityStopRule, 7, 3),
  ichimoku: bars(ichimokuRule, 9, 26, 52),
  vortex: bars(vortexRule, 14),
  choppiness: bar(choppinessRule, 14),
  elderray: bars(elderRayRule, 13),
  obv: bar(obvRule),
  ad: bar(accumulationRule),
  adosc: bar(chaikinOscillatorRule, 3, 10),
  cmf: bar(cmfRule, 20),
  mfi: bar(mfiRule, 14),
  vwap: bar(vwapRule),
  kvo: bars(kvoRule, 34, 55, 13),
  force: bar(forceIndexRule, 13),
  regression: closes(regressionRule, 14),
  meanerrors: closes(meanErrorsRule, 20),
  rocbands: closes(rocBandsRule, 20, 5, 5),
  hurst: close(hurstRule, 100),
  mama: bars(mamaRule, 0.5, 0.05),
  httrendline: bars(trendlineRule),
}

/**
 * Computes an indicator of the catalogue over bars: its columns by name, "value" where there is one alone. Parameters
 * replace the defaults from the first on. Throws INDICATOR_UNKNOWN, and INDICATOR_PERIOD_INVALID for too many or
 * senseless parameters.
 */
export function computeIndicator(
  name: string,
  series: BarSeries,
  parameters: readonly number[] = [],
): Record<string, Float64Array> {
  const entry = Object.hasOwn(indicators, name) ? indicators[name] : undefined
  if (!entry) {
    throw new ParleyError('INDICATOR_UNKNOWN', `There is no indicator called "${name}".`, {
      wayOut: `Choose one of: ${Object.keys(indicators).join(', ')}.`,
    })
  }
  if (parameters.length > entry.defaults.length || parameters.some((value) => !Number.isFinite(value))) {
    throw new ParleyError(
      'INDICATOR_PERIOD_INVALID',
      `"${name}" takes up to ${entry.defaults.length} numbers, not ${parameters.join(', ')}.`,
      { wayOut: `Its defaults are: ${entry.defaults.join(', ') || 'none'}.` },
    )
  }
  const all = entry.defaults.map((value, k) => parameters[k] ?? value)
  return overBarsMany(series, (sheet, columns) => entry.build(sheet, columns, all))
}
