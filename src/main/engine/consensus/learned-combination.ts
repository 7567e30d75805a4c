import type { Combination, Learned } from '#shared/domain/combination.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import { hedge } from './hedge.ts'
import { fitCalibration, type ScoredForecast } from './opinion-pool.ts'
import { defaultWeightSettings, scaledWithin, votingWeights } from './voting-weights.ts'

/** Nobody's prior is multiplied by less or more than this, nor has anybody more than the share of all weight, but by its prior. */
const { least, most, mostShare } = defaultWeightSettings
const asStated = { slope: 1, intercept: 0 }

/** What is learned from, for a vote on an instrument at a moment (UTC epoch milliseconds). */
export interface Experience {
  /** In the order of scoring; only what was known at the time. */
  readonly record: readonly ScoredVote[]
  readonly instrument: string
  readonly now: number
}

/**
 * What the record of scored votes makes of an electorate: by `expertise` each prior weight times the voter's weight by its
 * own record, that on the instrument counting most and the newest more than the old (see votingWeights); by `hedge` times its
 * weight by multiplicative weights over the losses of all ballots, who did not take a side being taken for the mean of those
 * who did; both kept within bounds and the same in sum; by `opinion-pool` the prior weights, and each voter's calibration.
 * Nothing is learned of those who are `kept` as they are. Without a record the weights are the priors.
 */
export function learnedFrom(
  { record, instrument, now }: Experience,
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
  const isWeighed = combination !== 'opinion-pool' && rounds.length > 0
  const factors = () =>
    combination === 'hedge'
      ? hedge(learners.length, rounds).weights
      : expertiseOf(learners, { record, instrument, now })
  const weights = isWeighed ? weighedBy(factors(), learners) : learners.map(({ weight }) => weight)
  const learned = new Map(learners.map(({ voter }, index) => [voter, weights[index]]))
  const voters = electorate.map(({ voter, weight: prior }) => {
    const isLearner = learned.has(voter)
    const forecasts = isLearner ? forecastsOf(voter, record) : []
    return {
      voter,
      prior,
      weight: learned.get(voter) ?? prior,
      calibration: combination !== 'opinion-pool' || !isLearner ? asStated : fitCalibration(forecasts),
      ballots: forecasts.length,
    }
  })
  return { combination, decisions: rounds.length, voters }
}

function forecastsOf(voter: string, record: readonly ScoredVote[]): ScoredForecast[] {
  return record.flatMap(({ ballots, right }) =>
    ballots
      .filter((ballot) => ballot.voter === voter)
      .map(({ isFor, confidence }) => ({ confidence, right: isFor === right })),
  )
}

function expertiseOf(learners: ConsensusPolicy['electorate'], { record, instrument, now }: Experience): number[] {
  const votes = record.flatMap(({ ballots, instrument: domain, dueAt: at }) =>
    ballots.map(({ voter, loss }) => ({ voter, domain, at, score: 1 - loss })),
  )
  const voters = learners.map(({ voter }) => voter)
  return votingWeights(voters, instrument, votes, now, defaultWeightSettings).map(({ weight }) => weight)
}

/** Priors times factors, kept within bounds and the same in sum. */
function weighedBy(factors: ArrayLike<number>, learners: ConsensusPolicy['electorate']): number[] {
  const whole = learners.reduce((sum, { weight }) => sum + weight, 0)
  const bounds = learners.map(({ weight }) => ({
    least: weight * least,
    most: Math.max(weight, Math.min(weight * most, mostShare * whole)),
  }))
  return scaledWithin(
    learners.map(({ weight }, index) => weight * (factors[index] ?? 0)),
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
    rule: { kind: learned.combination === 'opinion-pool' ? 'pooled' : 'weighted', threshold },
  }
}
