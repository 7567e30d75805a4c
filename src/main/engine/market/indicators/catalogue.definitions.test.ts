import { describe, expect, it } from 'vitest'
import { type Bar, barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { momentum } from './momentum.ts'
import { ema, kama, sma, vwma, wilder } from './moving-averages.ts'
import { connorsRsi, dpo, trix, tsi, ultimateOscillator } from './oscillators.ts'
import { rsi } from './rsi.ts'
import { hurst } from './statistical.ts'
import { choppiness, elderRay, ichimoku, supertrend, vortex } from './trend.ts'
import { atr, bollinger, chandelier, ewmaVolatility, trueRange, ulcer } from './volatility.ts'
import { forceIndex } from './volume.ts'

// Indicators without reference values: each against its definition, written out plainly at one bar.

const random = createRandom(8)
let price = 100
const bars = Array.from({ length: 300 }, (_, k): Bar => {
  const open = price
  price *= Math.exp(0.015 * random.normal())
  const high = Math.max(open, price) * (1 + 0.01 * random.float())
  const low = Math.min(open, price) / (1 + 0.01 * random.float())
  return { time: k, open, high, low, close: price, volume: random.int(1, 1000) }
})
const series = barSeries(bars)
const { close, high, low, volume } = series
const row = 250

const at = (values: Float64Array, index: number) => values[index] as number
const back = (values: Float64Array, count: number, end = row) => Array.from(values.subarray(end - count + 1, end + 1))
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const range = trueRange(series)

function check(actual: Float64Array, expected: number): void {
  expect(at(actual, row)).toBeCloseTo(expected, 9)
}

describe('at one bar, by definition', () => {
  it('means and deviations forget an absurd price as soon as it has left the window', () => {
    const values = Float64Array.from({ length: 3_000 }, (_, k) => (k === 1_500 ? 1e12 : 60_000 + Math.sin(k)))
    const mean = (window: readonly number[]) => sum(window) / window.length
    const [means, deviations] = [sma(values, 20), bollinger(values, 20, 1)]
    for (const k of [1_400, 1_519, 1_560, 1_700, 2_600, 2_999]) {
      const window = back(values, 20, k).map((value) => value - 60_000)
      const deviation = Math.sqrt(mean(window.map((value) => (value - mean(window)) ** 2)))
      const reach = (at(deviations.upper, k) - at(deviations.lower, k)) / 2
      if (k > 1_519) expect(Math.abs(reach / deviation - 1), `deviation at ${k}`).toBeLessThan(1e-8)
      if (k < 1_500 || k > 2_048) expect(at(means, k) - 60_000).toBeCloseTo(mean(window), 9)
    }
  })

  it('momentum, detrended price and force', () => {
    check(momentum(close, 10), at(close, row) - at(close, row - 10))
    check(dpo(close, 20), at(close, row - 11) - sum(back(close, 20)) / 20)
    const force = close.map((value, k) => (k === 0 ? Number.NaN : (value - at(close, k - 1)) * at(volume, k)))
    check(forceIndex(series, 13), at(ema(force, 13), row))
  })

  it('moving averages', () => {
    const traded = back(close, 20).map((value, k) => value * (back(volume, 20)[k] as number))
    check(vwma(series, 20), sum(traded) / sum(back(volume, 20)))
    const smoothed = wilder(close, 14)
    check(smoothed, at(smoothed, row - 1) + (at(close, row) - at(smoothed, row - 1)) / 14)
    const path = sum(Array.from({ length: 10 }, (_, k) => Math.abs(at(close, row - k) - at(close, row - k - 1))))
    const efficiency = Math.abs(at(close, row) - at(close, row - 10)) / path
    const weight = (efficiency * (2 / 3 - 2 / 31) + 2 / 31) ** 2
    const adaptive = kama(close)
    check(adaptive, at(adaptive, row - 1) + weight * (at(close, row) - at(adaptive, row - 1)))
  })

  it('oscillators', () => {
    const triple = ema(ema(ema(close, 15), 15), 15)
    check(trix(close), 100 * (at(triple, row) / at(triple, row - 1) - 1))
    const change = close.map((value, k) => (k === 0 ? Number.NaN : value - at(close, k - 1)))
    check(tsi(close).line, (100 * at(ema(ema(change, 25), 13), row)) / at(ema(ema(change.map(Math.abs), 25), 13), row))
    const pressure = close.map((value, k) => (k === 0 ? 0 : value - Math.min(at(low, k), at(close, k - 1))))
    const share = (period: number) => sum(back(pressure, period)) / sum(back(range, period))
    check(ultimateOscillator(series), (100 * (4 * share(7) + 2 * share(14) + share(28))) / 7)
    let run = 0
    const streak = close.map((value, k) => {
      const way = k === 0 ? 0 : Math.sign(value - at(close, k - 1))
      run = way === Math.sign(run) ? run + way : way
      return run
    })
    const gain = close.map((value, k) => (k === 0 ? Number.NaN : value / at(close, k - 1)))
    const below = back(gain, 100, row - 1).filter((value) => value < at(gain, row)).length
    check(connorsRsi(close), (at(rsi(close, 3), row) + at(rsi(streak, 2), row) + below) / 3)
  })

  it('volatility', () => {
    const window = back(close, 14)
    const falls = window.map((value, k) => 100 * (value / Math.max(...window.slice(0, k + 1)) - 1))
    check(ulcer(close), Math.sqrt(sum(falls.map((fall) => fall * fall)) / 14))
    check(chandelier(series).long, Math.max(...back(high, 22)) - 3 * at(atr(series, 22), row))
    check(chandelier(series).short, Math.min(...back(low, 22)) + 3 * at(atr(series, 22), row))
    const before = at(ewmaVolatility(close, 0.94, 1), row - 1)
    const move = Math.log(at(close, row) / at(close, row - 1))
    check(ewmaVolatility(close, 0.94, 4), 2 * Math.sqrt(0.94 * before * before + 0.06 * move * move))
  })

  it('trend', () => {
    const middle = (period: number, end: number) =>
      (Math.max(...back(high, period, end)) + Math.min(...back(low, period, end))) / 2
    const cloud = ichimoku(series)
    check(cloud.conversion, middle(9, row))
    check(cloud.base, middle(26, row))
    check(cloud.spanA, (middle(9, row - 26) + middle(26, row - 26)) / 2)
    check(cloud.spanB, middle(52, row - 26))
    check(cloud.lag, at(close, row) - at(close, row - 26))
    const reach = Array.from({ length: 14 }, (_, k) => Math.abs(at(high, row - k) - at(low, row - k - 1)))
    check(vortex(series).plus, sum(reach) / sum(back(range, 14)))
    const tops = Array.from({ length: 14 }, (_, k) => Math.max(at(high, row - k), at(close, row - k - 1)))
    const bottoms = Array.from({ length: 14 }, (_, k) => Math.min(at(low, row - k), at(close, row - k - 1)))
    const width = Math.max(...tops) - Math.min(...bottoms)
    check(choppiness(series), (100 * Math.log10(sum(back(range, 14)) / width)) / Math.log10(14))
    check(elderRay(series).bull, at(high, row) - at(ema(close, 13), row))
  })

  it('supertrend lies on the losing side of the close, moves only with its trend, and turns both ways', () => {
    const { line, direction } = supertrend(series)
    const seen = new Set<number>()
    for (let k = 11; k < bars.length; k++) {
      const way = at(direction, k)
      seen.add(way)
      expect(way * (at(close, k) - at(line, k))).toBeGreaterThanOrEqual(0)
      if (at(direction, k - 1) === way) expect(way * (at(line, k) - at(line, k - 1))).toBeGreaterThanOrEqual(0)
    }
    expect(seen).toEqual(new Set([1, -1]))
  })

  it('hurst tells persistence from reversion', () => {
    const follow = (memory: number) => {
      const draw = createRandom(4)
      let move = 0
      let level = 100
      return Float64Array.from({ length: 1001 }, () => {
        move = memory * move + 0.01 * draw.normal()
        level *= Math.exp(move)
        return level
      })
    }
    const last = (memory: number) => at(hurst(follow(memory), 1000), 1000)
    expect(last(0.8)).toBeGreaterThan(last(0) + 0.1)
    expect(last(-0.8)).toBeLessThan(last(0) - 0.1)
    expect(last(0)).toBeGreaterThan(0.45)
    expect(last(0)).toBeLessThan(0.65)
  })
})
