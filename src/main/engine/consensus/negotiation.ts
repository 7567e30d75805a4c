import { ParleyError } from '#shared/lib/error.ts'
import { concede } from './negotiation-concession.ts'
import {
  climb,
  type Deal,
  type Issue,
  nashProduct,
  type Party,
  paretoFrontier,
  type ScoredDeal,
  sampleDeals,
  scored,
} from './negotiation-deals.ts'
import { improve, mediate } from './negotiation-mediation.ts'

/** The name under which the mediator speaks. */
export const MEDIATOR = 'mediator'

/** One thing that was said, and what each party makes of the deal; the mediator's drafts are `text`. */
interface NegotiationMove {
  readonly kind: 'offer' | 'text' | 'acceptance' | 'refusal'
  readonly round: number
  readonly by: string
  readonly deal: Deal
  readonly utilities: Readonly<Record<string, number>>
}

/** How a negotiation ended, and everything that was said, in order. */
export type Negotiation =
  | {
      readonly status: 'agreed'
      readonly by: 'concession' | 'mediation'
      readonly deal: Deal
      readonly utilities: Readonly<Record<string, number>>
      readonly transcript: readonly NegotiationMove[]
    }
  | { readonly status: 'no-common-ground'; readonly transcript: readonly NegotiationMove[] }

const mostOffers = 60

/**
 * Two parties or more settle several issues by monotonic concession under Zeuthen's rule. When they stall, because they hold
 * out, nobody can give way any more or the rounds are over, a mediator redrafts the best of their last offers towards the
 * Nash bargaining solution. What they agree on gives each at least its reservation, and is redrafted while one gains and
 * none loses, so that nothing near it is better for all. Without a deal that gives all their reservation there is no common
 * ground. Ends always: concessions go one way along a finite frontier, and redrafts are bounded. Throws PARTIES_INVALID,
 * ISSUE_INVALID, UTILITY_INVALID.
 */
export function negotiate(issues: readonly Issue[], parties: readonly Party[], mostRounds = 200): Negotiation {
  assertNames(issues, parties)
  const { transcript, say } = record(parties)
  const sample = sampleDeals(issues).map((deal) => scored(deal, parties))
  const frontier = commonGround(sample, issues, parties)
  if (frontier.length === 0) {
    parties.forEach(({ name }, party) => say('offer', 0, name, bestFor(party, sample)))
    // Each refuses the opening of the one before.
    parties.forEach(({ name }, party) =>
      say('refusal', 0, name, bestFor((party + parties.length - 1) % parties.length, sample)),
    )
    return { status: 'no-common-ground', transcript }
  }

  const leastGains = parties.map(({ holdsOut, reservation }) => Math.max(0, (holdsOut ?? reservation) - reservation))
  const { steps, agreed, lastOffers } = concede(frontier, leastGains, mostRounds)
  for (const { kind, round, party, deal } of steps) say(kind, round, parties[party]?.name ?? '', deal)

  let round = steps.at(-1)?.round ?? 0
  const onText = (text: ScoredDeal) => say('text', ++round, MEDIATOR, text)
  const better = lastOffers.reduce((best, offer) => (nashProduct(offer.gains) > nashProduct(best.gains) ? offer : best))
  const settled = agreed ?? mediate(better, frontier, issues, parties, onText)
  const final = improve(settled, issues, parties, onText)
  if (agreed === null || final !== settled) for (const { name } of parties) say('acceptance', round, name, final)
  return {
    status: 'agreed',
    by: agreed === null ? 'mediation' : 'concession',
    deal: final.deal,
    utilities: utilitiesOf(parties, final),
    transcript,
  }
}

/**
 * The Pareto frontier of the deals that give all their reservation, thinned where it is long: the sample, and what climbing
 * for each mixture of the interests adds to it. Empty when not even the most even deal found satisfies all.
 */
