import { describe, expect, it } from 'vitest'
import { tally } from '#engine/consensus/tally.ts'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Validation } from '#shared/domain/evidence.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { decide } from './decision.ts'
import { votingPolicy } from './voting-policy.ts'

const profile = shippedPlanning.profiles.balanced
const electorate = ['risk', ...voters]
const made = { id: 'dec_1', runId: 'run_1', at: 5, epoch: 2, price: decimal(100), market: null }
const good: Validation = {
  completeness: 1,
  quality: 1,
  freshness: 1,
  sources: 9,
  sufficient: true,
  missing: [],
  stale: [],
}
const proposal = { id: 'prop_1', action: 'buy' } as Proposal

/** Everybody votes to buy, quite sure, but for those who are named. */
function ballots(others: Readonly<Record<string, string | null>> = {}): Ballot[] {
  return electorate.flatMap((voter) => {
    const option = voter in others ? others[voter] : 'buy'
    if (option === null || option === undefined) return []
    return [
      {
        id: `bal_${voter}`,
        voter,
        proposalId: 'prop_1',
        at: 1,
        choice: option === 'abstain' ? { kind: 'abstain' } : { kind: 'option', option },
        confidence: 0.9,
        weight: 1,
        reasons: [],
        evidence: [],
      },
    ]
  })
}

const counted = (others?: Parameters<typeof ballots>[0], policy = goal.policy) =>
  tally(votingPolicy({ ...goal, policy }, profile, new Map()), ballots(others), 5)
const grounds = { objections: [], conflicts: [], rounds: 0, enters: true, aboveNotional: null, record: null }
const decided = (
  given: { others?: Parameters<typeof ballots>[0]; validation?: Validation | null; objections?: string[] } = {},
) => {
  const validation = given.validation === undefined ? good : given.validation
  return decide(made, proposal, counted(given.others), validation, profile, {
    ...grounds,
    objections: given.objections ?? [],
  })
}

