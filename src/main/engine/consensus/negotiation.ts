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
 * Two parties settle several issues by monotonic concession under Zeuthen's rule. When they stall, because both hold out or
 * the rounds are over, a mediator redrafts the better of their last offers towards the Nash bargaining solution. What they
 * agree on gives each at least its reservation, and is redrafted while one gains and none loses, so that nothing near it
 * is better for both. Without a deal that gives both their reservation there is no common ground. Ends always: concessions
 * go one way along a finite frontier, and redrafts are bounded. Throws PARTIES_INVALID, ISSUE_INVALID, UTILITY_INVALID.
 */
export function negotiate(issues: readonly Issue[], parties: readonly [Party, Party], mostRounds = 200): Negotiation {
  assertNames(issues, parties)
  const { transcript, say } = record(parties)
  const sample = sampleDeals(issues).map((deal) => scored(deal, parties))
  const frontier = commonGround(sample, issues, parties)
  if (frontier.length === 0) {
    const openings = [bestFor(0, sample), bestFor(1, sample)] as const
    parties.forEach(({ name }, party) => say('offer', 0, name, openings[party === 0 ? 0 : 1]))
    parties.forEach(({ name }, party) => say('refusal', 0, name, openings[party === 0 ? 1 : 0]))
    return { status: 'no-common-ground', transcript }
  }

  const holdsOutFor = ({ holdsOut, reservation }: Party) => Math.max(0, (holdsOut ?? reservation) - reservation)
  const leastGains = [holdsOutFor(parties[0]), holdsOutFor(parties[1])] as const
  const { steps, agreed, lastOffers } = concede(frontier, leastGains, mostRounds)
  for (const { kind, round, party, deal } of steps) say(kind, round, parties[party].name, deal)

  let round = steps.at(-1)?.round ?? 0
  const onText = (text: ScoredDeal) => say('text', ++round, MEDIATOR, text)
  const [one, other] = lastOffers
  const better = nashProduct(one.gains) >= nashProduct(other.gains) ? one : other
  const settled = agreed ? one : mediate(better, frontier, issues, parties, onText)
  const final = improve(settled, issues, parties, onText)
  if (!agreed || final !== settled) for (const { name } of parties) say('acceptance', round, name, final)
  return {
    status: 'agreed',
    by: agreed ? 'concession' : 'mediation',
    deal: final.deal,
    utilities: utilitiesOf(parties, final),
    transcript,
  }
}

/**
 * The Pareto frontier of the deals that give both their reservation, thinned where it is long: the sample, and what climbing
 * for each mixture of the two interests adds to it. Empty when not even the most even deal found satisfies both.
 */
function commonGround(
  sample: readonly ScoredDeal[],
  issues: readonly Issue[],
  parties: readonly Party[],
): ScoredDeal[] {
  const leastGain = (gains: readonly number[]) => Math.min(...gains)
  const even = sample.reduce((best, deal) => (leastGain(deal.gains) > leastGain(best.gains) ? deal : best))
  const found = [climb(even, issues, parties, leastGain, 2)]
  const units = [0, 1].map((party) => Math.max(1e-9, ...sample.map(({ gains }) => Math.abs(gains[party] ?? 0))))
  for (let share = 0; share <= 1; share += 1 / 16) {
    const mixture = ([first = 0, second = 0]: readonly number[]) =>
      (share * first) / (units[0] ?? 1) + ((1 - share) * second) / (units[1] ?? 1)
    const best = sample.reduce((best, deal) => (mixture(deal.gains) > mixture(best.gains) ? deal : best))
    found.push(climb(best, issues, parties, mixture, 1))
  }
  return thinned(paretoFrontier([...sample, ...found].filter(({ gains }) => leastGain(gains) >= 0)))
}

/** Keeps evenly spaced deals, the ends and the one with the greatest product of gains among them. */
function thinned(frontier: readonly ScoredDeal[]): ScoredDeal[] {
  if (frontier.length <= mostOffers) return [...frontier]
  const products = frontier.map(({ gains }) => nashProduct(gains))
  const best = products.indexOf(Math.max(...products))
  const spacing = (frontier.length - 1) / (mostOffers - 1)
  const kept = new Set(Array.from({ length: mostOffers }, (_, index) => Math.round(index * spacing)).concat(best))
  return frontier.filter((_, place) => kept.has(place))
}

function bestFor(party: 0 | 1, sample: readonly ScoredDeal[]): ScoredDeal {
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

function assertNames(issues: readonly Issue[], parties: readonly [Party, Party]): void {
  const names = issues.map(({ name }) => name)
  const speakers = new Set([...parties.map(({ name }) => name), MEDIATOR])
  if (names.length === 0 || new Set(names).size < names.length || speakers.size < 3) {
    throw new ParleyError(
      'PARTIES_INVALID',
      'A negotiation needs an issue and two parties, all with names of their own.',
      {
        details: { issues: names, parties: parties.map(({ name }) => name) },
        wayOut: `Name all apart, and nobody "${MEDIATOR}".`,
      },
    )
  }
}
