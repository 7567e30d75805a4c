import type { ConsensusPolicy, ConsensusRule, Quorum } from '#shared/domain/consensus-policy.ts'
import type { FiredRule, Tally, TallyStatus } from '#shared/domain/tally.ts'
import { assertNever } from '#shared/lib/assert.ts'
import type { AdmittedBallot } from './admission.ts'
import { pooledShares } from './pooled-shares.ts'

/** What a policy makes of the votes, and the rule that decided. */
export interface Verdict {
  readonly status: TallyStatus
  readonly outcome: string
  readonly rule: FiredRule
}

/** Shares closer than this are equal: far above rounding, far below any vote. */
const shareTolerance = 1e-9

/** Each option's share under the policy, in its order; all are zero when nobody took a side. */
export function sharesUnder(policy: ConsensusPolicy, votes: readonly AdmittedBallot[]): number[] {
  return policy.rule.kind === 'pooled' ? pooledShares(policy, votes) : optionShares(policy.options, votes)
}

/** Each option's share of the votes in the policy's order; all are zero when nobody took a side. */
export function optionShares(options: readonly string[], votes: readonly AdmittedBallot[]): number[] {
  const sums = new Map(options.map((option) => [option, 0]))
  let total = 0
  for (const vote of votes) {
    if (vote.options.length === 0) continue
    total += vote.countsFor
    for (const option of vote.options) {
      sums.set(option, (sums.get(option) ?? 0) + vote.countsFor / vote.options.length)
    }
  }
  return options.map((option) => (total > 0 ? (sums.get(option) ?? 0) / total : 0))
}

/** How far a quorum is met: voters, or a share of the electorate or of its weight. Null when the policy has none. */
export function quorumOf(policy: ConsensusPolicy, votes: readonly AdmittedBallot[]): Tally['quorum'] {
  const { quorum, electorate } = policy
  if (quorum === undefined) return null
  const present = new Set(
    votes.filter(({ options }) => quorum.abstentionsCount || options.length > 0).map(({ ballot }) => ballot.voter),
  )
  const amount = presence(quorum.measure, present, electorate)
  return {
    measure: quorum.measure,
    required: quorum.atLeast,
    present: amount,
    met: amount >= quorum.atLeast - shareTolerance,
  }
}

function presence(
  measure: Quorum['measure'],
  present: ReadonlySet<string>,
  electorate: ConsensusPolicy['electorate'],
): number {
  switch (measure) {
    case 'voters':
      return present.size
    case 'electorate':
      return present.size / electorate.length
    case 'weight': {
      const whole = electorate.reduce((sum, { weight }) => sum + weight, 0)
      return electorate.reduce((sum, { voter, weight }) => (present.has(voter) ? sum + weight : sum), 0) / whole
    }
    default:
      return assertNever(measure)
  }
}

/** The veto holders whose ballots are for an option that the policy names as a veto. */
export function vetoedBy(policy: ConsensusPolicy, votes: readonly AdmittedBallot[]): string[] {
  const { veto } = policy
  if (veto === undefined) return []
  return votes
    .filter(({ ballot, options }) => {
      return veto.holders.includes(ballot.voter) && options.some((option) => veto.options.includes(option))
    })
    .map(({ ballot }) => ballot.voter)
}

/**
 * Applies the policy to the votes. A veto stops whatever the votes would come to, except agreement on the default option
 * or on what the veto itself asks for; then come the quorum and the rule. `passed` says that the deadline is over.
 */
export function judge(policy: ConsensusPolicy, votes: readonly AdmittedBallot[], passed: boolean): Verdict {
  const byVotes = judgeByVotes(policy, votes, passed)
  const vetoes = vetoedBy(policy, votes)
  if (vetoes.length === 0) return byVotes
  const wanted = [policy.defaultOption, ...(policy.veto?.options ?? [])]
  if (byVotes.status === 'agreed' && wanted.includes(byVotes.outcome)) return byVotes
  return noTrade(policy, 'vetoed', 'VETO', `${vetoes.join(' and ')} used the veto.`)
}

