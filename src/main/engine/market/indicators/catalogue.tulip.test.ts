import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { computeIndicator } from './catalogue.ts'

const path = '../shared/reference/indicators/tulip/untest.txt'
const missing = !existsSync(path)

type Input = 'open' | 'high' | 'low' | 'close' | 'volume'
type Columns = Record<string, Float64Array>

/** Tulip's inputs, our indicator with the options given, and which of our columns are its outputs. */
interface Match {
  readonly inputs: readonly Input[]
  readonly run: (series: BarSeries, options: readonly number[]) => readonly Float64Array[]
}

const candle: readonly Input[] = ['high', 'low', 'close']
const traded: readonly Input[] = ['high', 'low', 'close', 'volume']

function same(inputs: readonly Input[], name: string, ...columns: string[]): Match {
  return {
    inputs,
    run: (series, options) => {
      const result: Columns = computeIndicator(name, series, options)
      return (columns.length === 0 ? ['value'] : columns).map((column) => result[column] as Float64Array)
    },
  }
}

const scaled = (match: Match, f: (value: number) => number): Match => ({
  ...match,
  run: (series, options) => match.run(series, options).map((values) => values.map(f)),
})

// Tulip starts its exponential averages from the first value and ours from a mean, so what builds on them is not here;
// nor are KAMA and the Fisher transform, which it starts one bar earlier and one window later.
const matches: Readonly<Record<string, Match>> = {
  ad: same(traded, 'ad'),
  aroon: same(['high', 'low'], 'aroon', 'down', 'up'),
  aroonosc: same(['high', 'low'], 'aroon', 'oscillator'),
  bbands: same(['close'], 'bollinger', 'lower', 'middle', 'upper'),
  bop: same(['open', ...candle], 'bop'),
  cci: same(candle, 'cci'),
  cmo: same(['close'], 'cmo'),
  hma: same(['close'], 'hma'),
  linreg: same(['close'], 'regression', 'end'),
  linregintercept: same(['close'], 'regression', 'intercept'),
  linregslope: same(['close'], 'regression', 'slope'),
  mfi: same(traded, 'mfi'),
  obv: same(['close', 'volume'], 'obv'),
  roc: scaled(same(['close'], 'roc'), (value) => value / 100),
  rsi: same(['close'], 'rsi'),
  sma: same(['close'], 'sma'),
  stoch: same(candle, 'stochastic', 'k', 'd'),
  trima: same(['close'], 'trima'),
  ultosc: same(candle, 'ultimate'),
  vwma: same(['close', 'volume'], 'vwma'),
  wilders: same(['close'], 'wilder'),
  willr: same(candle, 'williamsr'),
  wma: same(['close'], 'wma'),
}

describe.skipIf(missing)('indicators beside Tulip (3 decimals)', () => {
  if (missing) return
  const blocks = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .reduce<string[][]>((all, line) => {
      if (line.startsWith('{')) all.at(-1)?.push(line)
      else all.push([line])
      return all
    }, [])
  const cases = blocks.filter(([head]) => matches[head?.split(' ')[0] as string] !== undefined)

  it.each(cases.map((block) => [block[0] as string, block.slice(1)] as const))('%s', (head, lines) => {
    const [name, ...options] = head.split(' ')
    const { inputs, run } = matches[name as string] as Match
    const arrays = lines.map((line) =>
      Float64Array.from(
        line
          .replace(/[{}\s]/g, '')
          .split(',')
          .filter(Boolean),
        Number,
      ),
    )
    const empty = new Float64Array(arrays[0]?.length ?? 0)
    const given = Object.fromEntries(inputs.map((input, k) => [input, arrays[k]]))
    const series: BarSeries = {
      time: empty,
      open: empty,
      high: empty,
      low: empty,
      close: empty,
      volume: empty,
      ...given,
    }
    const outputs = run(series, options.map(Number))
    const expected = arrays.slice(inputs.length)
    expect(expected.length).toBe(outputs.length)
    for (const [k, values] of expected.entries()) {
      const tail = (outputs[k] as Float64Array).slice(empty.length - values.length)
      for (const [row, value] of values.entries()) {
        expect(Math.abs((tail[row] as number) - value), `output ${k}, row ${row}`).toBeLessThan(0.00051)
      }
    }
  })
})
