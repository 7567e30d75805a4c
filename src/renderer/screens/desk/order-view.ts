import type { PositionView } from '#shared/domain/position.ts'
import { absolute, type Decimal, divide, multiply, sign, subtract, toNumber } from '#shared/lib/decimal.ts'

/** How many orders and fills are fetched and shown; the journal has all. */
export const shownOrders = 500

/** The unrealised gain over what the position cost, as a fraction; null where either is unavailable. */
export function gainFraction({ unrealised, averagePrice, quantity }: PositionView): number | null {
  if (unrealised === null || averagePrice === null) return null
  const cost = multiply(averagePrice, absolute(quantity))
  return sign(cost) === 0 ? null : toNumber(divide(unrealised, cost))
}

/** What is lost from the average price when the stop is hit, in the quote currency, not negative. */
export function riskAtStop({ averagePrice, quantity }: PositionView, stop: Decimal | null): Decimal | null {
  if (averagePrice === null || stop === null) return null
  const loss = multiply(subtract(averagePrice, stop), quantity)
  return sign(loss) < 0 ? null : loss
}
