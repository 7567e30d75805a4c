import { indicators } from '#engine/market/indicators/catalogue.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** The names of the parameters that are not just a period, in the catalogue's order. */
const named: Readonly<Record<string, readonly string[]>> = {
  t3: ['period', 'volumeFactor'],
  alma: ['period', 'offset', 'sigma'],
  kama: ['period', 'fast', 'slow'],
  dynamic: ['period', 'factor'],
  macd: ['fast', 'slow', 'signal'],
  stochastic: ['period', 'smoothK', 'smoothD'],
  stochrsi: ['period', 'window', 'smoothK', 'smoothD'],
  ultimate: ['fast', 'middle', 'slow'],
  awesome: ['fast', 'slow'],
  ppo: ['fast', 'slow', 'signal'],
  tsi: ['slow', 'fast', 'signal'],
  smi: ['period', 'first', 'second', 'signal'],
  stc: ['cycle', 'fast', 'slow'],
  pmo: ['first', 'second', 'signal'],
  connorsrsi: ['period', 'streakPeriod', 'rank'],
  bollinger: ['period', 'deviations'],
  keltner: ['period', 'factor', 'atrPeriod'],
  starc: ['period', 'factor', 'atrPeriod'],
  chandelier: ['period', 'factor'],
  volatility: ['period', 'barsPerYear'],
  ewmavolatility: ['decay', 'barsPerYear'],
  supertrend: ['period', 'factor'],
  psar: ['step', 'limit'],
  volstop: ['period', 'factor'],
  ichimoku: ['conversion', 'base', 'span'],
  adosc: ['fast', 'slow'],
  kvo: ['fast', 'slow', 'signal'],
  rocbands: ['period', 'smoothing', 'window'],
  mama: ['fast', 'slow'],
}

/** What the parameters of an indicator are called, in order; empty where it has none. */
export function parameterNames(indicator: string): readonly string[] {
  const { defaults = [] } = (Object.hasOwn(indicators, indicator) && indicators[indicator]) || {}
  return named[indicator] ?? ['period'].slice(0, defaults.length)
}

/**
 * Puts `period=14` or bare numbers in the order that the indicator takes them; what is left out keeps its default. Throws
 * INDICATOR_PARAMETER_UNKNOWN for a name that it has not.
 */
export function orderParameters(indicator: string, given: readonly string[]): readonly number[] {
  const names = parameterNames(indicator)
  const { defaults = [] } = (Object.hasOwn(indicators, indicator) && indicators[indicator]) || {}
  const values: (number | undefined)[] = []
  for (const [index, text] of given.entries()) {
    const [name, value] = text.includes('=') ? text.split('=', 2) : [undefined, text]
    const place = name === undefined ? index : placeOf(name, names)
    if (place === undefined) {
      throw new ParleyError('INDICATOR_PARAMETER_UNKNOWN', `"${indicator}" has no parameter "${name}".`, {
        details: { indicator, parameters: names },
        wayOut: names.length > 0 ? `It has ${names.join(', ')}.` : 'It has none.',
      })
    }
    values[place] = value === undefined || value.trim() === '' ? Number.NaN : Number(value)
  }
  return Array.from(values, (value, index) => value ?? defaults[index] ?? Number.NaN)
}

function placeOf(name: string, names: readonly string[]): number | undefined {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z]/g, '')
      .replace(/(period|periods|length)$/, '')
  const exact = names.findIndex((known) => known.toLowerCase() === name.toLowerCase())
  const place = exact >= 0 ? exact : names.findIndex((known) => plain(known) === plain(name))
  return place >= 0 ? place : undefined
}
