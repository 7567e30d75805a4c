import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { filterRegimes, fitRegimeModel, readRegime } from './regimes.ts'

/** Bars whose log return has the given drift and volatility a bar. */
function walk(
  length: number,
  drift: (bar: number) => number,
  volatility: (bar: number) => number,
  seed = 1,
): BarSeries {
  const random = createRandom(seed)
  let price = 100
  const rows = Array.from({ length }, (_, bar) => {
    const open = price
    price *= Math.exp(drift(bar) + volatility(bar) * random.normal())
    const reach = 1 + volatility(bar) * random.float()
    return { open, close: price, high: Math.max(open, price) * reach, low: Math.min(open, price) / reach }
  })
  const column = (name: 'open' | 'high' | 'low' | 'close') => Float64Array.from(rows, (row) => row[name])
  return {
    time: Float64Array.from(rows, (_, bar) => bar * 60_000),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: new Float64Array(length).fill(1000),
  }
}

describe('regimes', () => {
  it('a long rise, a long fall and a crash are told apart', () => {
    const drift = (bar: number) => (bar < 300 ? 0.006 : bar < 600 ? -0.006 : 0)
    const volatility = (bar: number) => (bar < 600 ? 0.008 : 0.05)
    const { close } = walk(700, drift, volatility)
    expect(readRegime(close.slice(0, 300)).regime).toBe('trend up')
    expect(readRegime(close.slice(0, 600)).regime).toBe('trend down')
    expect(readRegime(close).regime).toBe('crisis')
  })

  it('the same closes give the same read, with probabilities that add up to 1', () => {
    const { close } = walk(
      250,
      () => 0,
      () => 0.01,
      5,
    )
    const read = readRegime(close)
    expect(readRegime(close)).toEqual(read)
    expect(Object.values(read.probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
  })

  it('the fit recovers the model that made the observations', () => {
    const random = createRandom(2)
    let state = 0
    const truth: number[] = []
    const rows = Array.from({ length: 3000 }, () => {
      if (random.chance(state === 0 ? 0.03 : 0.06)) state = 1 - state
      truth.push(state)
      return Float64Array.of(state === 0 ? 1 + 0.5 * random.normal() : -1 + 1.5 * random.normal())
    })
    const guess = Uint8Array.from(rows, (row) => ((row[0] as number) > 0 ? 0 : 1))
    const model = fitRegimeModel(rows, guess, 2)
    expect(model.means[0]?.[0]).toBeCloseTo(1, 1)
    expect(model.means[1]?.[0]).toBeCloseTo(-1, 0.5)
    expect(model.deviations[0]?.[0]).toBeCloseTo(0.5, 1)
    expect(model.deviations[1]?.[0]).toBeCloseTo(1.5, 0.5)
    expect(model.transition[0]?.[1]).toBeCloseTo(0.03, 1.5)
    const filtered = filterRegimes(rows, model)
    const right = filtered.filter((row, t) => (row[1] as number) > 0.5 === (truth[t] === 1)).length
    expect(right / rows.length).toBeGreaterThan(0.93)
    // Filtered, not smoothed: what comes later changes nothing.
    expect(filterRegimes(rows.slice(0, 100), model)).toEqual(filtered.slice(0, 100))
  })

  it('survives a market that does not move', () => {
    expect(readRegime(new Float64Array(100).fill(5)).regime).toBe('range')
  })
})
