import { describe, expect, it } from 'vitest'
import { pivotPoints } from './pivot-points.ts'

const session = { time: 0, open: 100, high: 110, low: 95, close: 104, volume: 1 }
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9))

describe('pivot points', () => {
  it('of the floor: the typical price, its mirror images in high and low, and the range either way', () => {
    expect(pivotPoints(session)).toEqual({
      pivot: expect.closeTo(103, 9),
      resistances: near([111, 118, 126]),
      supports: near([96, 88, 81]),
    })
  })

  it('by the other methods', () => {
    expect(pivotPoints(session, 'woodie', 105).pivot).toBe(103.75)
    expect(pivotPoints(session, 'fibonacci').supports).toEqual(near([97.27, 93.73, 88]))
    expect(pivotPoints(session, 'camarilla').resistances).toEqual(near([105.375, 106.75, 108.125, 112.25]))
    expect(pivotPoints(session, 'demark')).toEqual({ pivot: 104.75, resistances: [114.5], supports: [99.5] })
    expect(pivotPoints({ ...session, close: 99 }, 'demark').pivot).toBe(99.75)
  })
})
