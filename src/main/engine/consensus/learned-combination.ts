import type { Combination, Learned } from '#shared/domain/combination.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import { hedge } from './hedge.ts'
import { type Forecast, fitCalibration } from './opinion-pool.ts'
import { defaultWeightSettings, scaledWithin } from './voting-weights.ts'

/** Nobody's prior is multiplied by less or more than this, nor has anybody more than the share of all weight, but by its prior. */
const { least, most, mostShare } = defaultWeightSettings
const asStated = { slope: 1, intercept: 0 }

/**
 * What the record of scored votes makes of an electorate: by `hedge` each prior weight times the voter's weight by
 * multiplicative weights over the losses of its ballots, kept within bounds and the same in sum; by `opinion-pool` the prior
 * weights, and each voter's calibration. The record is in the order of scoring, and holds only what was known at the time.
 * Who did not take a side in a vote is taken for the mean of those who did. Nothing is learned of those who are `kept` as
 * they are. Without a record the weights are the priors.
 */
export function learnedFrom(
  record: readonly ScoredVote[],
  electorate: ConsensusPolicy['electorate'],
  combination: Exclude<Combination, 'fixed'>,
  kept: readonly string[] = [],
): Learned {
  const learners = electorate.filter(({ voter }) => !kept.includes(voter))
  const rounds = record.flatMap((vote) => {
    const losses = new Map(vote.ballots.map(({ voter, loss }) => [voter, loss]))
    const known = learners.flatMap(({ voter }) => losses.get(voter) ?? [])
    if (known.length === 0) return []
    const mean = known.reduce((sum, loss) => sum + loss, 0) / known.length
    return [learners.map(({ voter }) => losses.get(voter) ?? mean)]
  })
  const isWeighed = combination === 'hedge' && rounds.length > 0
  const weights = isWeighed ? weighedBy(rounds, learners) : learners.map(({ weight }) => weight)
  const learned = new Map(learners.map(({ voter }, index) => [voter, weights[index]]))
  const voters = electorate.map(({ voter, weight: prior }) => {
    const isLearner = learned.has(voter)
    const forecasts = isLearner ? forecastsOf(voter, record) : []
    return {
      voter,
      prior,
      weight: learned.get(voter) ?? prior,
      calibration: combination === 'hedge' || !isLearner ? asStated : fitCalibration(forecasts),
      ballots: forecasts.length,
    }
  })
  return { combination, decisions: rounds.length, voters }
}

function forecastsOf(voter: string, record: readonly ScoredVote[]): Forecast[] {
  return record.flatMap(({ ballots, right }) =>
    ballots
      .filter((ballot) => ballot.voter === voter)
      .map(({ isFor, confidence }) => ({ confidence, right: isFor === right })),
  )
}

function weighedBy(rounds: readonly (readonly number[])[], learners: ConsensusPolicy['electorate']): number[] {
  const { weights } = hedge(learners.length, rounds)
  const whole = learners.reduce((sum, { weight }) => sum + weight, 0)
  const bounds = learners.map(({ weight }) => ({
    least: weight * least,
    most: Math.max(weight, Math.min(weight * most, mostShare * whole)),
  }))
  return scaledWithin(
    learners.map(({ weight }, index) => weight * (weights[index] ?? 0)),
    bounds,
    whole,
  )
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
