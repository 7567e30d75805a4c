import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Ballot, ballotSchema, type Choice } from '#shared/domain/ballot.ts'
import {
  type ConsensusPolicy,
  consensusPolicy,
  consensusPolicySchema,
  consensusPresets,
  isAnonymous,
} from '#shared/domain/consensus-policy.ts'
import { isAgreedAction, tallySchema } from '#shared/domain/tally.ts'
import { defaultReviewThresholds, needsReview } from './review-thresholds.ts'
import { tally } from './tally.ts'

const options = ['buy', 'sell', 'hold']
const voters = ['analyst', 'bear', 'bull', 'optimizer', 'risk']
const deadline = 1_000

function policyOf(preset: (typeof consensusPresets)[number], extra: Partial<ConsensusPolicy> = {}): ConsensusPolicy {
  const electorate = voters.map((voter) => ({ voter, weight: 10 }))
  return { ...consensusPolicy(preset, { options, defaultOption: 'hold', electorate, deadline }), ...extra }
}

const oneVoter: Partial<ConsensusPolicy> = {
  quorum: { measure: 'voters', atLeast: 1, abstentionsCount: true },
}

function ballot(voter: string, choice: string | Choice, extra: Partial<Ballot> = {}): Ballot {
  return ballotSchema.parse({
    id: `ballot_${voter}_${extra.at ?? 500}`,
    voter,
    proposalId: 'proposal_1',
    at: 500,
    choice: typeof choice === 'string' ? { kind: 'option', option: choice } : choice,
    confidence: 0.8,
    weight: 1,
    reasons: [],
    evidence: [],
    ...extra,
  })
}

function votes(text: string): Ballot[] {
  return text.split(' ').map((option, index) => {
    return ballot(voters[index] ?? '', option === '-' ? { kind: 'abstain' } : option)
  })
}

