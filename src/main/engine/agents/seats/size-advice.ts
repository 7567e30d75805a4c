import { readMarket } from '#engine/agents/market-read.ts'
import type { Briefing } from '#engine/agents/seat.ts'
import { directionOf, lossBetween, positionOf, type SizeCap } from '#engine/agents/sizes.ts'
import { fixedFractionSize, kellyShare, riskPerTradeSize, volatilityTargetSize } from '#engine/portfolio/sizing.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { absolute, fromNumber, maximum, multiply, sign, subtract, toNumber, ZERO } from '#shared/lib/decimal.ts'

/** A size that a method of sizing would take, with the most that it lets the position come to. */
export interface AdvisedSize extends SizeCap {
  readonly method: 'fixed fraction' | 'risk per trade' | 'volatility target' | 'half Kelly'
}

const places = 12

/**
 * What the usual methods would buy, or sell short: a fixed fraction (the profile's largest position), the risk per trade at the stop, the
 * volatility target (a full position in ordinary times, less as volatility is above its usual), and half of Kelly's stake at
 * the stop by the view's confidence, which its record has shrunk, and the target's reward. What is held already counts
 * against the first and the third. Empty where the equity, the stop or the volatility is unavailable.
 */
export function sizeAdvice(
  briefing: Briefing,
  { action, entry, stop, target }: Pick<Proposal, 'action' | 'entry' | 'stop' | 'target'>,
  insight: Insight | null,
): readonly AdvisedSize[] {
  const { account, profile } = briefing
  const { volatility, longVolatility } = readMarket(briefing)
  if (account.equity === null || stop === null || volatility === null || longVolatility === null) return []
  const equity = toNumber(account.equity)
  const price = toNumber(entry)
  const distance = toNumber(lossBetween(action, entry, stop))
  if (!(equity > 0) || !(price > 0) || !(distance > 0) || !(volatility > 0) || !(longVolatility > 0)) return []
  const { maximumPosition, riskPerTrade } = profile
  const position = positionOf(briefing)
  const held = sign(position) === directionOf(action) ? absolute(position) : ZERO
  const beside = (whole: number) => maximum(ZERO, subtract(fromNumber(whole, places), held))
  const risked = riskPerTradeSize(equity, riskPerTrade, price, toNumber(stop))
  const calm = volatilityTargetSize(equity, price, volatility, maximumPosition * longVolatility, maximumPosition)
  const reward = target === null ? 0 : -toNumber(lossBetween(action, entry, target))
  const kelly =
    insight === null || insight.direction === 'flat' || !(reward > 0)
      ? []
      : [(equity * kellyShare(insight.confidence, reward / distance)) / distance]
  return [
    {
      method: 'fixed fraction',
      name: 'the largest position',
      quantity: beside(fixedFractionSize(equity, maximumPosition, price)),
    },
    { method: 'risk per trade', name: 'the risk per trade', quantity: fromNumber(risked, places) },
    { method: 'volatility target', name: 'the volatility target', quantity: beside(calm) },
    ...kelly.map(
      (quantity): AdvisedSize => ({
        method: 'half Kelly',
        name: "half of Kelly's stake",
        quantity: fromNumber(quantity, places),
      }),
    ),
  ]
}

/** Those of the sizes that hold an entry down; the caps of profile and mandate say the others, to the last digit. */
export function adviceCaps(advice: readonly AdvisedSize[]): readonly SizeCap[] {
  return advice.filter(({ method }) => method === 'volatility target' || method === 'half Kelly')
}

/** The worth of a size, in the account's currency. */
export function worthOfSize({ quantity }: SizeCap, { entry }: Pick<Proposal, 'entry'>): number {
  return toNumber(multiply(quantity, entry))
}
