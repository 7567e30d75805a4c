import { ParleyError } from '#shared/lib/error.ts'

/** Something to settle: a number in a range, in steps from its minimum if it has a step, or one of several options. */
export type Issue =
  | {
      readonly kind: 'range'
      readonly name: string
      readonly min: number
      readonly max: number
      readonly step?: number
    }
  | { readonly kind: 'options'; readonly name: string; readonly options: readonly string[] }

/** A value for every issue, by its name. */
export type Deal = Readonly<Record<string, number | string>>

/**
 * Somebody who negotiates: what a deal is worth to it, below what it walks away, and below what it will not go by itself,
 * without a mediator (by default its reservation). Utilities are finite, in a unit of the party's own.
 */
export interface Party {
  readonly name: string
  readonly utility: (deal: Deal) => number
  readonly reservation: number
  readonly holdsOut?: number
}

/** A deal and what each party gains by it over walking away, in the order of the parties. */
export interface ScoredDeal {
  readonly deal: Deal
  readonly gains: readonly number[]
}

const mostDeals = 1024
const mostSteps = 1000
const finest = 1 / 4096

/** What the parties gain by a deal; throws UTILITY_INVALID for a utility that is not a finite number. */
export function scored(deal: Deal, parties: readonly Party[]): ScoredDeal {
  const gains = parties.map(({ name, utility, reservation }) => {
    const worth = utility(deal)
    if (!Number.isFinite(worth)) {
      throw new ParleyError('UTILITY_INVALID', `${name} values a deal at ${worth}.`, { details: { name, deal } })
    }
    return worth - reservation
  })
  return { deal, gains }
}

/**
 * The deals to start from: all of a grid where it has at most 1,024, else as many spread evenly over the space (a Kronecker
 * sequence, Roberts 2018). Throws ISSUE_INVALID.
 */
export function sampleDeals(issues: readonly Issue[]): Deal[] {
  for (const issue of issues) assertIssue(issue)
  const ranges = issues.filter(({ kind }) => kind === 'range').length
  const choices = issues.reduce((product, issue) => product * (issue.kind === 'options' ? issue.options.length : 1), 1)
  const points = ranges > 0 ? Math.min(65, Math.floor((mostDeals / choices) ** (1 / ranges) + 1e-9)) : 1
  if (choices > mostDeals || points < 3) return spreadDeals(issues)
  let deals: Deal[] = [{}]
  for (const issue of issues) {
    const values = issue.kind === 'options' ? issue.options : gridValues(issue, points)
    deals = deals.flatMap((deal) => values.map((value) => ({ ...deal, [issue.name]: value })))
  }
  return deals
}

function gridValues(issue: Extract<Issue, { kind: 'range' }>, points: number): number[] {
  const values = Array.from({ length: points }, (_, index) => valueAt(issue, index / (points - 1)))
  return [...new Set(values)]
}

function spreadDeals(issues: readonly Issue[]): Deal[] {
  // The root above 1 of x^(d + 1) = x + 1, the golden ratio in d dimensions.
  let ratio = 2
  for (let step = 0; step < 60; step++) ratio = (1 + ratio) ** (1 / (issues.length + 1))
  return Array.from({ length: mostDeals }, (_, index) => {
    const entries = issues.map((issue, dimension): [string, number | string] => {
      const place = (0.5 + (index + 1) * ratio ** -(dimension + 1)) % 1
      if (issue.kind === 'range') return [issue.name, valueAt(issue, place)]
      return [issue.name, issue.options[Math.floor(place * issue.options.length)] ?? '']
    })
    return Object.fromEntries(entries)
  })
}

/** The value at a place from 0 to 1 along a range, on one of its steps. */
function valueAt({ min, max, step }: Extract<Issue, { kind: 'range' }>, place: number): number {
  const value = min + place * (max - min)
  if (step === undefined) return value
  const steps = Math.min(Math.round((value - min) / step), Math.floor((max - min) / step + 1e-9))
  return min + steps * step
}

/**
 * Climbs from a deal to one with a higher score that no change of one issue (nor of `atOnce` = two together) can better: a
 * pattern search that halves its steps, from a quarter of each range down. Calls `onBetter` with every deal on the way; ends after
 * 1,000 of them at the latest.
 */
