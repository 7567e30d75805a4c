import { describe, expect, it } from 'vitest'
import { tally } from '#engine/consensus/tally.ts'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Validation } from '#shared/domain/evidence.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { type ReviewGrounds, reviewRules } from './review-grounds.ts'
import { votingPolicy } from './voting-policy.ts'

const profile = shippedPlanning.profiles.balanced
const electorate = ['risk', ...voters]
const proposal = { id: 'prop_1', action: 'buy', quantity: decimal(50) } as Proposal
const sufficient: Validation = {
  completeness: 1,
  quality: 1,
  freshness: 1,
  sources: 9,
  sufficient: true,
  missing: [],
  stale: [],
}
const noGrounds: ReviewGrounds = {
  objections: [],
  conflicts: [],
  rounds: 0,
  enters: true,
  aboveNotional: null,
  record: null,
}

type Votes = Readonly<Record<string, string>>

/** The codes of the rules that apply where all vote to buy but those that are named; who votes for nothing is silent. */
function codesOf(others: Votes, about: Partial<ReviewGrounds> = {}, validation: Validation | null = sufficient) {
  const ballots = electorate.flatMap((voter): Ballot[] => {
    const option = others[voter] ?? 'buy'
    if (option === 'silent') return []
    const choice = { kind: 'option', option } as const
    const made = { proposalId: 'prop_1', at: 1, confidence: 0.9, weight: 1, reasons: [], evidence: [] }
    return [{ id: `bal_${voter}`, voter, choice, ...made }]
  })
  const counted = tally(votingPolicy({ ...goal, policy: 'simple-majority' }, profile, new Map()), ballots, 5)
  const rules = reviewRules(proposal, counted, validation, profile, decimal(100), { ...noGrounds, ...about })
  return rules.map(({ code }) => code)
}

const allVote = (option: string): Votes => Object.fromEntries(electorate.map((voter) => [voter, option]))

describe('HO-3 what sends the result of a vote to the trader', () => {
  it('nothing, where all agree on a sufficient dossier', () => {
    expect(codesOf({})).toEqual([])
  })

  it('nothing, where nobody would trade, whatever else there is to say', () => {
    const about = { objections: ['No.'], conflicts: ['They are at odds.'] }
    expect(codesOf(allVote('hold'), about, null)).toEqual([])
  })

  it('a veto against what the others want', () => {
    expect(codesOf({ risk: 'hold' })).toEqual(['VETO'])
  })

  it('a dossier that is thin, or that nobody validated', () => {
    expect(codesOf({}, {}, { ...sufficient, sufficient: false })).toEqual(['DOSSIER_INSUFFICIENT'])
    expect(codesOf({}, {}, null)).toEqual(['DOSSIER_INSUFFICIENT'])
  })

  it('a vote for what nobody proposed', () => {
    expect(codesOf(allVote('sell'))).toEqual(['NOT_PROPOSED'])
  })

  it('a record of being too sure, of ten trades at least, for what opens a position (HO-8)', () => {
    const record = { count: 10, hits: 4, stated: 0.7 }
    expect(codesOf({}, { record })).toEqual(['LOW_CALIBRATION'])
    expect(codesOf({}, { record: { ...record, count: 9 } })).toEqual([])
    expect(codesOf({}, { record: { ...record, hits: 5 } })).toEqual([])
    expect(codesOf({}, { record, enters: false })).toEqual([])
  })

  it('each objection, each conflict that is open, and a silent holder of a veto', () => {
    expect(codesOf({ privacy: 'silent' }, { objections: ['One.', 'Two.'], conflicts: ['They differ.'] })).toEqual([
      'OBJECTION',
      'OBJECTION',
      'CONFLICT',
      'VETO_HOLDER_SILENT',
    ])
  })

  it('a size above what the trader wants to see, not at it, and only where it opens a position (HO-8)', () => {
    expect(codesOf({}, { aboveNotional: decimal(4_999) })).toEqual(['LARGE_ORDER'])
    expect(codesOf({}, { aboveNotional: decimal(5_000) })).toEqual([])
    expect(codesOf({}, { aboveNotional: decimal(4_999), enters: false })).toEqual([])
  })

  it('revisions that brought no agreement, where the trade leads all the same', () => {
    const others = Object.fromEntries(voters.slice(0, 5).map((voter, index) => [voter, index < 4 ? 'hold' : 'sell']))
    expect(codesOf(others, { rounds: 0 })).not.toContain('NO_AGREEMENT')
    const lost = Object.fromEntries(voters.slice(0, 6).map((voter) => [voter, 'hold']))
    expect(codesOf(lost, { rounds: 2 })).toEqual([])
  })
})
