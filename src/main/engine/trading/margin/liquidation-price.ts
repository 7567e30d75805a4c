import type { MarginTier } from '#shared/domain/instrument.ts'
import { absolute, add, compare, type Decimal, divide, multiply, sign, subtract, ZERO } from '#shared/lib/decimal.ts'

/** A position in a linear perpetual; long is positive. */
export interface ContractPosition {
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  readonly tiers: readonly MarginTier[]
}

/**
 * The mark price at which what backs a position is down to its maintenance margin, exactly; null where no price above zero
 * does that. `collateral` is what stands behind it besides its own gain: in isolated margin the margin assigned to it, in
 * cross margin the wallet plus the other positions' unrealised gains less their maintenance margins.
 *
 * With the signed quantity q, the entry E, and a step's rate r and amount a, collateral + q(P - E) = |q|Pr - a gives
 * P = (collateral + a - qE) / (|q|r - q). The one step whose range holds |q|P is the answer's: the need rises with the worth
 * by less than one for one and without a jump, so there is no other. Binance, "How to Calculate Liquidation Price of USD-M
 * Futures Contracts".
 */
export function liquidationPrice(position: ContractPosition, collateral: Decimal): Decimal | null {
  const { quantity, averagePrice, tiers } = position
  const size = absolute(quantity)
  if (sign(size) === 0) return null
  const cost = multiply(quantity, averagePrice)
  let floor = ZERO
  for (const { notionalCap, maintenanceRate, maintenanceAmount } of tiers) {
    const slope = subtract(multiply(size, maintenanceRate), quantity)
    const price = divide(subtract(add(collateral, maintenanceAmount), cost), slope)
    const notional = multiply(size, price)
    const isWithin = compare(notional, floor) >= 0 && (notionalCap === null || compare(notional, notionalCap) <= 0)
    if (isWithin) return sign(price) > 0 ? price : null
    floor = notionalCap ?? floor
  }
  return null
}
