import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { TradeRecord } from '#engine/agents/seats/assess-record.ts'
import { tradeRecord } from '#engine/agents/seats/assess-record.ts'
import { isEntry } from '#engine/agents/sizes.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import { questionOf, roundsOf } from '#engine/desk/run/run-state.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { ZERO } from '#shared/lib/decimal.ts'

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