function commonGround(
  sample: readonly ScoredDeal[],
  issues: readonly Issue[],
  parties: readonly Party[],
): ScoredDeal[] {
  const leastGain = (gains: readonly number[]) => Math.min(...gains)
  const even = sample.reduce((best, deal) => (leastGain(deal.gains) > leastGain(best.gains) ? deal : best))
  const found = [climb(even, issues, parties, leastGain, 2)]
  const units = parties.map((_, party) => Math.max(1e-9, ...sample.map(({ gains }) => Math.abs(gains[party] ?? 0))))
  for (const shares of mixtures(parties.length)) {
    const mixture = (gains: readonly number[]) =>
      gains.reduce((sum, gain, party) => sum + ((shares[party] ?? 0) * gain) / (units[party] ?? 1), 0)
    const best = sample.reduce((best, deal) => (mixture(deal.gains) > mixture(best.gains) ? deal : best))
    found.push(climb(best, issues, parties, mixture, 1))
  }
  return thinned(paretoFrontier([...sample, ...found].filter(({ gains }) => leastGain(gains) >= 0)))
}

/** Shares for each interest that sum to 1, spread evenly: seventeen for two parties, about thirty for more. */
function mixtures(parties: number): number[][] {
  const parts = parties === 2 ? 16 : Math.max(2, 9 - parties)
  const split = (left: number, count: number): number[][] => {
    if (count === 1) return [[left]]
    return Array.from({ length: left + 1 }, (_, first) => first).flatMap((first) =>
      split(left - first, count - 1).map((rest) => [first, ...rest]),
    )
  }
  return split(parts, parties).map((shares) => shares.map((share) => share / parts))
}

/** Keeps evenly spaced deals, the best for each party and the one with the greatest product of gains among them. */
function thinned(frontier: readonly ScoredDeal[]): ScoredDeal[] {
  const [first] = frontier
  const parties = first?.gains.length ?? 0
  const most = mostOffers * Math.max(1, parties - 1)
  if (frontier.length <= most) return [...frontier]
  const place = (score: (deal: ScoredDeal) => number) => {
    const scores = frontier.map(score)
    return scores.indexOf(Math.max(...scores))
  }
  const spacing = (frontier.length - 1) / (most - 1)
  const kept = new Set([
    ...Array.from({ length: most }, (_, index) => Math.round(index * spacing)),
    ...Array.from({ length: parties }, (_, party) => place(({ gains }) => gains[party] ?? 0)),
    place(({ gains }) => nashProduct(gains)),
  ])
  return frontier.filter((_, index) => kept.has(index))
}

function bestFor(party: number, sample: readonly ScoredDeal[]): ScoredDeal {
  return sample.reduce((best, deal) => ((deal.gains[party] ?? 0) > (best.gains[party] ?? 0) ? deal : best))
}

function record(parties: readonly Party[]) {
  const transcript: NegotiationMove[] = []
  const say = (kind: NegotiationMove['kind'], round: number, by: string, scored: ScoredDeal) => {
    transcript.push({ kind, round, by, deal: scored.deal, utilities: utilitiesOf(parties, scored) })
  }
  return { transcript, say }
}

function utilitiesOf(parties: readonly Party[], { gains }: ScoredDeal): Record<string, number> {
  return Object.fromEntries(parties.map(({ name, reservation }, party) => [name, (gains[party] ?? 0) + reservation]))
}

function assertNames(issues: readonly Issue[], parties: readonly Party[]): void {
  const names = issues.map(({ name }) => name)
  const speakers = new Set([...parties.map(({ name }) => name), MEDIATOR])
  if (
    names.length === 0 ||
    new Set(names).size < names.length ||
    parties.length < 2 ||
    speakers.size <= parties.length
  ) {
    throw new ParleyError(
      'PARTIES_INVALID',
      'A negotiation needs an issue and at least two parties, all with names of their own.',
      {
        details: { issues: names, parties: parties.map(({ name }) => name) },
        wayOut: `Name all apart, and nobody "${MEDIATOR}".`,
      },
    )
  }
}
