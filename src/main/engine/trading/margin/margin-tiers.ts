import type { MarginTier } from '#shared/domain/instrument.ts'
import { add, compare, type Decimal, decimal, divide, multiply, subtract, ZERO } from '#shared/lib/decimal.ts'

/** A step of a margin scheme before its maintenance amount is known. */
export type PlainTier = Omit<MarginTier, 'maintenanceAmount'>

/**
 * A margin scheme with the maintenance amounts that let the need for margin rise without a jump: each step's is that of the
 * step before plus its own floor times the rise of the rate (as Binance reckons its leverage and margin tiers of USD-M futures).
 */
export function withMaintenanceAmounts(tiers: readonly PlainTier[]): readonly MarginTier[] {
  let [amount, rate, floor] = [ZERO, tiers[0]?.maintenanceRate ?? ZERO, ZERO]
  return tiers.map((tier) => {
    amount = add(amount, multiply(floor, subtract(tier.maintenanceRate, rate)))
    rate = tier.maintenanceRate
    floor = tier.notionalCap ?? floor
    return { ...tier, maintenanceAmount: amount }
  })
}

/** The step that a position of this worth (0 or more) stands on; one above every cap stands on the last. */
export function tierOf(tiers: readonly MarginTier[], notional: Decimal): MarginTier {
  const tier = tiers.find(({ notionalCap }) => notionalCap === null || compare(notional, notionalCap) <= 0)
  const last = tier ?? tiers.at(-1)
  if (last === undefined) throw new RangeError('A margin scheme has at least one step.')
  return last
}

/** What has to be there for a position of this worth to be held, in the quote currency. */
export function maintenanceMargin(tiers: readonly MarginTier[], notional: Decimal): Decimal {
  const { maintenanceRate, maintenanceAmount } = tierOf(tiers, notional)
  return subtract(multiply(notional, maintenanceRate), maintenanceAmount)
}

/** What has to be there for a position of this worth to be opened, at the leverage asked for or the most that the step allows. */
export function initialMargin(tiers: readonly MarginTier[], notional: Decimal, leverage: number): Decimal {
  const { maximumLeverage } = tierOf(tiers, notional)
  return divide(notional, decimal(Math.min(leverage, maximumLeverage)))
}
