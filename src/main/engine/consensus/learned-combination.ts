import type { Combination, Learned } from '#shared/domain/combination.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import { hedge } from './hedge.ts'
import { fitCalibration } from './opinion-pool.ts'
import { defaultWeightSettings, withinBounds } from './voting-weights.ts'

/** Nobody's prior is multiplied by less or more than this, with 1 as the mean, nor has more than the share of all multipliers. */
const { least, most, mostShare } = defaultWeightSettings
const asStated = { slope: 1, intercept: 0 }

/**
 * What the record of scored votes makes of an electorate: by `hedge` each prior weight times the voter's weight by
 * multiplicative weights over the losses of its ballots, kept within bounds; by `opinion-pool` the prior weights, and each
 * voter's calibration. The record is in the order of scoring, and holds only what was known at the time. Who did not take
 * a side in a vote is taken for the mean of those who did. Without a record the weights are the priors.
 */
export function learnedFrom(
  record: readonly ScoredVote[],
  electorate: ConsensusPolicy['electorate'],
  combination: Exclude<Combination, 'fixed'>,
): Learned {
  const rounds = record.flatMap((vote) => {
    const losses = new Map(vote.ballots.map(({ voter, loss }) => [voter, loss]))
    const known = electorate.flatMap(({ voter }) => losses.get(voter) ?? [])
    if (known.length === 0) return []
    const mean = known.reduce((sum, loss) => sum + loss, 0) / known.length
    return [electorate.map(({ voter }) => losses.get(voter) ?? mean)]
  })
  const ballotsOf = (voter: string) =>
    record.flatMap(({ ballots, right }) => {
      return ballots
        .filter((ballot) => ballot.voter === voter)
        .map(({ isFor, confidence }) => ({ confidence, right: isFor === right }))
    })
  const multipliers = combination === 'hedge' ? multipliersFrom(rounds, electorate.length) : electorate.map(() => 1)
  const voters = electorate.map(({ voter, weight: prior }, index) => {
    const forecasts = ballotsOf(voter)
    return {
      voter,
      prior,
      weight: prior * (multipliers[index] ?? 1),
      calibration: combination === 'hedge' ? asStated : fitCalibration(forecasts),
      ballots: forecasts.length,
    }
  })
  return { combination, decisions: rounds.length, voters }
}

function multipliersFrom(rounds: readonly (readonly number[])[], voters: number): number[] {
  if (rounds.length === 0) return Array<number>(voters).fill(1)
  const { weights } = hedge(voters, rounds)
  return withinBounds(weights, Math.min(1, least), Math.max(1, Math.min(most, mostShare * voters)))
}

/** The policy with a learned combination in it: its weights, and pooling in the place of the weighted sum. */
export function withLearned(policy: ConsensusPolicy, learned: Learned): ConsensusPolicy {
  if (policy.rule.kind !== 'weighted') return policy
  const weights = new Map(learned.voters.map(({ voter, weight }) => [voter, weight]))
  const { threshold } = policy.rule
  return {
    ...policy,
    learned,
    electorate: policy.electorate.map(({ voter, weight }) => ({ voter, weight: weights.get(voter) ?? weight })),
    rule: { kind: learned.combination === 'hedge' ? 'weighted' : 'pooled', threshold },
  }
}
