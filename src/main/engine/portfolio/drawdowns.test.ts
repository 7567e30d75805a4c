import { describe, expect, it } from 'vitest'
import { drawdowns, maxDrawdown } from './drawdowns.ts'

describe('drawdowns', () => {
  it('are falls from a peak, the one still open without an end', () => {
    const found = drawdowns(Float64Array.of(0.1, -0.1, -0.1, 0.3, -0.5, 0.1))
    expect(found).toEqual([
      { start: 1, trough: 2, end: 3, depth: expect.closeTo(0.19, 12) },
      { start: 4, trough: 4, end: null, depth: expect.closeTo(0.5, 12) },
    ])
    expect(maxDrawdown(Float64Array.of(-0.2, 0.1))).toBeCloseTo(0.2, 12)
  })
})
