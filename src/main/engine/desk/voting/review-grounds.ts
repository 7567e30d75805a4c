import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { isEntry } from '#engine/agents/sizes.ts'
import { type TradeRecord, tradeRecord } from '#engine/agents/trade-record.ts'
import { defaultReviewThresholds, needsReview } from '#engine/consensus/review-thresholds.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { questionOf, type RunState, roundsOf } from '#engine/desk/run/run-state.ts'
import { seatTitles } from '#shared/domain/agent.ts'
import type { Validation } from '#shared/domain/evidence.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { type Action, actions, type Proposal } from '#shared/domain/proposal.ts'
import type { ReviewRule } from '#shared/domain/review.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { compare, type Decimal, multiply, ZERO } from '#shared/lib/decimal.ts'
import { vetoHolders } from './voting-policy.ts'

export type Recorded = Pick<ReviewWork, 'parts' | 'memory' | 'outcomes'>

/** How earlier trades on the run's instrument came out; null where too few can be judged, or there is no price to judge them by. */
export async function tradeRecordOf({ parts, memory, outcomes }: Recorded): Promise<TradeRecord | null> {
  const proposal = questionOf(memory)
  if (proposal === undefined || outcomes.length === 0) return null
  const briefing = await briefingOf(parts, memory).catch(() => null)
  return briefing && tradeRecord({ ...briefing, proposal, outcomes })
}

/** What besides the vote may send the decision of a run to the trader. */
export function groundsOf(
  { reviews, book }: DeskParts,
  memory: RunState,
  record: ReviewGrounds['record'],
): ReviewGrounds {
  const { objections, conflicts } = memory
  const question = questionOf(memory)
  const enters = question !== undefined && isEntry(question, book.positions.get(question.instrument)?.quantity ?? ZERO)
  const { aboveNotional } = reviews.policy
  return { objections, conflicts, rounds: roundsOf(memory), enters, aboveNotional, record }
}

/** What besides the vote sends a decision to the trader. */
export interface ReviewGrounds {
  /** What the trader objected to in the run. */
  readonly objections: readonly string[]
  /** How often it was revised and voted on again. */
  readonly rounds: number
  /** What agents were at odds over and could not settle. */
  readonly conflicts: readonly string[]
  /** False for what only reduces a position: it is never held back for its size (HO-8). */
  readonly enters: boolean
  /** Orders above the amount are reviewed; null asks for none. */
  readonly aboveNotional: Decimal | null
  /** How the desk's earlier trades on the instrument came out; null where too few can be judged. */
  readonly record: TradeRecord | null
}

/** A run whose decision may need the trader. */
export interface ReviewWork {
  readonly parts: DeskParts
  readonly memory: RunState
  readonly tradingEpoch: number
  /** Outcomes of earlier decisions on the instrument. */
  readonly outcomes: ProposalBriefing['outcomes']
}

/** The desk was right less often than it said by more than this share: its confidence is not to be relied on. */
const mostOverconfidence = 0.25
const leastTrades = 10

/**
 * Every rule that sends the result of a vote to the trader, gravest first (HO-3); empty where it needs nobody: it is
 * agreed beyond doubt, or nobody would trade. A veto, a tie, a missed quorum and a vote that no revision brought to agreement
 * are reviewed where the trade leads or ties without it.
 */
export function reviewRules(
  proposal: Proposal | undefined,
  tally: Tally,
  validation: Validation | null,
  profile: Profile,
  price: Decimal | null,
  { objections, conflicts, enters, aboveNotional, record, rounds }: ReviewGrounds,
): ReviewRule[] {
  const action = actionOf(tally.outcome)
  const agreed = tally.status === 'agreed' && action !== 'hold'
  if (!agreed && !isContested(proposal, tally, rounds > 0)) return []
  const rules: ReviewRule[] = needsReview(tally, defaultReviewThresholds).map(({ code, sentence }) => ({
    code,
    sentence,
  }))
  const add = (code: ReviewRule['code'], sentence: string) => rules.push({ code, sentence })
  if (!agreed && rounds > 0) {
    const times = rounds === 1 ? 'once' : `${rounds} times`
    add('NO_AGREEMENT', `It was revised and voted on again ${times}, and is still not agreed: the trader decides.`)
  }
  if (validation?.sufficient !== true) add('DOSSIER_INSUFFICIENT', insufficient(validation, profile))
  if (agreed && action !== proposal?.action) add('NOT_PROPOSED', `Nobody proposed to ${action}.`)
  // What only brings risk down is not held back because the desk was too sure of itself (HO-8).
  if (agreed && enters && record !== null && record.count >= leastTrades) {
    const { count, hits, stated } = record
    if (stated - hits / count > mostOverconfidence)
      add(
        'LOW_CALIBRATION',
        `${hits} of ${count} earlier trades were right where ${Math.round(100 * stated)} % were stated; more than ${100 * mostOverconfidence} points too sure is reviewed.`,
      )
  }
  // Silence is no consent: an agent that hangs must not lose the desk its veto.
  const silent = vetoHolders.filter((holder) => tally.absent.includes(holder)).map((holder) => seatTitles[holder])
  for (const objection of objections) add('OBJECTION', `The trader objects: ${objection}`)
  for (const conflict of conflicts) add('CONFLICT', conflict)
  if (silent.length > 0) {
    add('VETO_HOLDER_SILENT', `Without a ballot from ${silent.join(' and ')} there was no chance of a veto.`)
  }
  if (
    agreed &&
    enters &&
    action === proposal?.action &&
    proposal !== undefined &&
    price !== null &&
    aboveNotional !== null
  ) {
    const notional = multiply(proposal.quantity, price)
    if (compare(notional, aboveNotional) > 0)
      add('LARGE_ORDER', `It is worth ${notional}; above ${aboveNotional} the trader is asked.`)
  }
  return rules
}

/** True where a veto, a tie or too few voters alone kept the proposed trade from being agreed, or all rounds of revising did not help. */
function isContested(proposal: Proposal | undefined, { status, shares }: Tally, revised: boolean): boolean {
  if (proposal === undefined || proposal.action === 'hold') return false
  const contested: readonly Tally['status'][] = [
    'vetoed',
    'tie',
    'quorum-missed',
    ...(revised ? ['no-agreement' as const] : []),
  ]
  if (!contested.includes(status)) return false
  const share = shares.find(({ option }) => option === proposal.action)?.share ?? 0
  return share > 0 && shares.every((other) => other.share <= share)
}

/** The trade that the outcome of a vote is for; to hold where it is for none. */
export function actionOf(outcome: string): Action {
  return actions.find((action) => action === outcome) ?? 'hold'
}

function insufficient(validation: Validation | null, profile: Profile): string {
  if (validation === null) return 'The dossier was not validated.'
  const missing = validation.missing.map(({ task }) => task.replaceAll('_', ' ')).join(', ')
  const sources = `${validation.sources} of ${profile.minimumSources} wanted sources answered`
  return `The dossier is not sufficient: ${sources}${missing === '' ? '' : `; missing: ${missing}`}.`
}
