import { readMarket } from '#engine/agents/market-read.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { heldQuantity, worthAfter } from '#engine/agents/sizes.ts'
import { percent } from '#engine/agents/wording.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { expectedMove } from './propose.ts'
import { abstain, type SeatVerdict, voteFor } from './verdict.ts'

/** Half of Kelly's share: three quarters of its growth at half of its volatility (MacLean, Thorp and Ziemba 2010). */
const riskAversion = 2

export interface TargetWeight {
  readonly weight: number
  /** The most that the volatility target allows. */
  readonly ceiling: number
  /** Expected return over the horizon after shrinkage. */
  readonly expected: number
}

/**
 * The share of equity that the instrument deserves beside cash: expected return / (2 x variance) over the horizon, from 0 to
 * a ceiling. The expected return is the mean of the view's and of the past's, the past's shrunk towards zero by how little
 * it stands out of its noise (t^2 / (1 + t^2), as James and Stein shrink). The ceiling is the profile's largest position when volatility is
 * ordinary, less as it is higher: the position's volatility is held to that of a full position in ordinary times.
 */
export function targetWeight(options: {
  readonly view: number
  readonly meanReturn: number
  readonly bars: number
  readonly volatility: number
  readonly longVolatility: number
  readonly horizonBars: number
  readonly maximumPosition: number
}): TargetWeight {
  const { view, meanReturn, bars, volatility, longVolatility, horizonBars, maximumPosition } = options
  const t = (meanReturn / longVolatility) * Math.sqrt(bars)
  const drift = meanReturn * horizonBars * ((t * t) / (1 + t * t))
  const expected = (view + drift) / 2
  const variance = volatility * volatility * horizonBars
  const ceiling = maximumPosition * Math.min(1, longVolatility / volatility)
  return { weight: Math.max(0, Math.min(ceiling, expected / (riskAversion * variance))), ceiling, expected }
}

/** The target for the briefing's instrument, with the equity that it is a share of; else why there is none, in a sentence. */
export function weightTarget(briefing: ProposalBriefing): (TargetWeight & { readonly equity: number }) | string {
  const { insight, account, profile } = briefing
  const { volatility, longVolatility, returns, barMs, horizonMs } = readMarket(briefing)
  if (insight === null) return 'The market view is unavailable, so the expected return is too.'
  if (account.equity === null) return 'The equity is unavailable, so no weight can be computed.'
  if (volatility === null || longVolatility === null || !(volatility > 0) || !(longVolatility > 0)) {
    return 'The volatility is unavailable: there are too few bars that move.'
  }
  const equity = toNumber(account.equity)
  if (!(equity > 0)) return 'There is no equity to allocate.'
  const target = targetWeight({
    view: expectedMove(insight),
    meanReturn: returns.reduce((sum, value) => sum + value, 0) / returns.length,
    bars: returns.length,
    volatility,
    longVolatility,
    horizonBars: horizonMs / barMs,
    maximumPosition: profile.maximumPosition,
  })
  return { ...target, equity }
}

/**
 * The portfolio optimizer: votes for the action when it brings the instrument's weight nearer to its target, else for
 * hold, surer the more of the gap is closed (or opened). Abstains where the view, the equity or the volatility is unavailable.
 */
export function assessAsOptimizer(briefing: ProposalBriefing): SeatVerdict {
  const { insight, profile, proposal, quote } = briefing
  const target = weightTarget(briefing)
  if (typeof target === 'string') return abstain(target)
  const { equity } = target
  const held = heldQuantity(briefing)
  const now = toNumber(worthAfter(held, 'hold', proposal.quantity, quote.last)) / equity
  const after = toNumber(worthAfter(held, proposal.action, proposal.quantity, quote.last)) / equity
  const before = Math.abs(now - target.weight)
  const left = Math.abs(after - target.weight)
  const reasons = [
    `The weight should be ${percent(target.weight)} (at most ${percent(target.ceiling)} at today's volatility, expecting ${percent(target.expected, 2)}); it is ${percent(now)}, and would be ${percent(after)}.`,
  ]
  const grounds = { reasons, evidence: insight?.evidence ?? [] }
  if (proposal.action === 'hold') {
    return voteFor('hold', 1 - before / Math.max(profile.maximumPosition, before), grounds)
  }
  const change = Math.abs(before - left) / Math.max(before, left, Number.MIN_VALUE)
  return voteFor(left < before ? proposal.action : 'hold', 0.5 + change / 2, grounds)
}
