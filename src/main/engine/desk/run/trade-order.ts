import type { Decision } from '#shared/domain/decision.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Review } from '#shared/domain/review.ts'

/**
 * The order that a decision is carried out by. On spot a sale only reduces; of a perpetual so does what brings no stop, or is not
 * what was proposed.
 */
export function orderOf({ id }: Decision, proposal: Proposal, side: 'buy' | 'sell'): Review['order'] {
  const { stop: stopPrice, target: targetPrice } = proposal
  const isProtected = side === proposal.action && stopPrice !== null
  const reduceOnly = isPerpetual(proposal.instrument) ? !isProtected : side === 'sell'
  return {
    decisionId: id,
    proposalId: proposal.id,
    instrument: proposal.instrument,
    side,
    type: 'MARKET',
    quantity: proposal.quantity,
    limitPrice: null,
    timeInForce: 'IOC',
    reduceOnly,
    ...(!reduceOnly && (stopPrice !== null || targetPrice !== null) && { exits: { stopPrice, targetPrice } }),
  }
}
