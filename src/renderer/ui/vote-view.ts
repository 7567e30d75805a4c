import type { Ballot } from '#shared/domain/ballot.ts'
import type { Learned } from '#shared/domain/combination.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { formatNumber } from './format.ts'

/** The share an option needs under a policy; null for unanimity, where no single bar says it. */
export function thresholdOf({ rule }: Pick<ConsensusPolicy, 'rule'>): number | null {
  switch (rule.kind) {
    case 'unanimous':
      return null
    case 'simple-majority':
      return 0.5
    case 'super-majority':
    case 'weighted':
    case 'pooled':
      return rule.threshold
  }
}

/** The quorum in words: "4 of 3 voters needed", or shares as per cent. */
export function quorumWords(quorum: NonNullable<Tally['quorum']>): string {
  const { measure, required, present, met } = quorum
  const number = (value: number) => (measure === 'voters' ? String(value) : `${Math.round(value * 100)} %`)
  const of = measure === 'voters' ? 'voters' : measure === 'electorate' ? 'of the voters' : 'of the weight'
  return `quorum ${met ? 'met' : 'missed'}: ${number(present)} ${of}, ${number(required)} needed`
}

/** The confidence of a ballot in its side: "confidence 0.71"; empty for one that takes none. */
export function sureWords({ choice, confidence }: Ballot): string {
  return choice.kind === 'abstain' ? '' : `confidence ${formatNumber(confidence, { places: 2 })}`
}

/** The ballots that count, in the order to be read: against the outcome first, then behind it, then those without a side. */
export function ballotsInOrder(ballots: readonly Ballot[], tally: Tally | null): Ballot[] {
  if (tally === null) return [...ballots].sort((a, b) => a.at - b.at)
  const sided = [...tally.dissent, ...tally.support].map(({ ballot }) => ballot)
  const known = new Set(sided.map(({ id }) => id))
  const uncounted = new Set(tally.notCounted.map(({ ballotId }) => ballotId))
  return [...sided, ...ballots.filter(({ id }) => !known.has(id) && !uncounted.has(id))]
}

/** What was learned of each voter, the heaviest first: "Risk manager 1.4 (initially 2)"; a pool says how confidence is adjusted. */
export function learnedLine({ combination, voters }: Learned, titleOf: (voter: string) => string): string {
  const number = (value: number) => String(Math.round(value * 100) / 100)
  const each = voters
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ voter, weight, prior, calibration, ballots }) => {
      if (combination !== 'opinion-pool') return `${titleOf(voter)} ${number(weight)} (initially ${number(prior)})`
      return `${titleOf(voter)} ${ballots === 0 ? 'as stated' : `× ${number(calibration.slope)} from ${ballots} ballots`}`
    })
  return `${combination === 'opinion-pool' ? 'Confidence adjusted' : 'Learned weights'}: ${each.join(', ')}.`
}
