/** How well one of a voter's votes in a domain turned out: 1 is right and sure, 0 is wrong and sure (1 less Brier score). */
export interface VotingRecord {
  readonly voter: string
  readonly domain: string
  /** UTC epoch milliseconds. */
  readonly at: number
  readonly score: number
}

/** How a record becomes weight. The mean weight is 1. */
export interface WeightSettings {
  /** The score expected of a voter without a record, above 0 and below 1. */
  readonly priorScore: number
  /** How many votes that expectation is worth. */
  readonly priorVotes: number
  /** After this many milliseconds a vote counts half. */
  readonly halfLifeMs: number
  /** What a vote in another domain tells about this one, from 0 (nothing) to 1 (as much as one here). */
  readonly elsewhere: number
  /** Nobody weighs less than this, with 1 as the mean. */
  readonly least: number
  /** Nobody weighs more than this, with 1 as the mean. */
  readonly most: number
  /** Nobody has more than this share of all weight, as far as the number of voters allows it. */
  readonly mostShare: number
  /** Weights that the trader has set by hand, by voter: taken as they are. */
  readonly byHand: Readonly<Record<string, number>>
}

const dayMs = 86_400_000

export const defaultWeightSettings: WeightSettings = {
  priorScore: 0.5,
  priorVotes: 20,
  halfLifeMs: 90 * dayMs,
  elsewhere: 0.5,
  least: 0.25,
  most: 3,
  mostShare: 0.35,
  byHand: {},
}

/** What a voter is expected to score, and how many votes of today's worth stand behind it, without the prior's. */
export interface Expertise {
  readonly score: number
  readonly votes: number
}

/** A voter's weight in a domain, and where it comes from. */
export interface VotingWeight extends Expertise {
  readonly voter: string
  readonly weight: number
  readonly source: 'by-hand' | 'record' | 'prior'
}

/**
 * What a voter is expected to score in a domain at a moment (UTC epoch milliseconds): its record there, starting from its
 * record in other domains, starting from the prior (a Beta posterior at each level). Old votes fade by half-lives; votes
 * from after the moment do not count.
 */
export function expertise(
  record: readonly VotingRecord[],
  voter: string,
  domain: string,
  at: number,
  settings: WeightSettings,
): Expertise {
  const elsewhere = { votes: 0, sum: 0 }
  const here = { votes: 0, sum: 0 }
  for (const vote of record) {
    if (vote.voter !== voter || vote.at > at) continue
    const fresh = 0.5 ** ((at - vote.at) / settings.halfLifeMs)
    const [level, worth] = vote.domain === domain ? [here, fresh] : [elsewhere, fresh * settings.elsewhere]
    level.votes += worth
    level.sum += worth * vote.score
  }
  const { priorScore, priorVotes } = settings
  const general = (priorScore * priorVotes + elsewhere.sum) / (priorVotes + elsewhere.votes)
  const score = (general * priorVotes + here.sum) / (priorVotes + here.votes)
  return { score, votes: here.votes + elsewhere.votes }
}

/**
 * The weights of the voters in a domain at a moment, in the order given: the odds of their expected scores, scaled to a mean
 * of 1 and kept within bounds, so that nobody dominates and nobody is silenced; those set by hand are as they were set.
 */
export function votingWeights(
  voters: readonly string[],
  domain: string,
  record: readonly VotingRecord[],
  at: number,
  settings: WeightSettings,
): VotingWeight[] {
  const known = voters.map((voter) => ({ voter, ...expertise(record, voter, domain, at, settings) }))
  const learned = known.filter(({ voter }) => settings.byHand[voter] === undefined)
  const count = learned.length
  const most = Math.max(1, Math.min(settings.most, settings.mostShare * count))
  const odds = learned.map(({ score }) => score / Math.max(1 - score, 1e-6))
  const bounded = withinBounds(odds, Math.min(1, settings.least), most)
  const weights = new Map(learned.map(({ voter }, index) => [voter, bounded[index] ?? 1]))
  return known.map((expertise) => {
    const byHand = settings.byHand[expertise.voter]
    if (byHand !== undefined) return { ...expertise, weight: byHand, source: 'by-hand' }
    const weight = weights.get(expertise.voter) ?? 1
    return { ...expertise, weight, source: expertise.votes > 0 ? 'record' : 'prior' }
  })
}

/** Scales the values to a mean of 1, none below least or above most (least ≤ 1 ≤ most), keeping proportions in between. */
function withinBounds(values: readonly number[], least: number, most: number): number[] {
  return scaledWithin(
    values,
    values.map(() => ({ least, most })),
    values.length,
  )
}

/**
 * Scales the values, which are not below 0, to a sum, each kept within its bounds, keeping proportions in between. The sum has
 * to lie between those of the bounds.
 */
export function scaledWithin(
  values: readonly number[],
  bounds: readonly { readonly least: number; readonly most: number }[],
  sum: number,
): number[] {
  const bounded = (scale: number) =>
    values.map((value, index) => {
      const { least, most } = bounds[index] ?? { least: 0, most: Number.POSITIVE_INFINITY }
      return Math.min(most, Math.max(least, value * scale))
    })
  const excess = (scale: number) => bounded(scale).reduce((total, value) => total + value, 0) - sum
  let low = 0
  let high = Math.max(...bounds.map(({ most }) => most)) / Math.max(Math.min(...values), 1e-9)
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (excess(middle) > 0) high = middle
    else low = middle
  }
  return bounded((low + high) / 2)
}
