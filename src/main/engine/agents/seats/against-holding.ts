import type { Briefing } from '#engine/agents/seat.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { sign, ZERO } from '#shared/lib/decimal.ts'
import type { Ids } from '#shared/lib/ids.ts'
import { expectedMove } from './propose.ts'

const dayMs = 86_400_000

type Words = Pick<Proposal, 'objectives' | 'risks' | 'changesMyMind'>

/**
 * The strategist's proposals for a trade that a plan asks for: the trade, which needs no exits of its own, against holding;
 * holding alone where the quantity is zero.
 */
export function againstHolding(
  { runId, instrument, now, quote }: Briefing,
  insight: Insight | null,
  ids: Ids,
  trade: Words & Pick<Proposal, 'action' | 'entry' | 'quantity'>,
  hold: Words,
): readonly Proposal[] {
  const common = {
    runId,
    by: 'strategist',
    at: now,
    instrument: instrument.id,
    horizonMs: Math.round(insight?.horizonMs ?? dayMs),
    expectedReturn: expectedMove(insight),
    stop: null,
    target: null,
    riskAtStop: null,
    evidence: [...(insight?.evidence ?? [])],
  }
  const holding: Proposal = {
    ...common,
    ...hold,
    id: ids.next('prop'),
    action: 'hold',
    entry: quote.last,
    quantity: ZERO,
  }
  return sign(trade.quantity) === 0 ? [holding] : [{ ...common, ...trade, id: ids.next('prop') }, holding]
}
