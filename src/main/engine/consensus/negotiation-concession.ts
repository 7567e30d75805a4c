import { nashProduct, type ScoredDeal } from './negotiation-deals.ts'

/** A step of the protocol: a party makes an offer, or accepts that of another. */
interface Step {
  readonly kind: 'offer' | 'acceptance'
  readonly round: number
  /** The party's place, from 0. */
  readonly party: number
  readonly deal: ScoredDeal
}

/** The steps taken, the deal that all accept (null where they stall), and the offers that stand at the end. */
export interface Concession {
  readonly steps: readonly Step[]
  readonly agreed: ScoredDeal | null
  readonly lastOffers: readonly ScoredDeal[]
}

/**
 * The monotonic concession protocol with Zeuthen's rule for two parties or more (Zeuthen 1930; Rosenschein and Zlotkin 1994;
 * Endriss 2006 for several) over the deals of a Pareto frontier. All open with what is best for them. In each round the
 * party that risks least by a breakdown concedes just enough that another risks less next: it gives up some of its own gain,
 * and nobody else has less of its new offer than of the one before. They agree on an offer that gives every other party what
 * its own offer does. They stall where nobody can concede any more (a party holds out for `leastGains`, or what would help
 * one would harm another) and when the rounds run out. For two it leads to the greatest product of the gains.
 */
export function concede(
  frontier: readonly ScoredDeal[],
  leastGains: readonly number[],
  mostRounds: number,
): Concession {
  const offers = leastGains.map((_, party) => bestOf(frontier, party))
  const steps: Step[] = offers.map((deal, party) => ({ kind: 'offer', round: 0, party, deal }))
  for (let round = 0; ; round++) {
    const agreed = acceptable(offers)
    if (agreed !== undefined) {
      const by = offers.indexOf(agreed)
      leastGains.forEach((_, party) => {
        if (party !== by) steps.push({ kind: 'acceptance', round, party, deal: agreed })
      })
      return { steps, agreed, lastOffers: offers }
    }
    const move = round < mostRounds ? nextMove(frontier, offers, leastGains) : undefined
    if (move === undefined) return { steps, agreed: null, lastOffers: offers }
    offers[move.party] = move.deal
    const isTaken = offers.some((deal, party) => deal === move.deal && party !== move.party)
    if (!isTaken || acceptable(offers) === undefined) steps.push({ kind: 'offer', round: round + 1, ...move })
  }
}

const gain = ({ gains }: ScoredDeal, party: number) => gains[party] ?? 0

function bestOf(frontier: readonly ScoredDeal[], party: number): ScoredDeal {
  return frontier.reduce((best, deal) => {
    const more = gain(deal, party) - gain(best, party)
    return more > 0 || (more === 0 && nashProduct(deal.gains) > nashProduct(best.gains)) ? deal : best
  })
}

/** The offer that leaves nobody with less than its own offer does; of several the one with the greatest product of gains. */
function acceptable(offers: readonly ScoredDeal[]): ScoredDeal | undefined {
  const fit = offers.filter((offer) => offers.every((own, party) => gain(offer, party) >= gain(own, party)))
  if (fit.length === 0) return undefined
  return fit.reduce((best, offer) => (nashProduct(offer.gains) > nashProduct(best.gains) ? offer : best))
}

/** What the others offer a party at the least. */
function leastOffered(offers: readonly ScoredDeal[], party: number): number {
  return Math.min(...offers.filter((_, other) => other !== party).map((offer) => gain(offer, party)))
}

/** The share of its gain that a party may lose by giving in: the breakdown it would risk rather than do so. */
function risk(offers: readonly ScoredDeal[], party: number): number {
  const own = gain(offers[party] as ScoredDeal, party)
  return own > 0 ? (own - leastOffered(offers, party)) / own : 1
}

/** The concession of the party that risks least and can make one. */
function nextMove(
  frontier: readonly ScoredDeal[],
  offers: readonly ScoredDeal[],
  leastGains: readonly number[],
): { readonly party: number; readonly deal: ScoredDeal } | undefined {
  const risks = offers.map((_, party) => risk(offers, party))
  const byRisk = offers.map((_, party) => party).sort((a, b) => (risks[a] ?? 0) - (risks[b] ?? 0) || a - b)
  for (const party of byRisk) {
    const deal = concession(frontier, offers, party, leastGains[party] ?? 0)
    if (deal !== undefined) return { party, deal }
  }
  return undefined
}

/** The smallest concession after which another risks less; failing that, the greatest that it can make. */
function concession(
  frontier: readonly ScoredDeal[],
  offers: readonly ScoredDeal[],
  party: number,
  least: number,
): ScoredDeal | undefined {
  const before = offers[party] as ScoredDeal
  // Nobody goes below what is offered already.
  const floor = Math.max(least, leastOffered(offers, party))
  const steps = frontier
    .filter((deal) => {
      const own = gain(deal, party)
      const keeps = before.gains.every((worth, other) => other === party || gain(deal, other) >= worth)
      return own < gain(before, party) && own >= floor && keeps
    })
    .sort((a, b) => gain(b, party) - gain(a, party) || nashProduct(b.gains) - nashProduct(a.gains))
  const isEnough = (deal: ScoredDeal) => {
    const after = offers.map((offer, other) => (other === party ? deal : offer))
    return after.some((_, other) => other !== party && risk(after, other) < risk(after, party))
  }
  return steps.find(isEnough) ?? steps.at(-1)
}