describe('the rules', () => {
  it('unanimity needs every vote; one dissenter is enough for no trade', () => {
    const policy = policyOf('unanimous')
    expect(tally(policy, votes('buy buy buy buy -'), 600)).toMatchObject({ status: 'agreed', outcome: 'buy' })
    const split = tally(policy, votes('buy buy buy buy sell'), 600)
    expect(split).toMatchObject({ status: 'no-agreement', outcome: 'hold', rule: { code: 'NOT_UNANIMOUS' } })
  })

  it('a simple majority is more than half of the heads, not of the weight', () => {
    const heavy = [...votes('buy buy sell sell'), ballot('risk', 'sell', { weight: 0.1, confidence: 0.1 })]
    expect(tally(policyOf('simple-majority'), heavy, 600)).toMatchObject({
      outcome: 'sell',
      rule: { code: 'SIMPLE_MAJORITY', sentence: 'Sell has 60 % of the votes; a simple majority is more than 50 %.' },
    })
    expect(tally(policyOf('simple-majority'), votes('buy buy sell hold -'), 600)).toMatchObject({
      outcome: 'hold',
      rule: { code: 'MAJORITY_MISSED' },
    })
  })

  it('a super-majority of two thirds is met by two of three', () => {
    expect(tally(policyOf('super-majority'), votes('buy buy sell - -'), 600).outcome).toBe('buy')
    expect(tally(policyOf('super-majority'), votes('buy buy buy sell sell'), 600).outcome).toBe('hold')
  })

  it('a weighted vote counts weight times confidence', () => {
    const ballots = [
      ballot('analyst', 'buy', { weight: 3, confidence: 0.9 }),
      ballot('bear', 'sell', { weight: 1, confidence: 0.9 }),
      ballot('bull', 'sell', { weight: 4, confidence: 0.1 }),
    ]
    const result = tally(policyOf('weighted'), ballots, 600)
    expect(result).toMatchObject({ status: 'agreed', outcome: 'buy' })
    expect(result.agreement).toBeCloseTo((100 * 2.7) / 4)
    expect(result.dissent.map(({ ballot }) => ballot.voter)).toEqual(['bear', 'bull'])
  })

  it('votes without confidence carry nothing, however few they are against', () => {
    const ballots = [ballot('analyst', 'buy', { confidence: 5e-324 }), ballot('bear', 'buy', { confidence: 0 })]
    expect(tally(policyOf('weighted', oneVoter), ballots, 600)).toMatchObject({
      status: 'no-agreement',
      outcome: 'hold',
      rule: { code: 'NO_VOTES' },
    })
  })

  it('nobody can give itself more weight than the electorate does', () => {
    const policy = policyOf('weighted', { electorate: voters.map((voter) => ({ voter, weight: 1 })) })
    const ballots = [...votes('buy buy buy'), ballot('risk', 'sell', { weight: 1_000 })]
    expect(tally(policy, ballots, 600).outcome).toBe('buy')
  })

  it('a tie is no trade', () => {
    for (const preset of ['simple-majority', 'super-majority', 'weighted', 'quorum'] as const) {
      expect(tally(policyOf(preset), votes('buy buy sell sell'), 600)).toMatchObject({
        status: 'tie',
        outcome: 'hold',
        margin: 0,
      })
    }
  })

  it('a missed quorum is no trade, and abstentions count for it as the policy says', () => {
    const ballots = votes('buy buy - -')
    const quorum = { measure: 'voters', atLeast: 4 } as const
    expect(
      tally(policyOf('simple-majority', { quorum: { ...quorum, abstentionsCount: false } }), ballots, 600),
    ).toMatchObject({ status: 'quorum-missed', outcome: 'hold', quorum: { required: 4, present: 2, met: false } })
    expect(
      tally(policyOf('simple-majority', { quorum: { ...quorum, abstentionsCount: true } }), ballots, 600),
    ).toMatchObject({ status: 'agreed', outcome: 'buy', agreement: 100, abstained: ['bull', 'optimizer'] })
  })

  it('a quorum can be a share of the weight', () => {
    const electorate = voters.map((voter) => ({ voter, weight: voter === 'risk' ? 6 : 1 }))
    const light = tally(policyOf('quorum', { electorate }), votes('buy buy buy buy'), 600)
    expect(light).toMatchObject({ status: 'quorum-missed', quorum: { present: 0.4 } })
    const heavy = [...votes('buy buy buy'), ballot('risk', 'buy', { weight: 6 })]
    expect(tally(policyOf('quorum', { electorate }), heavy, 600).status).toBe('agreed')
  })

  it('a veto stops what the others agree on, but not agreement on what it asks for', () => {
    const policy = policyOf('simple-majority', { veto: { holders: ['risk'], options: ['hold'] } })
    expect(tally(policy, votes('buy buy buy buy hold'), 600)).toMatchObject({
      status: 'vetoed',
      outcome: 'hold',
      vetoedBy: ['risk'],
      rule: { code: 'VETO', sentence: 'Risk used the veto.' },
    })
    expect(tally(policy, votes('hold hold hold buy hold'), 600).status).toBe('agreed')
    expect(tally(policy, votes('hold buy buy buy buy'), 600).outcome).toBe('buy')
  })

  it('where all abstain there is no agreement', () => {
    expect(tally(policyOf('simple-majority', oneVoter), votes('- - -'), 600)).toMatchObject({
      status: 'no-agreement',
      outcome: 'hold',
      rule: { code: 'NO_VOTES' },
    })
  })

  it('a deadline that passes without a ballot is expired, and no trade', () => {
    expect(tally(policyOf('simple-majority'), [], 1_001)).toMatchObject({ status: 'expired', outcome: 'hold' })
    expect(tally(policyOf('simple-majority'), votes('buy buy buy'), 1_001).outcome).toBe('buy')
    expect(tally(policyOf('simple-majority', oneVoter), [], 1_000)).toMatchObject({
      status: 'quorum-missed',
      complete: false,
    })
  })
})

