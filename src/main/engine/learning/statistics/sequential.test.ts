import { describe, expect, it } from 'vitest'
import { boundaryConstant, boundaryLimits, crossingProbability } from './group-sequential.ts'
import {
  bernoulliLogRatio,
  mixtureHalfWidth,
  mixtureRatio,
  normalLogRatio,
  waldLimits,
  waldVerdict,
} from './sequential.ts'

const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))
const code = (value: string) => expect.objectContaining({ code: value })

describe('sequential tests', () => {
  it('the confidence sequence holds exactly the means that the mixture does not reject', () => {
    const plan = { variance: 2, spread: 0.3 }
    const width = mixtureHalfWidth(40, 0.05, plan)
    near(mixtureRatio(40, 0.7, { ...plan, mu: 0.7 - width }), 20, 1e-9)
  })

  it("Wald's test goes on between its limits", () => {
    const limits = waldLimits(0.05, 0.2)
    expect(waldVerdict(bernoulliLogRatio(7, 10, 0.5, 0.8), limits)).toBe('continue')
    expect(waldVerdict(bernoulliLogRatio(30, 32, 0.5, 0.8), limits)).toBe('alternative')
    expect(waldVerdict(normalLogRatio(50, 0, 1, 0, 0.5), limits)).toBe('null')
  })

  it('looks together err as often as allowed; one look is the usual test', () => {
    near(boundaryConstant(1, 'pocock'), 1.959963984540054)
    for (const shape of ['pocock', 'obrien-fleming'] as const) {
      near(crossingProbability(boundaryLimits(boundaryConstant(3, shape, 0.01), 3, shape)), 0.01, 1e-8)
    }
    expect(() => boundaryConstant(0, 'pocock')).toThrowError(code('LOOKS_INVALID'))
  })
})
