import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Combination } from '#shared/domain/combination.ts'
import { type ConsensusPolicy, consensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { learnedFrom, withLearned } from './learned-combination.ts'
import { tally } from './tally.ts'

const names = ['analyst', 'bull', 'bear', 'risk', 'optimizer']
const electorate = names.map((voter, index) => ({ voter, weight: index === 3 ? 2 : 1 }))

/** One vote on a purchase: who was how sure of it (below a half: against it), and whether it came right. */
function vote(chances: Readonly<Record<string, number>>, right: boolean): ScoredVote {
  const ballots = Object.entries(chances).map(([voter, chance]) => ({
    voter,
    isFor: chance >= 0.5,
    confidence: Math.max(chance, 1 - chance),
    loss: (chance - (right ? 1 : 0)) ** 2,
  }))
  const prices = { price: decimal(100), priceAfter: decimal(right ? 101 : 99), dueAt: 0 }
  return { runId: 'run_1', decisionId: 'dec_1', instrument: 'BTC/USDT', action: 'buy', right, ballots, ...prices }
}
const anyVote = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), { minKeys: 1 }),
    fc.boolean(),
  )
  .map(([chances, right]) => vote(chances, right))
const learnedBy = (record: readonly ScoredVote[], combination: Exclude<Combination, 'fixed'> = 'hedge') =>
  learnedFrom({ record, instrument: 'BTC/USDT', now: 0 }, electorate, combination)
const weightOf = (record: readonly ScoredVote[], name: string) =>
  learnedBy(record).voters.find(({ voter }) => voter === name)?.weight ?? 0

