import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { type BookQuestion, readMarketModel } from './book-target.ts'
import { paretoChoices, type WeightChoice } from './pareto-choices.ts'

const assets = 4

function questionOf(seed: number, about: Partial<BookQuestion> = {}): BookQuestion {
  const random = createRandom(seed)
  const common = Float64Array.from({ length: 200 }, () => 0.015 * random.normal())
  const returns = Array.from({ length: assets }, (_, asset) =>
    common.map((value) => 0.001 + value + 0.01 * (1 + asset / 2) * random.normal()),
  )
  const model = readMarketModel(returns)
  if (model === undefined) throw new Error('The assets move.')
  return {
    current: Float64Array.of(0.2, 0.1, 0, 0),
    lower: new Float64Array(assets),
    upper: new Float64Array(assets).fill(0.3),
    elsewhere: 0,
    costs: new Float64Array(assets).fill(0.001),
    covariances: model.covariances.map((row) => row.map((value) => 24 * value)),
    prior: model.prior.map((value) => 24 * value),
    views: Array.from({ length: assets }, (_, asset) => ({ asset, move: 0.02 * random.normal(), confidence: 0.6 })),
    riskAversion: 2,
    ...about,
  }
}

const daysToSell = Float64Array.of(0.1, 0.5, 2, 8)
const choicesOf = (question: BookQuestion, most = 12) => paretoChoices({ question, daysToSell, also: [], most })
const burdens = ({ expected, volatility, turnover, exitDays }: WeightChoice) => [
  -expected,
  volatility,
  turnover,
  exitDays,
]

describe('choices between return, risk, turnover and liquidity', () => {
  it('none is better than another in everything, and all are within the limits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (seed) => {
        const question = questionOf(seed)
        const choices = choicesOf(question)
        expect(choices.length).toBeLessThanOrEqual(12)
        for (const one of choices) {
          for (const other of choices.filter((each) => each !== one)) {
            const isBetter = burdens(one).every((value, k) => value < (burdens(other)[k] as number) - 1e-9)
            expect(isBetter).toBe(false)
          }
          for (const [asset, weight] of one.weights.entries()) {
            expect(weight).toBeGreaterThanOrEqual(0)
            expect(weight).toBeLessThanOrEqual((question.upper[asset] as number) + 1e-9)
          }
          expect(one.weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-6)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('staying is one of them, and so is what the desk would do', () => {
    const kinds = choicesOf(questionOf(3)).map(({ kind }) => kind)
    expect(kinds).toContain('stay')
    expect(kinds).toContain('target')
    const stay = choicesOf(questionOf(3)).find(({ kind }) => kind === 'stay')
    expect(stay).toMatchObject({ turnover: 0, cost: 0 })
  })

  it('thinned, the ends of every scale are kept', () => {
    const [few, many] = [choicesOf(questionOf(4), 6), choicesOf(questionOf(4), 100)]
    expect(few.length).toBeLessThan(many.length)
    for (const k of [0, 1, 2, 3]) {
      const least = (choices: readonly WeightChoice[]) => Math.min(...choices.map((one) => burdens(one)[k] as number))
      expect(least(few)).toBeCloseTo(least(many), 9)
    }
  })

  it('keep to a limit of turnover, and are none where the limits contradict each other', () => {
    for (const { turnover } of choicesOf(questionOf(5, { maxTurnover: 0.1 })))
      expect(turnover).toBeLessThanOrEqual(0.1 + 1e-6)
    expect(choicesOf(questionOf(5, { upper: new Float64Array(assets).fill(0.01), maxTurnover: 0.01 }))).toEqual([])
  })
})
