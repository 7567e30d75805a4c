import type { Outcome } from '#shared/domain/outcome.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { toNumber } from '#shared/lib/decimal.ts'

/** What large venues ask of a small account that takes liquidity; used until fills say what it is here. */
const usualTakerFee = 0.001

/** The fee as a share of the notional: what earlier fills paid, or the usual one without any. */
export function takerFee(outcomes: readonly Outcome[]): number {
  let fees = 0
  let notional = 0
  for (const { filledQuantity, averagePrice, fees: paid } of outcomes) {
    if (averagePrice === null) continue
    fees += toNumber(paid)
    notional += toNumber(filledQuantity) * toNumber(averagePrice)
  }
  return notional > 0 ? fees / notional : usualTakerFee
}

/** The spread as a share of the mid price. */
export function spreadShare({ bid, ask }: Quote): number {
  const middle = (toNumber(bid) + toNumber(ask)) / 2
  return middle > 0 ? Math.max(0, toNumber(ask) - toNumber(bid)) / middle : 0
}

/** What going in and out again costs at least, as a share of the notional: the spread and two fees. */
export function roundTripShare(quote: Quote, outcomes: readonly Outcome[] = []): number {
  return spreadShare(quote) + 2 * takerFee(outcomes)
}
