import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { correlations } from './correlations.ts'

describe('correlations', () => {
  it('are 1 with itself, -1 with its mirror, and unavailable with a constant', () => {
    const returns = Float64Array.of(0.01, -0.02, 0.005, 0.03, -0.01)
    expect(correlations(returns, returns).pearson).toBeCloseTo(1, 12)
    expect(
      correlations(
        returns,
        returns.map((x) => -x),
      ).ewma,
    ).toBeCloseTo(-1, 12)
    expect(correlations(returns, new Float64Array(5)).pearson).toBeNull()
  })

  it("Spearman's depends on order alone, ties sharing their rank", () => {
    const a = Float64Array.of(1, 2, 2, 3, 9)
    expect(correlations(a, a.map(Math.exp)).spearman).toBeCloseTo(1, 12)
    expect(correlations(a, Float64Array.of(5, 6, 7, 8, 7)).spearman).toBeCloseTo(0.763157894736842, 12)
  })
})

const statistics = '../shared/reference/stats/r-stats-expected.json'

it.skipIf(!existsSync(statistics))('correlations are those of R', () => {
  const { cases } = JSON.parse(readFileSync(statistics, 'utf8')) as {
    cases: Record<string, { x: number[]; y: number[]; pearson: { estimate: number }; spearman: { estimate: number } }>
  }
  const found = cases['correlation mtcars mpg,wt']
  expect(found).toBeDefined()
  const { x, y, pearson, spearman } = found as NonNullable<typeof found>
  const actual = correlations(Float64Array.from(x), Float64Array.from(y))
  expect(actual.pearson).toBeCloseTo(pearson.estimate, 12)
  expect(actual.spearman).toBeCloseTo(spearman.estimate, 12)
})
