import type { ScoredDeal } from './negotiation-deals.ts'

/** A step of the protocol: a party makes an offer, or accepts the other's. */
interface Step {
  readonly kind: 'offer' | 'acceptance'
  readonly round: number
  /** 0 or 1. */
  readonly party: 0 | 1
  readonly deal: ScoredDeal
}

/** The steps taken, and whether they end in agreement; each party's last offer otherwise. */
export interface Concession {
  readonly steps: readonly Step[]
  readonly agreed: boolean
  readonly lastOffers: readonly [ScoredDeal, ScoredDeal]
}

/**
 * The monotonic concession protocol with Zeuthen's rule (Zeuthen 1930; Rosenschein and Zlotkin 1994) over a Pareto frontier,
 * best for party 0 first. Both open with what is best for them. In each round the party that risks less by a breakdown
 * concedes just enough that the other risks less next; it never takes a concession back. The offers meet where the
 * product of the gains is greatest, unless a party holds out for `leastGains` or the rounds run out.
 */
export function concede(
  frontier: readonly ScoredDeal[],
  leastGains: readonly [number, number],
  mostRounds: number,
): Concession {
  const gain = (place: number, party: 0 | 1) => frontier[place]?.gains[party] ?? 0
  const at = (place: number) => frontier[place] as ScoredDeal
  const places: [number, number] = [0, frontier.length - 1]
  // The last place that each is ready to offer, going towards the other.
  const limits: [number, number] = [
    frontier.findLastIndex((_, place) => gain(place, 0) >= leastGains[0]),
    frontier.findIndex((_, place) => gain(place, 1) >= leastGains[1]),
  ]
  const steps: Step[] = ([0, 1] as const).map((party) => ({ kind: 'offer', round: 0, party, deal: at(places[party]) }))
  const end = (agreed: boolean): Concession => ({ steps, agreed, lastOffers: [at(places[0]), at(places[1])] })

  if (places[0] === places[1]) {
    steps.push({ kind: 'acceptance', round: 0, party: 1, deal: at(places[0]) })
    return end(true)
  }
  for (let round = 1; round <= mostRounds; round++) {
    const first: 0 | 1 = risk(gain, places, 0) <= risk(gain, places, 1) ? 0 : 1
    const party = ([first, other(first)] as const).find((party) => canMove(places, limits, party))
    if (party === undefined) return end(false)
    places[party] = concession(gain, places, limits[party], party)
    const meets = places[0] === places[1]
    steps.push({ kind: meets ? 'acceptance' : 'offer', round, party, deal: at(places[party]) })
    if (meets) return end(true)
  }
  return end(false)
}

type Gain = (place: number, party: 0 | 1) => number

function other(party: 0 | 1): 0 | 1 {
  return party === 0 ? 1 : 0
}

/** The share of its gain that a party loses by giving in: the breakdown it would risk rather than do so. */
function risk(gain: Gain, places: readonly [number, number], party: 0 | 1): number {
  const own = gain(places[party], party)
  return own > 0 ? (own - gain(places[other(party)], party)) / own : 1
}

function canMove(places: readonly [number, number], limits: readonly [number, number], party: 0 | 1): boolean {
  return party === 0 ? limits[0] > places[0] : limits[1] >= 0 && limits[1] < places[1]
}

/** The smallest concession after which the other risks less; failing that, as far as the limit or the other's offer. */
function concession(gain: Gain, places: readonly [number, number], limit: number, party: 0 | 1): number {
  const towards = party === 0 ? 1 : -1
  const last = party === 0 ? Math.min(limit, places[1]) : Math.max(limit, places[0])
  for (let place = places[party] + towards; place !== last; place += towards) {
    const tried: [number, number] = party === 0 ? [place, places[1]] : [places[0], place]
    if (risk(gain, tried, party) > risk(gain, tried, other(party))) return place
  }
  return last
}