export function climb(
  start: ScoredDeal,
  issues: readonly Issue[],
  parties: readonly Party[],
  score: (gains: readonly number[]) => number,
  atOnce: 1 | 2,
  onBetter: (better: ScoredDeal) => void = () => {},
): ScoredDeal {
  let best = start
  let height = score(start.gains)
  let left = mostSteps
  for (let scale = 0.25; scale >= finest && left > 0; scale /= 2) {
    for (let climbs = true; climbs && left > 0; ) {
      climbs = false
      for (const deal of changes(best.deal, issues, scale, atOnce)) {
        const candidate = scored(deal, parties)
        const reached = score(candidate.gains)
        if (!(reached > height + 1e-12 * Math.max(1, Math.abs(height)))) continue
        best = candidate
        height = reached
        climbs = true
        left--
        onBetter(best)
        break
      }
    }
  }
  return best
}

// By how much one issue moves for a step of another: what one party gives up here the other may pay for there.
const exchangeRates = [1, 1 / 1.4, 1.4, 1 / 2, 2, 1 / 2.8, 2.8, 1 / 4, 4, 1 / 8, 8]

/** Deals that differ in one issue, then, if wanted, in two. */
function* changes(deal: Deal, issues: readonly Issue[], scale: number, atOnce: 1 | 2): Generator<Deal> {
  for (const issue of issues) {
    for (const value of otherValues(issue, deal, scale)) yield { ...deal, [issue.name]: value }
  }
  if (atOnce === 1) return
  for (const [index, one] of issues.entries()) {
    for (const other of issues.slice(index + 1)) {
      const rates = one.kind === 'range' && other.kind === 'range' ? exchangeRates : [1]
      for (const value of otherValues(one, deal, scale)) {
        const changed = { ...deal, [one.name]: value }
        for (const rate of rates) {
          for (const value of otherValues(other, deal, scale * rate)) yield { ...changed, [other.name]: value }
        }
      }
    }
  }
}

function otherValues(issue: Issue, deal: Deal, scale: number): (number | string)[] {
  const current = deal[issue.name]
  if (issue.kind === 'options') return issue.options.filter((option) => option !== current)
  const length = issue.max - issue.min || 1
  const place = (Number(current) - issue.min) / length
  const move = issue.step === undefined ? scale : Math.max(scale, issue.step / length)
  const values = [place - move, place + move].map((to) => valueAt(issue, Math.min(1, Math.max(0, to))))
  return values.filter((value) => value !== current)
}

/** The deals that nothing betters for one party without worsening it for another; of deals that are alike the first. */
export function paretoFrontier(deals: readonly ScoredDeal[]): ScoredDeal[] {
  const sorted = [...deals].sort((a, b) => lexically(b.gains, a.gains))
  const frontier: ScoredDeal[] = []
  // What comes later has less for the first party that tells them apart: it never betters what is kept.
  for (const deal of sorted) if (!frontier.some((kept) => isNoWorse(kept.gains, deal.gains))) frontier.push(deal)
  return frontier
}

function lexically(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((gain, party) => gain !== other[party])
  return place < 0 ? 0 : (one[place] ?? 0) - (other[place] ?? 0)
}

function isNoWorse(one: readonly number[], other: readonly number[]): boolean {
  return one.every((gain, party) => gain >= (other[party] ?? 0))
}

/** The product of the gains, or the least gain where one is below zero: what the Nash bargaining solution makes greatest. */
export function nashProduct(gains: readonly number[]): number {
  const least = Math.min(...gains)
  return least < 0 ? least : gains.reduce((product, gain) => product * gain, 1)
}

function assertIssue(issue: Issue): void {
  const sound =
    issue.kind === 'options'
      ? issue.options.length > 0
      : Number.isFinite(issue.min) && issue.max >= issue.min && (issue.step ?? 1) > 0
  if (!sound) {
    throw new ParleyError('ISSUE_INVALID', `${issue.name} leaves nothing to settle.`, {
      details: { issue },
      wayOut: 'A range needs min ≤ max and a step above zero, options at least one.',
    })
  }
}
