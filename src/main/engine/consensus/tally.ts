import type { Ballot } from '#shared/domain/ballot.ts'
import { learnedWords } from '#shared/domain/combination.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { CountedBallot, Tally } from '#shared/domain/tally.ts'
import { type AdmittedBallot, admitBallots, compareText } from './admission.ts'
import { judge, optionShares, quorumOf, sharesUnder, vetoedBy } from './policy-verdict.ts'
import { voterPower } from './voter-power.ts'

/**
 * Counts the ballots on one proposal under the policy at a moment (UTC epoch milliseconds). The same ballots in any
 * order give the same tally, byte for byte. A tie, a missed quorum, a veto or an expired deadline gives the policy's
 * default option. Throws BALLOTS_MIXED when the ballots are about several proposals.
 */
export function tally(policy: ConsensusPolicy, ballots: readonly Ballot[], at: number): Tally {
  const { votes, notCounted } = admitBallots(policy, ballots, at)
  const passed = policy.deadline !== null && at > policy.deadline
  const sided = votes.filter(({ options }) => options.length > 0)
  const { status, outcome, rule } = judge(policy, votes, passed)
  const { learned } = policy

  const support = sided.filter(({ options }) => options.includes(outcome))
  const dissent = sided.filter(({ options }) => !options.includes(outcome))
  const shares = sharesUnder(policy, votes)
  const [first = 0, second = 0] = [...shares].sort((a, b) => b - a)
  const voters = new Set(votes.map(({ ballot }) => ballot.voter))
  return {
    at,
    status,
    outcome,
    rule: learned === undefined ? rule : { ...rule, sentence: `${learnedWords(learned)}: ${rule.sentence}` },
    complete: policy.deadline === null || passed || voters.size === policy.electorate.length,
    shares: policy.options.map((option, index) => {
      const behind = sided.filter(({ options }) => options.includes(option))
      return { option, share: shares[index] ?? 0, confidence: meanConfidence(behind), ballots: behind.length }
    }),
    agreement: 100 * (shares[policy.options.indexOf(outcome)] ?? 0),
    confidence: meanConfidence(support),
    margin: first - second,
    disagreement: disagreement(policy.options, sided),
    variance: variance(shares),
    entropy: entropy(shares),
    unanimous: new Set(sided.map(({ options }) => options.join('\n'))).size === 1 && sided[0]?.options.length === 1,
    dissent: heaviestFirst(dissent),
    support: heaviestFirst(support),
    abstained: votes.filter(({ options }) => options.length === 0).map(({ ballot }) => ballot.voter),
    absent: policy.electorate
      .map(({ voter }) => voter)
      .filter((voter) => !voters.has(voter))
      .sort(),
    vetoedBy: vetoedBy(policy, votes),
    conditions: support.flatMap(({ ballot: { voter, choice } }) => {
      return choice.kind === 'conditional' ? choice.conditions.map((condition) => ({ voter, condition })) : []
    }),
    hangsOnConditions: judge(policy, withoutConditional(votes), passed).outcome !== outcome,
    quorum: quorumOf(policy, votes),
    power: voterPower(policy, votes, passed),
    notCounted: [...notCounted],
    ...(learned !== undefined && { learned }),
  }
}

function meanConfidence(votes: readonly AdmittedBallot[]): number {
  let weights = 0
  let sum = 0
  for (const { weight, ballot } of votes) {
    weights += weight
    sum += weight * ballot.confidence
  }
  return weights > 0 ? sum / weights : 0
}

function disagreement(options: readonly string[], sided: readonly AdmittedBallot[]): number {
  if (options.length < 2) return 0
  const convictions = sided.map((vote) => ({ ...vote, countsFor: vote.weight * vote.ballot.confidence }))
  return variance(optionShares(options, convictions)) / (1 - 1 / options.length)
}

function variance(shares: readonly number[]): number {
  const whole = shares.reduce((sum, share) => sum + share, 0)
  return whole === 0 ? 0 : Math.max(0, 1 - shares.reduce((sum, share) => sum + share * share, 0))
}

function entropy(shares: readonly number[]): number {
  if (shares.length < 2) return 0
  const bits = shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0)
  return Math.min(1, bits / Math.log(shares.length))
}

function heaviestFirst(votes: readonly AdmittedBallot[]): CountedBallot[] {
  return [...votes]
    .sort((a, b) => b.countsFor - a.countsFor || b.weight - a.weight || compareText(a.ballot.voter, b.ballot.voter))
    .map(({ ballot, weight, countsFor }) => ({ ballot, weight, countsFor }))
}

function withoutConditional(votes: readonly AdmittedBallot[]): AdmittedBallot[] {
  return votes.map((vote) => (vote.ballot.choice.kind === 'conditional' ? { ...vote, options: [] } : vote))
}
