import { spreadShare, takerFee } from '#engine/agents/costs.ts'
import { numericBook } from '#engine/agents/numeric-book.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { worthAfter } from '#engine/agents/sizes.ts'
import { figure, percent, span } from '#engine/agents/wording.ts'
import { readLiquidity } from '#engine/market/liquidity.ts'
import type { VotingSeat } from '#shared/domain/agent.ts'
import { compare, decimal, minimum, multiply, toNumber } from '#shared/lib/decimal.ts'
import { type Assess, abstain, type SeatVerdict, voteFor } from './verdict.ts'

// What the seats make of one trade of a rebalancing: the weights were chosen for the whole portfolio, so they look at what it
// costs and at its limits, not at the market's next move.

const bps = 10_000
const mostCostBps = 60

/** The executor: whether the book takes the trade for less than the plan allows. */
function executes({ proposal, quote, mandate, now, outcomes, plan, book }: ProposalBriefing): SeatVerdict {
  const { action } = proposal
  if (action === 'hold') return abstain('Nothing to execute.')
  if (now - quote.at > mandate.maximumQuoteAgeMs) {
    const reason = `The quote is ${span(now - quote.at)} old, too old to price an order on.`
    return voteFor('hold', 1, { reasons: [reason] })
  }
  const most = plan?.parameters['costBps'] ?? mostCostBps
  const known = book !== null && book.at <= now ? book : null
  const walked = known === null ? null : readLiquidity(numericBook(known), toNumber(proposal.quantity))[action]
  if (walked !== null && !walked.complete) {
    return voteFor('hold', 0.9, { reasons: [`The book shows only ${figure(walked.filled)} of it.`] })
  }
  const cost = (walked?.costBps ?? (spreadShare(quote) * bps) / 2) + takerFee(outcomes) * bps
  const reasons = [`The trade costs ${figure(cost, 3)} bp with fees; up to ${figure(most, 3)} bp is allowed.`]
  if (cost > most) return voteFor('hold', 0.5 + Math.min(0.5, (cost - most) / (2 * most)), { reasons })
  return voteFor(action, 0.5 + (1 - cost / most) / 2, { reasons })
}

/** The risk manager: whether what is held after a purchase is within the limits; a sale always is. */
function limits(briefing: ProposalBriefing): SeatVerdict {
  const { proposal, account, profile, mandate, quote } = briefing
  const { action, quantity } = proposal
  if (action === 'sell') return voteFor('sell', 0.8, { reasons: ['It adds no risk.'] })
  if (account.equity === null) return abstain('The equity is unavailable, so no limit can be computed.')
  const after = worthAfter(briefing, 'buy', quantity, quote.ask)
  const position = multiply(account.equity, decimal(profile.maximumPosition))
  const worth = multiply(quantity, quote.ask)
  const room =
    account.riskRoom === null ? mandate.maximumOrderNotional : minimum(account.riskRoom, mandate.maximumOrderNotional)
  const reasons = [
    `The purchase of ${worth} brings the position to ${after} (at most ${position}); the limits on an order and on the book's risk leave ${room}.`,
  ]
  const fits = compare(after, position) <= 0 && compare(worth, room) <= 0
  return voteFor(fits ? 'buy' : 'hold', 0.8, { reasons })
}

/** The optimizer: it has chosen the weights, and votes for the way there. */
function weighs(briefing: ProposalBriefing): SeatVerdict {
  const { proposal, account, quote } = briefing
  const { action, quantity } = proposal
  if (action === 'hold' || account.equity === null) return abstain('There is no weight to adjust.')
  const share = (of: ProposalBriefing['proposal']['action']) =>
    toNumber(worthAfter(briefing, of, quantity, quote.last)) / toNumber(account.equity ?? decimal(1))
  const reasons = [
    `The weight goes from ${percent(share('hold'))} to ${percent(share(action))} of equity, as requested.`,
  ]
  return voteFor(action, 0.8, { reasons })
}

/** How a seat looks at a trade of a rebalancing, where it has a way of its own. */
export const shifts: Partial<Record<VotingSeat, Assess>> = {
  executor: executes,
  risk: limits,
  optimizer: weighs,
  strategist: weighs,
}