function judgeByVotes(policy: ConsensusPolicy, votes: readonly AdmittedBallot[], passed: boolean): Verdict {
  if (votes.length === 0 && passed) {
    return noTrade(policy, 'expired', 'DEADLINE_PASSED', 'The deadline passed without a ballot that counts.')
  }
  const quorum = quorumOf(policy, votes)
  if (quorum !== null && !quorum.met) {
    return noTrade(policy, 'quorum-missed', 'QUORUM_MISSED', quorumSentence(quorum))
  }
  const shares = sharesUnder(policy, votes)
  const first = Math.max(...shares)
  if (first === 0) return noTrade(policy, 'no-agreement', 'NO_VOTES', 'Nobody took a side with any confidence.')
  const leaders = policy.options.filter((_, index) => (shares[index] ?? 0) >= first - shareTolerance)
  const leader = leaders[0] ?? policy.defaultOption
  if (leaders.length > 1 && policy.rule.kind !== 'unanimous') {
    const names = [...leaders].sort().join(' and ')
    return noTrade(policy, 'tie', 'TIE', `${names} are level at ${percent(first)} each; a tie is no trade.`)
  }
  return judgeLeader(policy, leader, first)
}

function judgeLeader(policy: ConsensusPolicy, leader: string, share: number): Verdict {
  const wins = meets(policy.rule, share)
  const has = `${leader} has ${percent(share)} of the ${measures[policy.rule.kind]}`
  const agreed = (code: FiredRule['code'], needs: string): Verdict => {
    return { status: 'agreed', outcome: leader, rule: { code, sentence: capital(`${has}; ${needs}.`) } }
  }
  const missed = (code: FiredRule['code'], needs: string) => {
    return noTrade(policy, 'no-agreement', code, `${has}; ${needs}.`)
  }
  switch (policy.rule.kind) {
    case 'unanimous':
      return wins ? agreed('UNANIMOUS', 'everyone agrees') : missed('NOT_UNANIMOUS', 'unanimity needs all of them')
    case 'simple-majority': {
      const needs = 'a simple majority is more than 50 %'
      return wins ? agreed('SIMPLE_MAJORITY', needs) : missed('MAJORITY_MISSED', needs)
    }
    case 'super-majority': {
      const needs = `a super-majority needs ${percent(policy.rule.threshold)}`
      return wins ? agreed('SUPER_MAJORITY', needs) : missed('MAJORITY_MISSED', needs)
    }
    case 'weighted': {
      const needs = `the threshold is ${percent(policy.rule.threshold)}`
      return wins ? agreed('WEIGHTED_THRESHOLD', needs) : missed('THRESHOLD_MISSED', needs)
    }
    case 'pooled': {
      const needs = `the threshold is ${percent(policy.rule.threshold)}`
      return wins ? agreed('POOLED_THRESHOLD', needs) : missed('THRESHOLD_MISSED', needs)
    }
    default:
      return assertNever(policy.rule)
  }
}

/** What a share is a share of, by rule. */
const measures: Readonly<Record<ConsensusRule['kind'], string>> = {
  unanimous: 'votes',
  'simple-majority': 'votes',
  'super-majority': 'votes',
  weighted: 'weight',
  pooled: 'pooled probability',
}

/** True when a share of the votes (0 to 1) is enough under the rule. */
export function meets(rule: ConsensusRule, share: number): boolean {
  switch (rule.kind) {
    case 'unanimous':
      return share >= 1 - shareTolerance
    case 'simple-majority':
      return share > 0.5 + shareTolerance
    case 'super-majority':
    case 'weighted':
    case 'pooled':
      return share >= rule.threshold - shareTolerance
    default:
      return assertNever(rule)
  }
}

function noTrade(policy: ConsensusPolicy, status: TallyStatus, code: FiredRule['code'], sentence: string): Verdict {
  return { status, outcome: policy.defaultOption, rule: { code, sentence: capital(sentence) } }
}

/** Options and voters are named in small letters; a sentence that one of them begins is a sentence all the same. */
function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

function quorumSentence({ measure, required, present }: NonNullable<Tally['quorum']>): string {
  switch (measure) {
    case 'voters':
      return `${present} took part; the quorum is ${required}.`
    case 'electorate':
      return `${percent(present)} of the electorate took part; the quorum is ${percent(required)}.`
    case 'weight':
      return `${percent(present)} of the electorate's weight took part; the quorum is ${percent(required)}.`
    default:
      return assertNever(measure)
  }
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
