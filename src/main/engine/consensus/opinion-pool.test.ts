import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { calibrated, fitCalibration, logOpinionPool, opinionOf, type ScoredForecast } from './opinion-pool.ts'

const options = ['buy', 'sell', 'hold']
const chances = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((raw) => raw.map((value) => value / raw.reduce((sum, value) => sum + value, 0)))
const opinions = fc.array(fc.record({ probabilities: chances, weight: fc.double({ min: 0.1, max: 5, noNaN: true }) }), {
  minLength: 1,
  maxLength: 6,
})

describe('the pool', () => {
  it('sums to 1, keeps what all agree on, and sees only proportions of weight', () => {
    fc.assert(
      fc.property(opinions, chances, (opinions, shared) => {
        const pooled = logOpinionPool(opinions)
        expect(pooled.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12)
        const doubled = logOpinionPool(opinions.map((opinion) => ({ ...opinion, weight: 2 * opinion.weight })))
        expect(doubled).toEqual(pooled.map((chance) => expect.closeTo(chance, 12)))
        const agreed = logOpinionPool(opinions.map(({ weight }) => ({ probabilities: shared, weight })))
        expect(agreed).toEqual(shared.map((chance) => expect.closeTo(chance, 12)))
      }),
    )
  })

  it('is externally Bayesian: evidence before or after pooling comes to the same', () => {
    const updated = (probabilities: readonly number[], likelihood: readonly number[]) => {
      const raw = probabilities.map((chance, option) => chance * (likelihood[option] ?? 0))
      return raw.map((value) => value / raw.reduce((sum, value) => sum + value, 0))
    }
    fc.assert(
      fc.property(opinions, chances, (opinions, likelihood) => {
        const before = logOpinionPool(
          opinions.map((opinion) => ({ ...opinion, probabilities: updated(opinion.probabilities, likelihood) })),
        )
        expect(before).toEqual(updated(logOpinionPool(opinions), likelihood).map((chance) => expect.closeTo(chance, 9)))
      }),
    )
  })

  it('takes a vote with a confidence, never as certainty', () => {
    expect(opinionOf(options, 'buy', 0.8)).toEqual([0.8, expect.closeTo(0.1), expect.closeTo(0.1)])
    expect(opinionOf(options, 'buy', 1)[0]).toBe(0.99)
    expect(logOpinionPool([])).toEqual([])
    expect(() => logOpinionPool([{ probabilities: [1, 0], weight: 1 }])).toThrowError(
      expect.objectContaining({ code: 'OPINION_INVALID' }),
    )
  })
})

describe('calibration', () => {
  it('leaves confidence as stated without a record', () => {
    expect(calibrated(0.7, fitCalibration([]))).toBeCloseTo(0.7, 12)
  })

  it('brings an overconfident voter down to how often it is right', () => {
    const random = createRandom(11)
    const forecasts = Array.from({ length: 2_000 }, (): ScoredForecast => {
      const confidence = 0.5 + 0.45 * random.float()
      return { confidence, right: random.chance(0.5 + (confidence - 0.5) / 3) }
    })
    const calibration = fitCalibration(forecasts)
    expect(Math.abs(calibrated(0.9, calibration) - (0.5 + 0.4 / 3))).toBeLessThan(0.05)
    expect(calibrated(0.6, calibration)).toBeLessThan(calibrated(0.9, calibration))
  })

  it('changes little on a short record', () => {
    const wrong = fitCalibration([{ confidence: 0.9, right: false }])
    expect(calibrated(0.9, wrong)).toBeGreaterThan(0.75)
    expect(calibrated(0.9, wrong)).toBeLessThan(0.9)
  })
})
