import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultWeightSettings, expertise, type VotingRecord, votingWeights } from './voting-weights.ts'

const settings = defaultWeightSettings
const voters = ['analyst', 'bear', 'bull', 'risk']
const now = 1_800_000_000_000

function record(voter: string, domain: string, score: number, count: number, at = now): VotingRecord[] {
  return Array.from({ length: count }, () => ({ voter, domain, at, score }))
}

function weightsOf(past: VotingRecord[], byHand = {}) {
  return Object.fromEntries(
    votingWeights(voters, 'risk', past, now, { ...settings, byHand }).map(({ voter, weight }) => [voter, weight]),
  )
}

describe('voting weights', () => {
  it('are equal, and said to be priors, until there is a record', () => {
    for (const { weight, source } of votingWeights(voters, 'risk', [], now, settings)) {
      expect(weight).toBeCloseTo(1, 9)
      expect(source).toBe('prior')
    }
  })

  it('grow with a good record in the domain more than with the same record elsewhere', () => {
    const here = weightsOf(record('bull', 'risk', 0.6, 20))
    const elsewhere = weightsOf(record('bull', 'trend', 0.6, 20))
    expect(here['bull']).toBeGreaterThan(elsewhere['bull'] ?? 0)
    expect(elsewhere['bull']).toBeGreaterThan(1)
    expect(here['bear']).toBeLessThan(1)
  })

  it('fade: after a half-life a vote counts half', () => {
    const { votes } = expertise(record('bull', 'risk', 1, 4, now - settings.halfLifeMs), 'bull', 'risk', now, settings)
    expect(votes).toBeCloseTo(2, 12)
    expect(expertise(record('bull', 'risk', 1, 4, now + 1), 'bull', 'risk', now, settings).votes).toBe(0)
  })

  it('set by hand are taken as they are', () => {
    const weights = weightsOf(record('bull', 'risk', 0.9, 50), { bull: 0.1, risk: 7 })
    expect(weights).toMatchObject({ bull: 0.1, risk: 7 })
    expect(weights['bear']).toBeCloseTo(1, 9)
  })

  it('stay within bounds whatever the record: nobody dominates, nobody is silenced', () => {
    const votes = fc.record({
      voter: fc.constantFrom(...voters),
      domain: fc.constantFrom('risk', 'trend'),
      at: fc.integer({ min: now - 1e11, max: now }),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(votes, { maxLength: 200 }), (past) => {
        const weights = Object.values(weightsOf(past))
        const whole = weights.reduce((sum, weight) => sum + weight, 0)
        expect(whole).toBeCloseTo(voters.length, 6)
        for (const weight of weights) {
          expect(weight).toBeGreaterThanOrEqual(settings.least)
          expect(weight / whole).toBeLessThanOrEqual(settings.mostShare + 1e-6)
        }
      }),
    )
    const genius = weightsOf(voters.flatMap((voter) => record(voter, 'risk', voter === 'bull' ? 1 : 0, 10_000)))
    expect(genius['bull']).toBeCloseTo(settings.mostShare * voters.length, 6)
  })
})
