import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjustP } from './adjusted-p.ts'
import { detectableEffect, meanPower, proportionEffect, sampleSize } from './power.ts'

const f = (...values: number[]) => Float64Array.of(...values)
const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))
const code = (value: string) => expect.objectContaining({ code: value })

describe('power and many tests', () => {
  it('a sample of the size found has the power, and the detectable effect gives it back', () => {
    for (const design of ['one-sample', 'two-sample', 'paired'] as const) {
      for (const alternative of ['two-sided', 'greater'] as const) {
        const n = sampleSize(0.85, (size) => meanPower(size, { effect: 0.4, design, alternative }))
        near(meanPower(n, { effect: 0.4, design, alternative }), 0.85, 1e-9)
        near(
          detectableEffect(0.85, (effect) => meanPower(n, { effect, design, alternative })),
          0.4,
          1e-9,
        )
      }
    }
    expect(() => sampleSize(0.8, (n) => meanPower(n, { effect: 0 }))).toThrowError(code('POWER_UNREACHABLE'))
    near(proportionEffect(0.5, 0.25), Math.PI / 6)
  })

  it('adjusted p-values never fall below the raw ones, keep their order, and ignore what is unavailable', () => {
    const p = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 15 })
    const methods = ['holm', 'hochberg', 'hommel', 'bonferroni', 'benjamini-hochberg', 'benjamini-yekutieli'] as const
    fc.assert(
      fc.property(p, fc.constantFrom(...methods), (values, method) => {
        const adjusted = adjustP(f(...values), method)
        const bonferroni = adjustP(f(...values), 'bonferroni')
        for (const [k, value] of values.entries()) {
          expect(adjusted[k]).toBeGreaterThanOrEqual(value * (1 - 1e-12))
          if (method !== 'benjamini-yekutieli') {
            expect(adjusted[k]).toBeLessThanOrEqual((bonferroni[k] as number) * (1 + 1e-12))
          }
          for (const [j, other] of values.entries()) {
            if (other <= value) expect(adjusted[j]).toBeLessThanOrEqual((adjusted[k] as number) * (1 + 1e-12))
          }
        }
        expect([...adjustP(f(...values, Number.NaN), method)]).toEqual([...adjusted, Number.NaN])
      }),
    )
  })
})
