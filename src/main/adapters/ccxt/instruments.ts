import type { Market } from 'ccxt'
import type { Instrument } from '#shared/domain/instrument.ts'
import { decimal } from '#shared/lib/decimal.ts'

/**
 * A spot market as an instrument; undefined for one that is not there, not active, or whose tick or lot is not known: what
 * cannot be rounded right is not traded.
 */
export function instrumentOfMarket(id: string, market: Market): Instrument | undefined {
  if (market === undefined || market.spot !== true || market.active === false) return undefined
  const { base, quote, precision, limits } = market
  const { price: priceStep = 0, amount: quantityStep = 0 } = precision
  // Text where the client keeps exact amounts: Number() of it says no more than that there is one.
  const isKnown = [priceStep, quantityStep].every((step: number | string) => Number(step) > 0)
  if (!isKnown) return undefined
  return {
    id,
    base,
    quote,
    priceStep: decimal(priceStep),
    quantityStep: decimal(quantityStep),
    minimumNotional: decimal(limits.cost?.min ?? 0),
  }
}