describe('which ballots count', () => {
  it('the last ballot until the deadline counts, and the others are kept and named', () => {
    const ballots = [
      ballot('bull', 'buy', { at: 100 }),
      ballot('bull', 'sell', { at: 1_000 }),
      ballot('bull', 'buy', { at: 1_001 }),
      ballot('stranger', 'buy'),
      ballot('bear', 'buy', { castBy: 'bull' }),
      ballot('risk', 'moon'),
      ballot('analyst', 'buy', { at: 1_500 }),
    ]
    const policy = policyOf('simple-majority', oneVoter)
    const result = tally(policy, ballots, 1_400)
    expect(result.outcome).toBe('sell')
    expect(result.notCounted.map(({ voter, reason }) => `${voter} ${reason}`)).toEqual([
      'analyst LATE',
      'bear CAST_BY_ANOTHER',
      'bull SUPERSEDED',
      'bull LATE',
      'risk UNKNOWN_OPTION',
      'stranger NOT_IN_ELECTORATE',
    ])
    expect(result.absent).toEqual(['analyst', 'bear', 'optimizer', 'risk'])
    expect(tally(policy, ballots, 400)).toMatchObject({ outcome: 'buy', complete: false })
  })

  it('refuses ballots about several proposals', () => {
    const mixed = [ballot('bull', 'buy'), ballot('bear', 'buy', { proposalId: 'proposal_2' })]
    expect(() => tally(policyOf('unanimous'), mixed, 600)).toThrowError(
      expect.objectContaining({ code: 'BALLOTS_MIXED' }),
    )
  })

  it('a ranking stands behind its first group, in equal parts', () => {
    const ranking = ballot('bull', { kind: 'ranking', ranking: [['buy', 'hold'], ['sell']] })
    const shares = tally(policyOf('simple-majority'), [ranking, ballot('bear', 'buy')], 600).shares
    expect(shares.map(({ option, share }) => [option, share])).toEqual([
      ['buy', 0.75],
      ['sell', 0],
      ['hold', 0.25],
    ])
  })
})

describe('what the tally says', () => {
  it('names the conditions, and whether the outcome hangs on them', () => {
    const conditional = (voter: string) =>
      ballot(voter, { kind: 'conditional', option: 'buy', conditions: ['stop at 2 %'] })
    const hangs = tally(policyOf('simple-majority'), [conditional('risk'), ...votes('buy sell buy')], 600)
    expect(hangs).toMatchObject({ outcome: 'buy', hangsOnConditions: false })
    const firm = tally(policyOf('simple-majority'), [conditional('risk'), conditional('bull'), ...votes('sell')], 600)
    expect(firm).toMatchObject({ outcome: 'buy', hangsOnConditions: true })
    expect(firm.conditions).toContainEqual({ voter: 'risk', condition: 'stop at 2 %' })
  })

  it('measures disagreement: none when all agree, most when all options are level', () => {
    expect(tally(policyOf('unanimous'), votes('buy buy buy buy buy'), 600)).toMatchObject({
      disagreement: 0,
      entropy: 0,
      variance: 0,
      unanimous: true,
      margin: 1,
    })
    const level = tally(policyOf('simple-majority'), votes('buy sell hold - -'), 600)
    expect(level.disagreement).toBeCloseTo(1)
    expect(level.entropy).toBeCloseTo(1)
    expect(level.variance).toBeCloseTo(2 / 3)
  })

  it('says who could have changed it', () => {
    const power = tally(policyOf('simple-majority'), votes('buy buy buy sell hold'), 600).power
    expect(power?.map(({ decisive }) => decisive)).toEqual([true, true, true, false, false])
    expect(power?.every(({ banzhaf, shapleyShubik }) => close(banzhaf, 0.2) && close(shapleyShubik, 0.2))).toBe(true)
    const weights = [50, 49, 1]
    const electorate = weights.map((weight, index) => ({ voter: voters[index] ?? '', weight }))
    const shareholders = tally(
      policyOf('weighted', { electorate, rule: { kind: 'weighted', threshold: 0.51 } }),
      weights.map((weight, index) => ballot(voters[index] ?? '', 'buy', { weight, confidence: 1 })),
      600,
    )
    const [first] = shareholders.power ?? []
    expect(first?.banzhaf).toBeCloseTo(3 / 5, 12)
    expect(first?.shapleyShubik).toBeCloseTo(2 / 3, 12)
  })

  it('power is unavailable beyond 16 voters', () => {
    const many = Array.from({ length: 17 }, (_, index) => `voter ${index}`)
    const policy = policyOf('simple-majority', { electorate: many.map((voter) => ({ voter, weight: 1 })) })
    expect(
      tally(
        policy,
        many.map((voter) => ballot(voter, 'buy')),
        600,
      ).power,
    ).toBeNull()
  })

  it('HO-3 a veto, a missed quorum, disagreement, a tie or low confidence sends it to review, by name', () => {
    const reviewed = (policy: ConsensusPolicy, ballots: Ballot[]) =>
      needsReview(tally(policy, ballots, 600), defaultReviewThresholds).map(({ code }) => code)
    const veto = { holders: ['risk'], options: ['hold'] }
    expect(reviewed(policyOf('simple-majority'), votes('buy buy buy buy buy'))).toEqual([])
    expect(reviewed(policyOf('simple-majority', { veto }), votes('buy buy buy buy hold'))).toEqual(['VETO'])
    expect(reviewed(policyOf('simple-majority'), votes('buy buy'))).toEqual(['QUORUM_MISSED'])
    expect(reviewed(policyOf('simple-majority'), votes('buy buy sell sell'))).toEqual(['TIE', 'DISAGREEMENT'])
    expect(reviewed(policyOf('simple-majority'), votes('buy buy sell hold'))).toEqual(['DISAGREEMENT', 'ENTROPY'])
    const unsure = voters.map((voter) => ballot(voter, 'buy', { confidence: 0.2 }))
    expect(reviewed(policyOf('simple-majority'), unsure)).toEqual(['LOW_CONFIDENCE'])
    const near = [
      ballot('bull', 'buy', { weight: 1.05 }),
      ballot('bear', 'sell', { weight: 1 }),
      ballot('risk', 'buy', { weight: 0.01 }),
    ]
    expect(reviewed(policyOf('weighted'), near)).toContain('NEAR_TIE')
  })
})

