import { type Ballot, firstChoices, isAbstention, namedOptions } from '#shared/domain/ballot.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { NotCounted } from '#shared/domain/tally.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A ballot that counts: its weight within the electorate's, what it counts for, and the options that share it. */
export interface AdmittedBallot {
  readonly ballot: Ballot
  readonly weight: number
  readonly countsFor: number
  /** Empty for an abstention; more than one where a ranking has several in its first group. */
  readonly options: readonly string[]
}

/** The votes that count, one a voter, and the ballots that do not with the reason, both in order of voter and time. */
export interface Admission {
  readonly votes: readonly AdmittedBallot[]
  readonly notCounted: readonly NotCounted[]
}

/**
 * Sorts out which ballots count at the given moment (UTC epoch milliseconds): the last of each member of the electorate
 * that was cast in time, by the voter itself, for options on offer. A ballot weighs at most what the policy gives its voter, and
 * just that where weights are learned.
 * Throws BALLOTS_MIXED when the ballots are not all about one proposal.
 */
export function admitBallots(policy: ConsensusPolicy, ballots: readonly Ballot[], at: number): Admission {
  assertOneProposal(ballots)
  const mostWeight = new Map(policy.electorate.map(({ voter, weight }) => [voter, weight]))
  const options = new Set(policy.options)
  const last = new Map<string, AdmittedBallot>()
  const notCounted: NotCounted[] = []

  for (const ballot of inOrder(ballots)) {
    const own = mostWeight.get(ballot.voter) ?? 0
    const weight = policy.learned === undefined ? Math.min(ballot.weight, own) : own
    const refusal = weight === 0 ? notOfElectorate(ballot) : refuse(policy, options, ballot, at)
    if (refusal !== undefined) {
      notCounted.push(refusal)
      continue
    }
    const before = last.get(ballot.voter)
    if (before !== undefined) {
      notCounted.push(notCountedFor(before.ballot, 'SUPERSEDED', `${ballot.voter} voted again later; the last counts.`))
    }
    last.set(ballot.voter, {
      ballot,
      weight,
      countsFor: countsFor(policy.rule, weight, ballot.confidence),
      options: isAbstention(ballot.choice) ? [] : [...new Set(firstChoices(ballot.choice))].sort(),
    })
  }
  return { votes: [...last.values()], notCounted }
}

function countsFor({ kind }: ConsensusPolicy['rule'], weight: number, confidence: number): number {
  if (kind === 'weighted') return weight * conviction(confidence)
  return kind === 'pooled' ? weight : 1
}

/** A confidence below one in a billion is none: no trade hangs on what floats make of nothing. */
function conviction(confidence: number): number {
  return confidence < 1e-9 ? 0 : confidence
}

function refuse(
  policy: ConsensusPolicy,
  options: ReadonlySet<string>,
  ballot: Ballot,
  at: number,
): NotCounted | undefined {
  const { voter, castBy } = ballot
  if (castBy !== undefined && castBy !== voter) {
    return notCountedFor(ballot, 'CAST_BY_ANOTHER', `${castBy} cast it for ${voter}; everyone votes for themselves.`)
  }
  if (policy.deadline !== null && ballot.at > policy.deadline) {
    return notCountedFor(ballot, 'LATE', `It came ${ballot.at - policy.deadline} ms after the deadline.`)
  }
  if (ballot.at > at) return notCountedFor(ballot, 'AFTER_COUNT', 'It was cast after the moment of this count.')
  const unknown = namedOptions(ballot.choice).find((option) => !options.has(option))
  if (unknown !== undefined) return notCountedFor(ballot, 'UNKNOWN_OPTION', `"${unknown}" is not on offer.`)
  return undefined
}

function notOfElectorate(ballot: Ballot): NotCounted {
  return notCountedFor(ballot, 'NOT_IN_ELECTORATE', `${ballot.voter} has no vote on this.`)
}

function notCountedFor(ballot: Ballot, reason: NotCounted['reason'], sentence: string): NotCounted {
  return { ballotId: ballot.id, voter: ballot.voter, reason, sentence }
}

function assertOneProposal(ballots: readonly Ballot[]): void {
  const proposals = [...new Set(ballots.map(({ proposalId }) => proposalId))].sort()
  if (proposals.length > 1) {
    throw new ParleyError('BALLOTS_MIXED', `The ballots are about several proposals: ${proposals.join(', ')}.`, {
      details: { proposals },
      wayOut: 'Count the ballots of each proposal by themselves.',
    })
  }
}

/** By voter, then time, then id; two ballots alike in all of these are told apart by what they say. */
function inOrder(ballots: readonly Ballot[]): Ballot[] {
  return ballots
    .map((ballot) => ({ ballot, text: canonicalJson(ballot) }))
    .sort(
      (a, b) =>
        compareText(a.ballot.voter, b.ballot.voter) ||
        a.ballot.at - b.ballot.at ||
        compareText(a.ballot.id, b.ballot.id) ||
        compareText(a.text, b.text),
    )
    .map(({ ballot }) => ballot)
}

/** Orders text by UTF-16 code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
