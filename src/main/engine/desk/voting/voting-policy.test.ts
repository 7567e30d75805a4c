import { describe, expect, it } from 'vitest'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import { consensusPresets } from '#shared/domain/consensus-policy.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { votingPolicy } from './voting-policy.ts'

const profile = shippedPlanning.profiles.balanced
const electorate = ['risk', ...voters]

describe('how the desk votes', () => {
  it.each(consensusPresets)('%s: every seat has one vote, the risk manager and the privacy guard a veto', (policy) => {
    const policyOf = votingPolicy({ ...goal, policy }, profile, new Map())
    expect(policyOf.electorate.map(({ voter }) => voter)).toEqual(electorate)
    expect(new Set(policyOf.electorate.map(({ weight }) => weight))).toEqual(new Set([1]))
    expect(policyOf.veto).toEqual({ holders: ['risk', 'privacy'], options: ['hold'] })
    expect(policyOf.defaultOption).toBe('hold')
  })

  it('a weighted vote needs the share that the profile wants', () => {
    const { conservative } = shippedPlanning.profiles
    expect(votingPolicy(goal, conservative, new Map()).rule).toEqual({
      kind: 'weighted',
      threshold: conservative.threshold,
    })
  })

  it('weighs seats by expertise once votes of theirs are scored; a plan says itself how it weighs them', () => {
    const prices = { price: decimal(100), priceAfter: decimal(101), dueAt: 0 }
    const ballots = [
      { voter: 'bull', isFor: true, confidence: 0.9, loss: 0.01 },
      { voter: 'bear', isFor: false, confidence: 0.9, loss: 0.81 },
    ]
    const about = {
      runId: 'run_1',
      decisionId: 'dec_1',
      instrument: goal.instrument,
      action: 'buy' as const,
      right: true,
    }
    const experience = () => ({ record: Array.from({ length: 8 }, () => ({ ...about, ...prices, ballots })), now: 0 })
    const made = votingPolicy(goal, profile, new Map(), experience)
    const weightOf = (name: string) => made.electorate.find(({ voter }) => voter === name)?.weight ?? 0
    expect(weightOf('bull')).toBeGreaterThan(1)
    expect(weightOf('bear')).toBeLessThan(1)
    expect(made.learned).toMatchObject({ combination: 'expertise', decisions: 8 })
    expect(votingPolicy({ ...goal, policy: 'simple-majority' }, profile, new Map(), experience).learned).toBeUndefined()
  })
})
