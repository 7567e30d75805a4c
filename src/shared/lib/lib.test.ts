import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { createIds } from './ids.ts'
import { createRandom } from './random.ts'
import { createVirtualClock } from './virtual-clock.ts'

describe('canonical JSON', () => {
  it('does not depend on the order of keys and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(shuffled)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('refuses what JSON cannot hold', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, [undefined]]) {
      expect(() => canonicalJson(bad)).toThrowError(expect.objectContaining({ code: 'NOT_JSON' }))
    }
  })
})

describe('random', () => {
  it('gives the same stream for the same seed, and forks that do not depend on what was drawn', () => {
    const a = createRandom(7)
    const b = createRandom(7)
    b.float()
    expect(a.fork('prices').float()).toBe(b.fork('prices').float())
    expect(a.fork('prices').float()).not.toBe(a.fork('news').float())
  })

  it('draws normals with mean 0 and variance 1', () => {
    const random = createRandom(1)
    const draws = Array.from({ length: 20_000 }, () => random.normal())
    const mean = draws.reduce((total, draw) => total + draw, 0) / draws.length
    const variance = draws.reduce((total, draw) => total + (draw - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  })
})

it('ids are unique and sort by the time of making', () => {
  const clock = createVirtualClock(1_700_000_000_000)
  const ids = createIds(clock, createRandom(1))
  const made = Array.from({ length: 500 }, (_, index) => {
    if (index % 7 === 0) {
      clock.after(1, () => {})
      clock.step()
    }
    return ids.next('run')
  })
  expect(new Set(made).size).toBe(500)
  expect([...made].sort()).toEqual(made)
})
