import { spreadShare, takerFee } from '#engine/agents/costs.ts'
import { readMarket } from '#engine/agents/market-read.ts'
import { numericBook } from '#engine/agents/numeric-book.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { isEntry, positionOf, worthAfter } from '#engine/agents/sizes.ts'
import { figure, percent, signedPercent, span } from '#engine/agents/wording.ts'
import { readLiquidity } from '#engine/market/liquidity.ts'
import type { VotingSeat } from '#shared/domain/agent.ts'
import { absolute, divide, sign, toNumber } from '#shared/lib/decimal.ts'
import { shifts } from './assess-shift.ts'
import { expectedMove } from './propose.ts'
import { type Assess, abstain, type SeatVerdict, voteFor } from './verdict.ts'

// What the seats make of a proposal to get out where the plan asks for less of a position, not for a profit: each by its own
// model. Seats that are not here look at the sale as at any other.

const bps = 10_000
/** A sale that costs more than this is not worth its haste, unless the plan says otherwise. */
const mostCostBps = 60
const riskAversion = 2

/** The executor: whether the book takes the size at once for less than the plan allows. */
function executes(briefing: ProposalBriefing): SeatVerdict {
  const { proposal, quote, mandate, now, outcomes, instrument, plan } = briefing
  const action = proposal.action === 'buy' ? 'buy' : 'sell'
  const book = briefing.book !== null && briefing.book.at <= now ? briefing.book : null
  const ageMs = now - quote.at
  if (ageMs > mandate.maximumQuoteAgeMs) {
    return voteFor('hold', 1, { reasons: [`The quote is ${span(ageMs)} old, too old to price an order on.`] })
  }
  const most = plan?.parameters['costBps'] ?? mostCostBps
  const feeBps = takerFee(outcomes) * bps
  const walked = book === null ? null : readLiquidity(numericBook(book), toNumber(proposal.quantity))[action]
  if (walked !== null && !walked.complete) {
    const reason = `The book shows ${figure(walked.filled)} of the ${proposal.quantity} ${instrument.base}; the rest would move the price.`
    return voteFor('hold', 0.9, { reasons: [reason] })
  }
  const costBps = (walked?.costBps ?? (spreadShare(quote) * bps) / 2) + feeBps
  const basis = walked === null ? 'By the spread alone, without a book, the trade' : 'The trade'
  const reason = `${basis} costs ${figure(costBps, 3)} bp with fees; up to ${figure(most, 3)} bp is worth paying to exit at once.`
  if (costBps > most) return voteFor('hold', 0.5 + Math.min(0.5, (costBps - most) / (2 * most)), { reasons: [reason] })
  return voteFor(action, 0.5 + (1 - costBps / most) / 2, { reasons: [reason] })
}

/** The risk manager: whether the sale is what brings the risk within its limit, and no more. */
function limitsRisk(briefing: ProposalBriefing): SeatVerdict {
  const { plan, proposal } = briefing
  if (plan === null || plan.risk === null) return abstain("The portfolio's risk is unavailable.")
  const held = absolute(positionOf(briefing))
  if (sign(held) === 0) return voteFor('hold', 1, { reasons: ['No position, and the account cannot go short.'] })
  const { portfolio, position } = plan.risk
  const limit = plan.parameters['above'] ?? plan.parameters['target'] ?? 0
  const after = portfolio - position * Math.min(1, toNumber(divide(proposal.quantity, held)))
  const told = `The ten-day expected shortfall (97.5 %) is ${percent(portfolio)} of equity, limit ${percent(limit)}; after the trade ${percent(after)}.`
  if (portfolio <= limit) return voteFor('hold', 0.6, { reasons: [told, 'It is now within the limit.'] })
  return voteFor(proposal.action, Math.min(1, 0.6 + (portfolio - after) / portfolio / 2), { reasons: [told] })
}

/** The optimizer under a risk limit: whether the weight comes nearer to the greatest one that the limit allows. */
function fitsWeight(briefing: ProposalBriefing): SeatVerdict {
  const { plan, proposal, account, quote } = briefing
  if (plan === null || plan.risk === null) return abstain("The portfolio's risk is unavailable.")
  if (account.equity === null) return abstain('The equity is unavailable, so no weight can be computed.')
  const equity = toNumber(account.equity)
  const { portfolio, position } = plan.risk
  const limit = plan.parameters['above'] ?? plan.parameters['target'] ?? 0
  const share = (action: typeof proposal.action) =>
    Math.abs(toNumber(worthAfter(briefing, action, proposal.quantity, quote.last))) / equity
  const [now, after] = [share('hold'), share(proposal.action)]
  const perWeight = now > 0 ? position / now : 0
  const allowed = perWeight > 0 ? Math.max(0, now - (portfolio - limit) / perWeight) : now
  const reasons = [
    `The risk limit allows a weight of ${percent(allowed)}; now ${percent(now)}, after the trade ${percent(after)}.`,
  ]
  if (now <= allowed) return voteFor('hold', 0.6, { reasons })
  return voteFor(proposal.action, 0.5 + Math.min(0.5, (now - after) / (2 * Math.max(now - allowed, now - after))), {
    reasons,
  })
}

/**
 * The strategist on an exit: whether the last unit held is worth more than cash, by its expected move less twice the
 * variance that its weight adds over the horizon (the marginal certainty equivalent of a mean-variance investor).
 */
function weighsHolding(briefing: ProposalBriefing): SeatVerdict {
  const { insight, account, proposal, quote, outcomes } = briefing
  const { volatility, barMs } = readMarket(briefing)
  if (insight === null || account.equity === null || volatility === null || !(barMs > 0)) {
    return abstain('The view, the equity or the volatility is unavailable: the position cannot be weighed.')
  }
  const equity = toNumber(account.equity)
  const weight = toNumber(worthAfter(briefing, 'hold', proposal.quantity, quote.last)) / equity
  const variance = volatility * volatility * (insight.horizonMs / barMs)
  const charge = riskAversion * weight * variance
  // Of a short position the weight is below zero: it gains by a fall, and its risk is charged alike.
  const side = weight < 0 ? -1 : 1
  const worth = side * (expectedMove(insight) - charge) + takerFee(outcomes)
  const reasons = [
    `Expected move of the position within ${span(insight.horizonMs)}: ${signedPercent(expectedMove(insight), 2)}; its risk at ${percent(weight)} of equity counts ${percent(Math.abs(charge), 2)} against it.`,
  ]
  const clear = Math.min(0.5, Math.abs(worth) / (4 * Math.sqrt(variance)))
  return voteFor(worth < 0 ? proposal.action : 'hold', 0.5 + clear, { reasons, evidence: insight.evidence })
}

const exits: Partial<Record<VotingSeat, Assess>> = { executor: executes, strategist: weighsHolding }
const mitigations: Partial<Record<VotingSeat, Assess>> = {
  executor: executes,
  risk: limitsRisk,
  optimizer: fitsWeight,
  strategist: limitsRisk,
}

/** How the seat looks at the proposal where the plan's purpose gives it another model; undefined where it does not. */
export function assessOfPurpose(seat: VotingSeat, briefing: ProposalBriefing): Assess | undefined {
  const { plan, proposal } = briefing
  if (plan?.purpose === 'shift') return proposal.action === 'hold' ? undefined : shifts[seat]
  if (plan === null || proposal.action === 'hold' || isEntry(proposal, positionOf(briefing))) return undefined
  if (plan.purpose === 'exit') return exits[seat]
  return plan.purpose === 'mitigate' ? mitigations[seat] : undefined
}
