import type { Briefing } from '#engine/agents/seat.ts'
import { tradable } from '#engine/agents/sizes.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { compare, type Decimal, decimal, multiply, subtract } from '#shared/lib/decimal.ts'

const half = decimal('0.5')

/** A smaller proposal in the place of one that was rejected, and what the strategist says of it. */
export interface Revision {
  readonly quantity: Decimal
  readonly riskAtStop: Decimal | null
  readonly why: string
}

/**
 * The strategist's concession to those who found a purchase too large: half of its size, rounded down to the lot. Null
 * where that is worth no order, and for what is no purchase: a sale is never held back for its size.
 */
export function revise(
  proposal: Proposal,
  { instrument, quote }: Pick<Briefing, 'instrument' | 'quote'>,
): Revision | null {
  if (proposal.action !== 'buy') return null
  const quantity = tradable(multiply(proposal.quantity, half), quote.ask, instrument)
  if (compare(quantity, decimal(0)) <= 0 || compare(quantity, proposal.quantity) >= 0) return null
  const riskAtStop =
    proposal.stop === null || proposal.riskAtStop === null
      ? null
      : multiply(quantity, subtract(proposal.entry ?? quote.ask, proposal.stop))
  const why = `The size was what kept it from being agreed: half of it, ${quantity} ${instrument.base}, at the same stop and target.`
  return { quantity, riskAtStop, why }
}
