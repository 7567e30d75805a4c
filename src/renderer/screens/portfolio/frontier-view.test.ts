import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frontierScale, roundValues } from './frontier-view.ts'

const frame = { width: 640, height: 320, left: 56, right: 16, top: 16, bottom: 40 }
const value = fc.double({ min: -5, max: 5, noNaN: true })

describe('the picture of the frontier', () => {
  it('holds every point, more return higher up and more risk further right', () => {
    const point = fc.record({ risk: value.map(Math.abs), expected: value })
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), (points) => {
        const { x, y } = frontierScale(points, frame)
        for (const { risk, expected } of points) {
          expect(x(risk)).toBeGreaterThanOrEqual(frame.left - 1e-6)
          expect(x(risk)).toBeLessThanOrEqual(frame.width - frame.right + 1e-6)
          expect(y(expected)).toBeGreaterThanOrEqual(frame.top - 1e-6)
          expect(y(expected)).toBeLessThanOrEqual(frame.height - frame.bottom + 1e-6)
        }
        expect(x(0.2)).toBeLessThan(x(0.3))
        expect(y(0.2)).toBeGreaterThan(y(0.3))
      }),
    )
  })

  it('is read at a few round values within the range', () => {
    expect(roundValues(0.31, 0.92)).toEqual([0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    fc.assert(
      fc.property(value, fc.double({ min: 0.001, max: 10, noNaN: true }), (low, span) => {
        const values = roundValues(low, low + span)
        expect(values.length).toBeGreaterThanOrEqual(2)
        expect(values.length).toBeLessThanOrEqual(8)
        for (const one of values) {
          expect(one).toBeGreaterThanOrEqual(low - 1e-6)
          expect(one).toBeLessThanOrEqual(low + span + 1e-6)
        }
      }),
    )
  })
})
