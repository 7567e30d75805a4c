import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { AdmittedBallot } from './admission.ts'
import { calibrated, logOpinionPool, type Opinion, opinionOf } from './opinion-pool.ts'

/**
 * How probable the voters together hold each option, in the policy's order: the logarithmic pool of what each says of the options
 * that are on the table (those that somebody votes for, and the default), by weight. All are zero when nobody takes a side.
 */
export function pooledShares(policy: ConsensusPolicy, votes: readonly AdmittedBallot[]): number[] {
  const sided = votes.filter(({ options, weight }) => options.length > 0 && weight > 0)
  if (sided.length === 0) return policy.options.map(() => 0)
  const named = new Set([policy.defaultOption, ...sided.flatMap(({ options }) => options)])
  const table = policy.options.filter((option) => named.has(option))
  const calibrations = new Map(policy.learned?.voters.map(({ voter, calibration }) => [voter, calibration]))
  const opinions = sided.map(({ ballot, options, weight }): Opinion => {
    const calibration = calibrations.get(ballot.voter) ?? { slope: 1, intercept: 0 }
    const sure = calibrated(ballot.confidence, calibration)
    const each = options.map((option) => opinionOf(table, option, sure))
    const probabilities = table.map((_, index) => mean(each.map((chances) => chances[index] ?? 0)))
    return { probabilities, weight }
  })
  const pooled = logOpinionPool(opinions)
  return policy.options.map((option) => pooled[table.indexOf(option)] ?? 0)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