it('a policy names no option or voter twice, and its default and veto options are on offer', () => {
  const good = policyOf('weighted')
  expect(consensusPolicySchema.safeParse(good).success).toBe(true)
  const bad: Partial<ConsensusPolicy>[] = [
    { options: ['buy', 'buy', 'hold'] },
    { defaultOption: 'wait' },
    { electorate: [...good.electorate, ...good.electorate] },
    { veto: { holders: ['risk'], options: ['veto'] } },
  ]
  for (const part of bad) expect(consensusPolicySchema.safeParse({ ...good, ...part }).success).toBe(false)
})

const choices: fc.Arbitrary<Choice> = fc.oneof(
  fc.constantFrom(...options).map((option): Choice => ({ kind: 'option', option })),
  fc.constantFrom(...options).map((option): Choice => ({ kind: 'conditional', option, conditions: ['if so'] })),
  fc.shuffledSubarray(options).map((order): Choice => ({ kind: 'ranking', ranking: order.map((option) => [option]) })),
  fc.constant<Choice>({ kind: 'abstain' }),
)
const manyBallots = fc.array(
  fc.record({
    voter: fc.constantFrom(...voters, 'stranger'),
    choice: choices,
    at: fc.integer({ min: 0, max: 1_100 }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    weight: fc.double({ min: 0.01, max: 20, noNaN: true }),
  }),
  { maxLength: 12 },
)
const cast = manyBallots.map((drafts) =>
  drafts.map(({ voter, choice, ...extra }, index) => ballot(voter, choice, { ...extra, id: `ballot_${index}` })),
)
const policies = fc
  .record({ preset: fc.constantFrom(...consensusPresets), vetoed: fc.boolean(), quorum: fc.boolean() })
  .map(({ preset, vetoed, quorum }): ConsensusPolicy => {
    const { quorum: usual, ...rest } = policyOf(preset)
    const veto = { holders: ['risk'], options: ['hold'] }
    return { ...rest, ...(quorum && usual ? { quorum: usual } : {}), ...(vetoed ? { veto } : {}) }
  })
const shuffledCast = cast.chain((ballots) =>
  fc.tuple(fc.constant(ballots), fc.shuffledSubarray(ballots, { minLength: ballots.length })),
)

function close(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9
}

describe('for all ballots and policies', () => {
  it('the order of the ballots does not matter, byte for byte', () => {
    fc.assert(
      fc.property(policies, shuffledCast, fc.integer({ min: 0, max: 1_200 }), (policy, [ballots, shuffled], at) => {
        expect(JSON.stringify(tally(policy, shuffled, at))).toBe(JSON.stringify(tally(policy, ballots, at)))
      }),
    )
  })

  it('a tally is what its schema says, and everything but agreement is the default option', () => {
    fc.assert(
      fc.property(policies, cast, (policy, ballots) => {
        const result = tally(policy, ballots, 1_200)
        expect(tallySchema.parse(result)).toEqual(result)
        if (result.status !== 'agreed') expect(result.outcome).toBe(policy.defaultOption)
        expect(isAgreedAction(result, 'hold')).toBe(result.outcome !== 'hold')
        const whole = result.shares.reduce((sum, { share }) => sum + share, 0)
        expect(close(whole, 1) || whole === 0).toBe(true)
        const counted = result.support.length + result.dissent.length + result.abstained.length
        expect(counted + result.notCounted.length).toBe(ballots.length)
      }),
    )
  })

  it('anonymity: exchanging two voters changes nothing where the policy promises it', () => {
    fc.assert(
      fc.property(policies.filter(isAnonymous), cast, (policy, ballots) => {
        const exchange = (voter: string) => (voter === 'bull' ? 'bear' : voter === 'bear' ? 'bull' : voter)
        const exchanged = ballots.map((item) => ({ ...item, voter: exchange(item.voter) }))
        const { status, outcome, agreement } = tally(policy, ballots, 1_200)
        expect(tally(policy, exchanged, 1_200)).toMatchObject({ status, outcome })
        expect(close(tally(policy, exchanged, 1_200).agreement, agreement)).toBe(true)
      }),
    )
  })

  it('neutrality: exchanging buy and sell on every ballot exchanges them in the outcome', () => {
    const swap = (option: string) => (option === 'buy' ? 'sell' : option === 'sell' ? 'buy' : option)
    const swapChoice = (choice: Choice): Choice => {
      if (choice.kind === 'ranking') return { ...choice, ranking: choice.ranking.map((group) => group.map(swap)) }
      return choice.kind === 'abstain' ? choice : { ...choice, option: swap(choice.option) }
    }
    fc.assert(
      fc.property(policies, cast, (policy, ballots) => {
        const swapped = ballots.map((item) => ({ ...item, choice: swapChoice(item.choice) }))
        const { status, outcome } = tally(policy, ballots, 1_200)
        expect(tally(policy, swapped, 1_200)).toMatchObject({ status, outcome: swap(outcome) })
      }),
    )
  })

  it('monotonicity: whoever comes over to the winner does not unseat it', () => {
    fc.assert(
      fc.property(policies, cast, fc.nat(), (policy, ballots, pick) => {
        const before = tally(policy, ballots, 1_200)
        fc.pre(before.status === 'agreed' && before.dissent.length > 0)
        const convert = before.dissent[pick % before.dissent.length]?.ballot
        const choice: Choice = { kind: 'option', option: before.outcome }
        const after = ballots.map((item) => (item.id === convert?.id ? { ...item, choice } : item))
        expect(tally(policy, after, 1_200)).toMatchObject({ status: 'agreed', outcome: before.outcome })
      }),
    )
  })

  it('a veto dominates: with it, nothing but the default option comes out', () => {
    fc.assert(
      fc.property(policies, cast, (policy, ballots) => {
        const veto = { holders: ['risk'], options: ['hold'] }
        const vetoed = [...ballots, ballot('risk', 'hold', { at: deadline, id: 'ballot_veto' })]
        fc.pre(!ballots.some(({ voter, at }) => voter === 'risk' && at === deadline))
        expect(tally({ ...policy, veto }, vetoed, 1_200).outcome).toBe('hold')
      }),
    )
  })

  it('only proportions of weight matter', () => {
    fc.assert(
      fc.property(policies, cast, fc.constantFrom(0.001, 0.3, 7, 1_000), (policy, ballots, scale) => {
        const electorate = policy.electorate.map((member) => ({ ...member, weight: member.weight * scale }))
        const scaled = ballots.map((item) => ({ ...item, weight: item.weight * scale }))
        const { status, outcome, agreement } = tally(policy, ballots, 1_200)
        const again = tally({ ...policy, electorate }, scaled, 1_200)
        expect(again).toMatchObject({ status, outcome })
        expect(Math.abs(again.agreement - agreement)).toBeLessThan(1e-6)
      }),
    )
  })
})
