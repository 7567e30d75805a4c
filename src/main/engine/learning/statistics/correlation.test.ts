import { describe, expect, it } from 'vitest'
import { kendall, pearsonTest, spearman } from './correlation.ts'

const f = (...values: number[]) => Float64Array.of(...values)
const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))
const code = (value: string) => expect.objectContaining({ code: value })
const a = f(1.1, 2.3, 0.4, 5.6, 7.2, 3.3, 8.8, 4.1)
const b = f(2, 1.9, 3.4, 6.1, 5.5, 2.2, 9, 7.7)

describe('correlation', () => {
  it('counts all orders where there are no ties (scipy 1.17, and by going through all orders)', () => {
    near(spearman(a, b).p, 0.04583333333333333)
    near(spearman(a, b).estimate, 0.7380952380952381)
    near(kendall(a, b).p, 0.10868055555555556)
    near(kendall(a, b).estimate, 0.5)
  })

  it('does not change with the order of the series, or under rising functions of ranks', () => {
    for (const test of [pearsonTest, spearman, kendall]) near(test(a, b).p, test(b, a).p)
    near(spearman(a.map(Math.exp), b).p, spearman(a, b).p)
    expect(pearsonTest(a, new Float64Array(8).fill(2)).p).toBeNaN()
    expect(pearsonTest(f(1, 2, 3), f(2, 1, 5)).interval).toBeUndefined()
    expect(() => pearsonTest(f(1, 2), f(1, 2))).toThrowError(code('SAMPLE_TOO_SMALL'))
  })

  it('the series for Spearman is near the count where both can be had', () => {
    const x = Float64Array.from({ length: 10 }, (_, k) => k)
    const y = f(3, 1, 0, 2, 5, 4, 9, 6, 8, 7)
    const t = spearman(x, y, { exact: false })
    expect(Math.abs(spearman(x, y).p - t.p)).toBeLessThan(0.005)
    expect(spearman(x, y).method).toBe('series')
  })
})
