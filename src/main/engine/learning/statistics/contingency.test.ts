import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chiSquaredTest, goodnessOfFit, proportionTest } from './contingency.ts'
import { binomialTest, fisherTest } from './exact-tests.ts'

const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))
const code = (value: string) => expect.objectContaining({ code: value })

describe('tests of counts', () => {
  it('exact tests count everything at most as likely (scipy 1.17)', () => {
    near(binomialTest(3, 20, { probability: 0.3 }).p, 0.22041826738070913)
    near(binomialTest(11, 20, { probability: 0.3 }).p, 0.024782076205458414)
    expect(binomialTest(0, 5).interval[0]).toBe(0)
    expect(binomialTest(5, 5).interval[1]).toBe(1)
    near(
      fisherTest([
        [3, 1],
        [1, 3],
      ]).oddsRatio,
      6.408319658199662,
    )
    expect(
      fisherTest([
        [4, 0],
        [1, 3],
      ]).oddsRatio,
    ).toBe(Number.POSITIVE_INFINITY)
  })

  it('the ends of an odds ratio interval leave the tails that they promise', () => {
    const counts = [
      [12, 5],
      [7, 9],
    ] as const
    const { interval, oddsRatio } = fisherTest(counts)
    near(fisherTest(counts, { alternative: 'greater', oddsRatio: interval[0] }).p, 0.025, 1e-9)
    near(fisherTest(counts, { alternative: 'less', oddsRatio: interval[1] }).p, 0.025, 1e-9)
    expect(oddsRatio).toBeGreaterThan(interval[0])
    expect(oddsRatio).toBeLessThan(interval[1])
  })

  it('chi-squared of proportions is that of their table, with and without correction', () => {
    const cell = fc.integer({ min: 1, max: 200 })
    fc.assert(
      fc.property(cell, cell, cell, cell, fc.boolean(), (w, x, y, z, correct) => {
        const counts = [
          [w, x],
          [y, z],
        ]
        const fromTable = chiSquaredTest(counts, { correct })
        const fromShares = proportionTest([w, y], [w + x, y + z], { correct })
        expect(Math.abs(fromTable.statistic - fromShares.statistic)).toBeLessThan(1e-9 * (1 + fromTable.statistic))
      }),
    )
  })

  it('fits counts to probabilities (scipy 1.17), and refuses what are no counts', () => {
    near(goodnessOfFit([12, 7, 9, 20]).p, 0.042689908055072175)
    expect(
      chiSquaredTest([
        [0, 0],
        [3, 4],
      ]).statistic,
    ).toBeNaN()
    for (const bad of [[[1, 2], [3]], [[0, 0]], [[1.5, 2]], [[-1, 2]]]) {
      expect(() => chiSquaredTest(bad)).toThrowError(code('COUNTS_INVALID'))
    }
    expect(() => proportionTest([3], [2])).toThrowError(code('COUNTS_INVALID'))
  })
})
