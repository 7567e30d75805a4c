import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hedge, hedgeRegretBound } from './hedge.ts'

it('never loses more beyond the best voter than the bound allows, whatever the losses', () => {
  const losses = fc.integer({ min: 1, max: 6 }).chain((voters) =>
    fc.array(
      fc.array(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: voters,
        maxLength: voters,
      }),
      { minLength: 1, maxLength: 60 },
    ),
  )
  fc.assert(
    fc.property(losses, (rounds) => {
      const { regret, bound, weights } = hedge(rounds[0]?.length ?? 0, rounds)
      expect(regret).toBeLessThanOrEqual(bound + 1e-9)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    }),
  )
})

it('keeps within the bound against an adversary who always hurts the heaviest voter', () => {
  const rounds: number[][] = []
  for (let round = 0; round < 300; round++) {
    const { weights } = hedge(4, rounds)
    const heaviest = weights.indexOf(Math.max(...weights))
    rounds.push(weights.map((_, voter) => (voter === heaviest ? 1 : 0)))
  }
  const { regret, bound } = hedge(4, rounds)
  expect(regret).toBeGreaterThan(0.1 * bound)
  expect(regret).toBeLessThanOrEqual(bound)
})

it('comes to trust the voter who is right', () => {
  const rounds = Array.from({ length: 100 }, () => [0.1, 0.5, 0.9])
  expect(hedge(3, rounds).weights[0]).toBeGreaterThan(0.99)
  expect(hedge(3, []).weights).toEqual([1 / 3, 1 / 3, 1 / 3])
  expect(hedgeRegretBound(3, 0)).toBe(0)
})

it('refuses losses outside 0 to 1', () => {
  expect(() => hedge(2, [[0, 2]])).toThrowError(expect.objectContaining({ code: 'LOSS_INVALID' }))
})
