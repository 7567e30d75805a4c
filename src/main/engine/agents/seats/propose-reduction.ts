import type { Briefing } from '#engine/agents/seat.ts'
import { positionOf } from '#engine/agents/sizes.ts'
import { percent } from '#engine/agents/wording.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { tradable } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { absolute, decimal, minimum, multiply, sign, ZERO } from '#shared/lib/decimal.ts'
import type { Ids } from '#shared/lib/ids.ts'
import { againstHolding } from './against-holding.ts'

/**
 * The share of a position to get out of, from 0 to 1: of an exit what the plan says; of a mitigation what brings the portfolio's
 * risk down to the target, as the position's part of the risk shrinks with it. Null where the risk is unavailable.
 */
export function shareToSell({ plan }: Pick<Briefing, 'plan'>): number | null {
  if (plan === null) return null
  const { purpose, parameters, risk } = plan
  if (purpose !== 'mitigate') return Math.max(0, Math.min(1, parameters['share'] ?? 1))
  if (risk === null) return null
  const over = risk.portfolio - (parameters['target'] ?? 0)
  if (over <= 0) return 0
  return risk.position > 0 ? Math.min(1, over / risk.position) : 0
}

/**
 * The strategist's proposals to get out of a position, or of a part of it: the sale, or the purchase that buys a short position
 * back, against holding; holding alone where nothing can be traded.
 */
export function proposeReduction(briefing: Briefing, insight: Insight | null, ids: Ids): readonly Proposal[] {
  const { instrument, quote } = briefing
  const position = positionOf(briefing)
  const held = absolute(position)
  const action = sign(position) < 0 ? 'buy' : 'sell'
  const price = action === 'sell' ? quote.bid : quote.ask
  const share = shareToSell(briefing)
  const wanted = share === null || sign(held) === 0 ? ZERO : minimum(held, multiply(held, decimal(share)))
  // All of it goes out whatever the lot is; a part is rounded down to it.
  const quantity = share === 1 ? held : tradable(wanted, price, instrument)
  return againstHolding(
    briefing,
    insight,
    ids,
    {
      action,
      entry: price,
      quantity,
      objectives: [objectiveOf(briefing, action, share ?? 1)],
      risks: [action === 'sell' ? 'Missing a rise after selling.' : 'Missing a fall after buying back.'],
      changesMyMind: `A book too thin for the size, or a view that is ${action === 'sell' ? 'up' : 'down'} by more than the risk of the position.`,
    },
    {
      objectives: [sign(quantity) === 0 ? whyNothing(briefing, share) : 'Keep the position.'],
      risks: [action === 'sell' ? 'The price can fall further.' : 'The price can rise further against the short.'],
      changesMyMind: 'A position worth selling, or a risk above target.',
    },
  )
}

function objectiveOf({ plan, instrument }: Briefing, action: 'buy' | 'sell', share: number): string {
  const part = share === 1 ? 'the whole position' : `${percent(share, 0)} of the position`
  if (plan?.purpose !== 'mitigate' || plan.risk === null) return `Exit ${part} in ${instrument.id}.`
  const { portfolio, position } = plan.risk
  return `Bring the portfolio's risk from ${percent(portfolio)} to ${percent(portfolio - share * position)} of equity by ${action === 'sell' ? 'selling' : 'buying back'} ${part} in ${instrument.id}.`
}

function whyNothing({ plan, instrument, account }: Briefing, share: number | null): string {
  if (account.position === null || sign(account.position.quantity) === 0) return `No position in ${instrument.id}.`
  if (share === null) return "The portfolio's risk is unavailable, so no size can be set."
  const risk = plan?.risk ?? null
  if (share === 0 && risk !== null) return `The portfolio's risk of ${percent(risk.portfolio)} is within its target.`
  return 'The trade would be smaller than the venue accepts.'
}
