import type { Proposal } from '#shared/domain/proposal.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { type MarketRead, readMarket } from './market-read.ts'
import type { Briefing, ProposalBriefing } from './seat.ts'
import { abstain, type SeatVerdict, voteFor } from './seats/verdict.ts'
import { signedPercent, span } from './wording.ts'

const leastDecisions = 5

type Recorded = Briefing & Pick<ProposalBriefing, 'outcomes'> & { readonly proposal: Pick<Proposal, 'horizonMs'> }

interface Judged {
  readonly confidence: number
  readonly right: boolean
  /** What the decision's side made over the horizon, as a fraction. */
  readonly made: number
}

/** A price that has had less than this share of the horizon to move says nothing of a decision. */
const tellingShare = 0.05

/** What came of earlier decisions in situations like this one: words, no vote. */
function alikeReasons({ recalled, proposal }: ProposalBriefing): string[] {
  const known = recalled.flatMap(({ action, move }) => (move === null ? [] : [{ action, ...move }]))
  const telling = known.filter(({ afterMs }) => afterMs >= tellingShare * proposal.horizonMs)
  if (telling.length === 0) return []
  const told = telling.map(
    ({ action, share, afterMs }) => `${action}, ${signedPercent(share, 2)} ${span(afterMs)} later`,
  )
  return [`Similar situations: ${told.join('; ')}.`]
}

/** The last close known at a moment; null before the first. */
function closeAt({ bars, barMs }: MarketRead, at: number): number | null {
  const later = bars.time.findIndex((time) => time + barMs > at)
  const row = later < 0 ? bars.time.length - 1 : later - 1
  return bars.close[row] ?? null
}

/** Earlier trades whose horizon has passed, judged by where the price went: an outcome itself only tells how it was done. */
function judged({ outcomes, proposal, now, ...rest }: Recorded): readonly Judged[] {
  const market = readMarket({ ...rest, now })
  return outcomes.flatMap(({ action, at, arrivalPrice, confidence }): Judged[] => {
    if (action === 'hold' || arrivalPrice === null || at + proposal.horizonMs > now) return []
    const after = closeAt(market, at + proposal.horizonMs)
    if (after === null || after <= 0) return []
    const move = after / toNumber(arrivalPrice) - 1
    const made = action === 'buy' ? move : -move
    return [{ confidence, right: made > 0, made }]
  })
}

/** How earlier trades on an instrument came out whose horizon has passed. */
export interface TradeRecord {
  readonly count: number
  readonly hits: number
  /** Mean confidence that was stated, from 0 to 1. */
  readonly stated: number
}

/** The desk's record on the instrument of a proposal; null with fewer than five trades that can be judged. */
export function tradeRecord(briefing: Recorded): TradeRecord | null {
  const record = judged(briefing)
  const count = record.length
  if (count < leastDecisions) return null
  const stated = record.reduce((sum, { confidence }) => sum + confidence, 0) / count
  return { count, hits: record.filter(({ right }) => right).length, stated }
}

/**
 * The evaluator: lets the desk's record on the instrument speak. The hit rate is held towards a half as two more decisions
 * with one hit would (Laplace's rule of succession); the action gets its vote where it is at least a half, as sure as it
 * says. It tells how far stated confidence was off, and what came of situations like this one, which has no say in the vote.
 * Abstains with fewer than five earlier trades whose horizon has passed.
 */
export function assessAsEvaluator(briefing: ProposalBriefing): SeatVerdict {
  const record = judged(briefing)
  const count = record.length
  if (count < leastDecisions) {
    const few = `${count} earlier trades on ${briefing.instrument.id} can be judged; at least ${leastDecisions} are needed.`
    return abstain([few, ...alikeReasons(briefing)].join(' '))
  }
  const mean = (valueOf: (one: Judged) => number) => record.reduce((sum, one) => sum + valueOf(one), 0) / count
  const hits = record.filter(({ right }) => right).length
  const rate = (hits + 1) / (count + 2)
  const stated = mean(({ confidence }) => confidence)
  const brier = mean(({ confidence, right }) => (confidence - (right ? 1 : 0)) ** 2)
  const off = stated - hits / count
  const way = Math.abs(off) < 0.05 ? 'in line with' : off > 0 ? 'below' : 'above'
  const reasons = [
    `${hits} of ${count} earlier trades were right ${span(briefing.proposal.horizonMs)} later, ${signedPercent(
      mean(({ made }) => made),
      2,
    )} on average.`,
    `The hit rate is ${way} stated confidence (${stated.toFixed(2)}, Brier score ${brier.toFixed(2)}).`,
    ...alikeReasons(briefing),
  ]
  const { action } = briefing.proposal
  if (action === 'hold') return voteFor('hold', 1 - rate, { reasons })
  return voteFor(rate >= 0.5 ? action : 'hold', Math.max(rate, 1 - rate), { reasons })
}
