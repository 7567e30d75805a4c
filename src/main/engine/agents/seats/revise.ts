import type { Briefing } from '#engine/agents/seat.ts'
import { type Held, isEntry, lossBetween, positionOf } from '#engine/agents/sizes.ts'
import { tradable } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { compare, type Decimal, decimal, multiply } from '#shared/lib/decimal.ts'

const half = decimal('0.5')

/** A smaller proposal in the place of one that was rejected, and what the strategist says of it. */
export interface Revision {
  readonly quantity: Decimal
  readonly riskAtStop: Decimal | null
  readonly why: string
}

/**
 * The strategist's concession to those who found an entry too large: half of its size, rounded down to the lot. Null
 * where that is worth no order, and for what is no entry: what reduces is never held back for its size.
 */
export function revise(
  proposal: Proposal,
  { instrument, quote, account }: Pick<Briefing, 'instrument' | 'quote'> & Held,
): Revision | null {
  if (!isEntry(proposal, positionOf({ account }))) return null
  const price = proposal.action === 'buy' ? quote.ask : quote.bid
  const quantity = tradable(multiply(proposal.quantity, half), price, instrument)
  if (compare(quantity, decimal(0)) <= 0 || compare(quantity, proposal.quantity) >= 0) return null
  const riskAtStop =
    proposal.stop === null || proposal.riskAtStop === null
      ? null
      : multiply(quantity, lossBetween(proposal.action, proposal.entry, proposal.stop))
  const why = `The size kept it from being agreed. Halved to ${quantity} ${instrument.base}, same stop and target.`
  return { quantity, riskAtStop, why }
}
