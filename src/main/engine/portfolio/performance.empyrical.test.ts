import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mean } from '#shared/lib/statistics.ts'
import { benchmarkBeta, betaFragility, captureRatio } from './benchmark.ts'
import { maxDrawdown, wealth } from './drawdowns.ts'
import {
  aggregateReturns,
  annualReturn,
  annualVolatility,
  calmarRatio,
  cumulativeReturn,
  downsideDeviation,
  omegaRatio,
  rolling,
  sharpeRatio,
  sortinoRatio,
  stability,
  tailRatio,
} from './performance.ts'

const path = '../shared/reference/risk/empyrical-cases.json'
const missing = !existsSync(path)

interface Series {
  readonly values: (number | null)[]
  readonly index?: string[]
  readonly start?: string | null
  readonly freq?: string
}
type Argument = number | string | null | { $series: string } | Series
interface Case {
  readonly test: string
  readonly i: number
  readonly fn: string | null
  readonly args: Record<string, Argument>
  readonly expected: number | null | (number | null)[] | (number | null)[][]
}

describe.skipIf(missing)('risk beside empyrical (8 decimals)', () => {
  if (missing) return
  const file = JSON.parse(readFileSync(path, 'utf8')) as { series: Record<string, Series>; cases: Case[] }
  const perYear: Record<string, number> = { daily: 252, weekly: 52, monthly: 12, quarterly: 4, yearly: 1 }

  function times(series: Series): number[] {
    if (series.index) return series.index.map((date) => Date.parse(date))
    const start = Date.parse(series.start ?? '2000-01-30')
    return series.values.map((_, k) => {
      if (series.freq === 'M') {
        const date = new Date(start)
        return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1 + k, 0)
      }
      return start + k * (series.freq === 'W-SUN' ? 7 : 1) * 86_400_000
    })
  }

  function resolve(argument: Argument | undefined): Series | undefined {
    if (argument === null || typeof argument !== 'object') return undefined
    return '$series' in argument ? file.series[argument.$series] : argument
  }

  function run({ args, fn, test }: Case): number | number[] | number[][] | undefined {
    const own = resolve(args['returns'])
    const other = resolve(args['factor_returns'] ?? args['benchmark'])
    const days = own ? times(own) : []
    const at = (series: Series | undefined) => new Map(series ? times(series).map((t, k) => [t, series.values[k]]) : [])
    const aligned = other ? at(other) : undefined
    const raw = Float64Array.from(own?.values ?? [], (value) => value ?? Number.NaN)
    // empyrical leaves out holes where it takes moments, and takes them for 0 where it compounds.
    const known = raw.filter((value) => !Number.isNaN(value))
    const all = raw.map((value) => (Number.isNaN(value) ? 0 : value))
    const held = at(own)
    const dates = [...new Set([...days, ...(other ? times(other) : [])])].sort((a, c) => a - c)
    const rows = dates.map((day) => [held.get(day) ?? Number.NaN, aligned?.get(day) ?? Number.NaN] as const)
    const pairs = (start: number, end: number): [Float64Array, Float64Array] => {
      const both = rows.slice(start, end).filter((row) => !row.some(Number.isNaN))
      return [Float64Array.from(both, ([value]) => value), Float64Array.from(both, ([, value]) => value)]
    }
    const [x, b] = pairs(0, rows.length)
    const period = perYear[(args['period'] as string | undefined) ?? 'daily'] as number
    const root = Math.sqrt(period)
    const rate = (name: string): number => (typeof args[name] === 'number' ? args[name] : 0)
    const excess = (name: string) => {
      const series = resolve(args[name])
      const values = series && at(series)
      return raw
        .map((value, k) => value - (values ? (values.get(days[k] as number) ?? Number.NaN) : rate(name)))
        .filter((value) => !Number.isNaN(value))
    }
    const window = rate('window')
    const alphaBeta = (a: Float64Array, c: Float64Array): [number, number] => {
      if (a.length < 2) return [Number.NaN, Number.NaN]
      const slope = benchmarkBeta(a, c)
      return [(1 + mean(a) - slope * mean(c)) ** period - 1, slope]
    }
    const sides = (side: 'up' | 'down') => (_: number, k: number) =>
      side === 'up' ? (b[k] as number) >= 0 : (b[k] as number) <= 0
    const capture = (side: 'up' | 'down') => (a: Float64Array, c: Float64Array) => captureRatio(a, c, side, period)
    const rollCapture = (measure: (a: Float64Array, c: Float64Array) => number) => [
      ...rolling(own && other ? rows.length : 0, window, (start, end) => measure(...pairs(start, end))),
    ]
    const upDown = (a: Float64Array, c: Float64Array) => capture('up')(a, c) / capture('down')(a, c)

    switch (fn?.split(' ')[0] ?? test) {
      case 'cum_returns': {
        const start = rate('starting_value')
        return [...wealth(all)].map((value) => (start === 0 ? value - 1 : value * start))
      }
      case 'cum_returns_final': {
        const start = rate('starting_value')
        return start === 0 ? cumulativeReturn(all) : (1 + cumulativeReturn(all)) * start
      }
      case 'aggregate_returns': {
        const unit = (args['convert_to'] as string).replace('ly', '') as 'week' | 'month' | 'quarter' | 'year'
        return [...aggregateReturns(all, Float64Array.from(days), unit)]
      }
      case 'max_drawdown':
        return -maxDrawdown(all)
      case 'annual_return':
      case 'cagr':
        return annualReturn(all, period)
      case 'annual_volatility':
        return annualVolatility(known, period)
      case 'calmar_ratio':
        return calmarRatio(all, period)
      case 'omega_ratio': {
        const required = rate('required_return')
        const target = required <= -1 ? Number.NaN : (1 + required) ** (1 / 252) - 1
        return known.length < 2 ? Number.NaN : omegaRatio(excess('risk_free'), target)
      }
      case 'sharpe_ratio':
        return sharpeRatio(excess('risk_free')) * root
      case 'downside_risk':
        return downsideDeviation(excess('required_return')) * root
      case 'sortino_ratio':
        return known.length < 2 ? Number.NaN : sortinoRatio(excess('required_return')) * root
      case 'excess_sharpe':
        return sharpeRatio(
          other ? x.map((value, k) => value - (b[k] as number)) : known.map((value) => value - rate('factor_returns')),
        )
      case 'stability_of_timeseries':
        return stability(known)
      case 'tail_ratio':
        return tailRatio(known)
      case 'beta_fragility_heuristic':
        return betaFragility(x, b)
      case 'alpha':
        return alphaBeta(x, b)[0]
      case 'beta':
        return alphaBeta(x, b)[1]
      case 'test_alpha_beta':
        return alphaBeta(x, b)
      case 'test_up_alpha_beta':
        return alphaBeta(x.filter(sides('up')), b.filter(sides('up')))
      case 'test_down_alpha_beta':
        return alphaBeta(x.filter(sides('down')), b.filter(sides('down')))
      case 'test_roll_alpha_beta':
        return Array.from({ length: rows.length - window + 1 }, (_, start) =>
          alphaBeta(...pairs(start, start + window)),
        )
      case 'roll_max_drawdown':
        return [...rolling(all.length, window, (start, end) => -maxDrawdown(all.slice(start, end)))]
      case 'roll_sharpe_ratio':
        return [...rolling(all.length, window, (start, end) => sharpeRatio(all.slice(start, end)) * root)]
      case 'capture':
        return (
          annualReturn(all, period) /
          annualReturn(
            Float64Array.from(other?.values ?? [], (value) => value ?? 0),
            period,
          )
        )
      case 'up_capture':
        return capture('up')(x, b)
      case 'down_capture':
        return capture('down')(x, b)
      case 'up_down_capture':
        return upDown(x, b)
      case 'roll_up_capture':
        return rollCapture(capture('up'))
      case 'roll_down_capture':
        return rollCapture(capture('down'))
      case 'roll_up_down_capture':
        return rollCapture(upDown)
      default:
        return undefined
    }
  }

  function digits(value: number): number {
    const written = String(value).split('.')[1]?.length ?? 8
    return written <= 5 ? Math.max(2, written - 1) : 8
  }

  /** A case over two columns is two cases. */
  function columns(one: Case): Case[] {
    const frame = one.args['returns'] as unknown as { columns?: string[]; values: number[][] }
    const expected = one.expected as unknown as { values: number[] }
    if (!frame?.columns) return [one]
    return frame.columns.map((name, k) => ({
      ...one,
      fn: `${one.fn} ${name}`,
      args: { ...one.args, returns: { values: frame.values.map((row) => row[k] as number) } },
      expected: expected.values[k] as number,
    }))
  }

  for (const one of file.cases.flatMap(columns)) {
    it(`${one.test} ${one.i} ${one.fn ?? ''}`, () => {
      const actual = run(one)
      expect(actual).toBeDefined()
      const flat = (value: typeof actual | Case['expected']) => [value].flat(2)
      const [left, right] = [flat(actual), flat(one.expected)]
      expect(left.length).toBe(right.length)
      for (const [k, value] of right.entries()) {
        const own = left[k] as number
        // Where empyrical says infinite, ours is unavailable. Some expectations are written with fewer digits.
        if (value === null || value === undefined || typeof value === 'string')
          expect(Number.isFinite(own), String(own)).toBe(false)
        else expect(own).toBeCloseTo(value, Math.min(8, digits(value)))
      }
    })
  }
})