describe('weights learned by Hedge', () => {
  it('are the priors without a record', () => {
    expect(learnedBy([]).voters.map(({ voter, weight }) => ({ voter, weight }))).toEqual(electorate)
    expect(learnedBy([])).toMatchObject({ combination: 'hedge', decisions: 0 })
  })

  it('go to who is right, and away from who is wrong', () => {
    const record = Array.from({ length: 12 }, (_, index) => {
      const right = index % 2 === 0
      const sure = right ? 0.8 : 0.2
      return vote({ analyst: sure, bear: 1 - sure, bull: 0.5 }, right)
    })
    expect(weightOf(record, 'analyst')).toBeGreaterThan(1)
    expect(weightOf(record, 'bear')).toBeLessThan(1)
    expect(learnedBy(record).decisions).toBe(12)
    expect(learnedBy(record).voters.find(({ voter }) => voter === 'optimizer')).toMatchObject({ ballots: 0 })
  })

  it('keep within bounds whatever the record: nobody dominates, nobody is silenced, and all of it stays', () => {
    fc.assert(
      fc.property(fc.array(anyVote, { maxLength: 80 }), (record) => {
        const { voters } = learnedBy(record)
        const whole = electorate.reduce((sum, { weight }) => sum + weight, 0)
        for (const { weight, prior } of voters) {
          expect(weight).toBeGreaterThanOrEqual(prior / 4 - 1e-9)
          expect(weight).toBeLessThanOrEqual(3 * prior + 1e-9)
          expect(weight).toBeLessThanOrEqual(Math.max(prior, 0.35 * whole) + 1e-9)
        }
        expect(voters.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(whole, 6)
      }),
    )
  })

  it('of a replayed history are the same, and nothing that comes later changes what stood before', () => {
    fc.assert(
      fc.property(fc.array(anyVote, { maxLength: 30 }), fc.array(anyVote, { maxLength: 5 }), (record, later) => {
        const before = learnedBy(record)
        expect(learnedBy(structuredClone(record))).toEqual(before)
        expect(learnedBy([...record, ...later].slice(0, record.length))).toEqual(before)
      }),
    )
  })

  it('of somebody who is kept as set by hand are not learned', () => {
    const record = Array.from({ length: 9 }, () => vote({ analyst: 0.9, bear: 0.1, bull: 0.4 }, true))
    const { voters } = learnedFrom({ record, instrument: 'BTC/USDT', now: 0 }, electorate, 'hedge', ['bear'])
    expect(voters.find(({ voter }) => voter === 'bear')).toMatchObject({ weight: 1, prior: 1, ballots: 0 })
    expect(voters.find(({ voter }) => voter === 'analyst')?.weight).toBeGreaterThan(1)
  })

  it('of one who abstains stay where they are among the others', () => {
    const record = [vote({ analyst: 0.9, bear: 0.3 }, true), vote({ analyst: 0.9, bear: 0.3 }, true)]
    expect(weightOf(record, 'optimizer')).toBeLessThan(weightOf(record, 'analyst'))
    expect(weightOf(record, 'optimizer')).toBeGreaterThan(weightOf(record, 'bear'))
  })
})

describe('weights by expertise', () => {
  const dayMs = 86_400_000
  const right = vote({ analyst: 0.9, bear: 0.1 }, true)
  const weightIn = (record: readonly ScoredVote[], instrument: string, now: number, name = 'analyst') =>
    learnedFrom({ record, instrument, now }, electorate, 'expertise').voters.find(({ voter }) => voter === name)
      ?.weight ?? 0

  it('are the priors without a record', () => {
    expect(learnedBy([], 'expertise').voters.map(({ voter, weight }) => ({ voter, weight }))).toEqual(electorate)
  })

  it('go to whose own votes came right, on the instrument before all, and fade', () => {
    const record = Array.from({ length: 10 }, () => right)
    const here = weightIn(record, 'BTC/USDT', 0)
    const elsewhere = weightIn(record, 'ETH/USDT', 0)
    expect(weightIn(record, 'BTC/USDT', 0, 'bear')).toBeLessThan(1)
    expect(here).toBeGreaterThan(elsewhere)
    expect(elsewhere).toBeGreaterThan(1)
    expect(weightIn(record, 'BTC/USDT', 365 * dayMs)).toBeLessThan(here)
    // Whoever had no say is neither better nor worse for it.
    const [bull, optimizer] = ['bull', 'optimizer'].map((name) => weightIn(record, 'BTC/USDT', 0, name))
    expect(bull).toBe(optimizer)
  })

  it('keep within bounds whatever the record: nobody dominates, nobody is silenced, and all of it stays', () => {
    fc.assert(
      fc.property(fc.array(anyVote, { maxLength: 80 }), (record) => {
        const { voters } = learnedBy(record, 'expertise')
        const whole = electorate.reduce((sum, { weight }) => sum + weight, 0)
        for (const { weight, prior } of voters) {
          expect(weight).toBeGreaterThanOrEqual(prior / 4 - 1e-9)
          expect(weight).toBeLessThanOrEqual(Math.max(prior, Math.min(3 * prior, 0.35 * whole)) + 1e-9)
        }
        expect(voters.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(whole, 6)
      }),
    )
  })
})

const policy: ConsensusPolicy = consensusPolicy('weighted', {
  options: ['buy', 'sell', 'hold'],
  defaultOption: 'hold',
  electorate,
  deadline: null,
  veto: { holders: ['risk'], options: ['hold'] },
})
const ballot = (voter: string, option: string, confidence: number): Ballot => ({
  id: `bal_${voter}`,
  voter,
  proposalId: 'prop_1',
  at: 1,
  choice: { kind: 'option', option },
  confidence,
  weight: 1,
  reasons: [],
  evidence: [],
})
/** The analyst was right twenty times, the bear and the bull as often wrong. */
const clearRecord = Array.from({ length: 20 }, () => vote({ analyst: 0.9, bear: 0.1, bull: 0.1, risk: 0.6 }, true))
const ballots = [
  ballot('analyst', 'buy', 0.8),
  ballot('risk', 'buy', 0.6),
  ballot('optimizer', 'buy', 0.55),
  ballot('bear', 'hold', 0.9),
  ballot('bull', 'hold', 0.9),
]

describe('a vote that is counted', () => {
  const counted = (combination: Exclude<Combination, 'fixed'>, record: readonly ScoredVote[], cast = ballots) =>
    tally(withLearned(policy, learnedBy(record, combination)), cast, 5)

  it('by Hedge weights says so, on how many decisions, and carries the weights', () => {
    const { rule, learned, support, outcome } = counted('hedge', clearRecord)
    expect(rule.sentence).toMatch(
      /^Hedge weights, from 20 scored decisions: Buy has \d+ % of the weight; the threshold is 60 %\.$/,
    )
    expect(learned).toEqual(learnedBy(clearRecord))
    expect(support.find(({ ballot }) => ballot.voter === 'analyst')?.weight).toBe(weightOf(clearRecord, 'analyst'))
    expect(outcome).toBe('buy')
    expect(counted('hedge', []).outcome).toBe('hold')
  })

  it('by Hedge without a record is counted as by its fixed weights, but for what it says', () => {
    const weighed = ballots.map((one) => ({ ...one, weight: one.voter === 'risk' ? 2 : 1 }))
    const { rule: learnedRule, learned: _learned, ...learned } = counted('hedge', [], weighed)
    const { rule, ...fixed } = tally(policy, weighed, 5)
    expect(learned).toEqual(fixed)
    expect(learnedRule).toEqual({ ...rule, sentence: `Hedge weights, no decision is scored yet: ${rule.sentence}` })
  })

  it('by a pool reads the confidence of who was too sure as less', () => {
    const fresh = counted('opinion-pool', [])
    expect(fresh.rule.sentence).toMatch(
      /^Pool of calibrated opinions, no decision is scored yet: .+ of the pooled probability/,
    )
    expect(fresh.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    const share = (one: typeof fresh) => one.shares.find(({ option }) => option === 'buy')?.share ?? 0
    expect(share(counted('opinion-pool', clearRecord))).toBeGreaterThan(share(fresh))
    expect(fresh.power).toBeNull()
  })

  it('keeps the veto, the quorum and the order of ballots out of it, whatever was learned', () => {
    const combination = fc.constantFrom('hedge' as const, 'opinion-pool' as const)
    fc.assert(
      fc.property(
        combination,
        fc.array(anyVote, { maxLength: 20 }),
        fc.shuffledSubarray(ballots, { minLength: 5 }),
        (how, record, cast) => {
          const before = counted(how, record)
          expect(counted(how, record, cast)).toEqual(before)
          const vetoed = ballots.map((one) => (one.voter === 'risk' ? ballot('risk', 'hold', 0.2) : one))
          const { outcome, vetoedBy } = counted(how, record, vetoed)
          expect([outcome, vetoedBy]).toEqual(['hold', ['risk']])
          expect(counted(how, record, ballots.slice(0, 2)).status).toBe('quorum-missed')
        },
      ),
    )
  })

  it('is no trade where the pool is level', () => {
    const even = [
      ballot('analyst', 'buy', 0.7),
      ballot('bear', 'hold', 0.7),
      ballot('bull', 'buy', 0.7),
      ballot('optimizer', 'hold', 0.7),
    ]
    expect(counted('opinion-pool', [], even)).toMatchObject({ status: 'tie', outcome: 'hold' })
  })
})