describe('what is decided', () => {
  it('an agreed trade on a sufficient dossier may be carried out', () => {
    expect(decided()).toMatchObject({ status: 'agreed', action: 'buy', proposalId: 'prop_1', epoch: 2, price: '100' })
  })

  it('what is not agreed is no trade', () => {
    const most = Object.fromEntries(voters.slice(0, 6).map((voter) => [voter, 'hold']))
    expect(decided({ others: most }).status).toBe('noTrade')
  })

  it.each(['risk', 'privacy'])(
    'HO-3 the veto of %s stops it whatever the others want, and the trader is asked',
    (holder) => {
      const decision = decided({ others: { [holder]: 'hold' } })
      expect(decision).toMatchObject({ status: 'review', action: 'buy', rule: 'REVIEW_NEEDED' })
      expect(decision.reason).toMatch(/veto/i)
    },
  )

  it('a veto of what the others do not want either is no trade, and nobody is asked', () => {
    const hold = Object.fromEntries(electorate.slice(0, 5).map((voter) => [voter, 'hold']))
    expect(decided({ others: hold })).toMatchObject({ status: 'noTrade', action: 'hold', rule: 'VETO' })
  })

  it('HO-3 too few voters who would trade, or a tie with them, go to the trader', () => {
    const absent = Object.fromEntries(voters.slice(0, 7).map((voter) => [voter, null]))
    const few = decided({ others: absent })
    expect(few).toMatchObject({ status: 'review', action: 'buy' })
    const nobody = Object.fromEntries(electorate.map((voter) => [voter, null]))
    expect(decided({ others: nobody }).status).toBe('noTrade')
  })

  it('an order above the size that the trader wants to see goes to the trader, unless it only reduces (HO-8)', () => {
    const sized = { ...proposal, quantity: decimal(50) }
    const large = decide(made, sized, counted(), good, profile, { ...grounds, aboveNotional: decimal(4_999) })
    expect(large).toMatchObject({ status: 'review', reason: expect.stringContaining('worth 5000') })
    expect(decide(made, sized, counted(), good, profile, { ...grounds, aboveNotional: decimal(5_000) }).status).toBe(
      'agreed',
    )
    const sell = Object.fromEntries(electorate.map((voter) => [voter, 'sell']))
    const sale = { ...sized, action: 'sell' } as Proposal
    expect(
      decide(made, sale, counted(sell), good, profile, { ...grounds, enters: false, aboveNotional: decimal(1) }).status,
    ).toBe('agreed')
  })

  it('HO-3 a desk that was right much less often than it said asks the trader, once enough trades say so', () => {
    const judged = (record: { count: number; hits: number; stated: number }) =>
      decide(made, proposal, counted(), good, profile, { ...grounds, record })
    expect(judged({ count: 10, hits: 4, stated: 0.7 })).toMatchObject({
      status: 'review',
      reason: expect.stringContaining('4 of 10 earlier trades were right where 70 % were stated'),
    })
    expect(judged({ count: 10, hits: 5, stated: 0.7 }).status).toBe('agreed')
    expect(judged({ count: 9, hits: 0, stated: 0.9 }).status).toBe('agreed')
  })

  it('HO-8 what only brings risk down does not wait because the desk was too sure of itself', () => {
    const record = { count: 10, hits: 0, stated: 0.9 }
    const sell = Object.fromEntries(electorate.map((voter) => [voter, 'sell']))
    const sale = { ...proposal, action: 'sell' } as Proposal
    const judged = (enters: boolean) => decide(made, sale, counted(sell), good, profile, { ...grounds, enters, record })
    expect(judged(false)).toMatchObject({ status: 'agreed', action: 'sell' })
    expect(judged(true).reason).toContain('0 of 10 earlier trades were right')
  })

  it.each(['risk', 'privacy'])('without a ballot of %s it goes to the trader: silence is no consent', (holder) => {
    const decision = decided({ others: { [holder]: null } })
    expect(decision).toMatchObject({ status: 'review', rule: 'REVIEW_NEEDED' })
    expect(decision.reason).toContain('no chance of a veto')
  })

  it('HO-2 what the trader objects to is not carried out without the trader, and says why', () => {
    expect(decided({ objections: ['Earnings come out tonight.'] })).toMatchObject({
      status: 'review',
      reason: expect.stringContaining('The trader objects: Earnings come out tonight.'),
    })
  })

  it('HO-3 high disagreement goes to the trader and says by which rule', () => {
    const half = { analyst: 'sell', bull: 'sell', bear: 'sell', strategist: 'sell' }
    const decision = decide(made, proposal, counted(half, 'simple-majority'), good, profile, grounds)
    expect(decision.status).toBe('review')
    expect(decision.reason).toContain('Disagreement is')
  })

  it('an insufficient dossier goes to the trader and is never an order', () => {
    const validation = { ...good, sufficient: false, sources: 2, missing: [{ task: 'macro_factors', reason: 'down' }] }
    expect(decided({ validation })).toMatchObject({
      status: 'review',
      reason: expect.stringContaining('2 of 4 wanted sources answered; missing: macro factors.'),
    })
  })

  it('a dossier that nobody validated is not sufficient', () => {
    expect(decided({ validation: null })).toMatchObject({
      status: 'review',
      reason: expect.stringContaining('The dossier was not validated.'),
    })
  })

  it('a vote for what nobody proposed goes to the trader', () => {
    const all = Object.fromEntries(electorate.map((voter) => [voter, 'sell']))
    expect(decided({ others: all })).toMatchObject({
      status: 'review',
      action: 'sell',
      reason: expect.stringContaining('Nobody proposed to sell.'),
    })
  })

  it('without a proposal there is nothing to decide', () => {
    const hold = Object.fromEntries(electorate.map((voter) => [voter, 'hold']))
    expect(decide(made, undefined, counted(hold), good, profile, grounds)).toMatchObject({
      status: 'noTrade',
      proposalId: null,
    })
  })
})
