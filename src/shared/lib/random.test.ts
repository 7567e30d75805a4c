import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'

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
