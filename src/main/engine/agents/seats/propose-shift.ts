import type { Briefing } from '#engine/agents/seat.ts'
import { heldQuantity } from '#engine/agents/sizes.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { tradable } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { absolute, fromNumber, minimum, sign } from '#shared/lib/decimal.ts'
import type { Ids } from '#shared/lib/ids.ts'
import { againstHolding } from './against-holding.ts'

/** The strategist's proposals for one trade of a rebalancing: the quantity that the plan asks for, against holding. */
export function proposeShift(briefing: Briefing, insight: Insight | null, ids: Ids): readonly Proposal[] {
  const { instrument, quote, plan } = briefing
  const wanted = fromNumber(plan?.parameters['quantity'] ?? 0, 12)
  const action = sign(wanted) < 0 ? 'sell' : 'buy'
  const price = action === 'sell' ? quote.bid : quote.ask
  const most = action === 'sell' ? minimum(heldQuantity(briefing), absolute(wanted)) : wanted
  const quantity = tradable(most, price, instrument)
  return againstHolding(
    briefing,
    insight,
    ids,
    {
      action,
      entry: price,
      quantity,
      objectives: [`Bring the weight of ${instrument.id} to its target.`],
      risks: [action === 'buy' ? 'The price can fall after buying.' : 'Missing a rise after selling.'],
      changesMyMind: 'A trading cost above what the drift is worth.',
    },
    {
      objectives: [sign(quantity) === 0 ? 'Nothing to trade that the venue accepts.' : 'Leave the weight as it is.'],
      risks: ['The weights drift further apart.'],
      changesMyMind: 'A weight further from its target.',
    },
  )
}
