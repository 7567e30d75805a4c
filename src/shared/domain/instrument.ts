import { z } from 'zod'
import type { Decimal } from '#shared/lib/decimal.ts'
import { compare, multiply, roundToStep, sign, ZERO } from '#shared/lib/decimal.ts'
import { decimalSchema } from './decimal.ts'

/**
 * One step of a venue's margin scheme. A position of a worth (quantity times mark) needs, to be held,
 * worth x maintenanceRate - maintenanceAmount; the amount makes the need rise without a jump from step to step.
 */
const marginTierSchema = z.object({
  /** The largest worth that it holds for, in the quote currency; null for the last step, which has no end. */
  notionalCap: decimalSchema.nullable(),
  /** The largest worth for each unit of margin when a position is opened. */
  maximumLeverage: z.int().min(1),
  /** A fraction of the worth, below 1. */
  maintenanceRate: decimalSchema,
  maintenanceAmount: decimalSchema,
})
export type MarginTier = z.infer<typeof marginTierSchema>

/** What a venue asks of those who hold a linear perpetual future: settled in its quote currency, without expiry. */
const perpetualTermsSchema = z.object({
  /** What one contract is of the base currency. Quantities are in the base currency, in whole contracts. */
  contractSize: decimalSchema,
  /** Funding is paid at every whole multiple of this since the epoch. */
  fundingIntervalMs: z.int().min(1),
  /** The venue's share of the worth of what it liquidates. */
  liquidationFee: decimalSchema,
  /** By rising worth. */
  tiers: z.array(marginTierSchema).min(1),
})
export type PerpetualTerms = z.infer<typeof perpetualTermsSchema>

/** What can be traded. Prices move in priceStep (the tick), quantities in quantityStep (the lot). */
export const instrumentSchema = z
  .object({
    /** BASE/QUOTE, for instance BTC/USDT; of a perpetual BASE/QUOTE:QUOTE, as ccxt writes it. */
    id: z.string(),
    base: z.string(),
    quote: z.string(),
    priceStep: decimalSchema,
    quantityStep: decimalSchema,
    /** The smallest order that the venue takes, in the quote currency. */
    minimumNotional: decimalSchema,
    /** Absent for spot, which is paid for in full. */
    perpetual: perpetualTermsSchema.optional(),
  })
  .refine(({ id, perpetual }) => isPerpetual(id) === (perpetual !== undefined), {
    error: 'the id of a perpetual, and of nothing else, names what it is settled in after a colon',
  })
export type Instrument = z.infer<typeof instrumentSchema>

/** True for the id of a perpetual future, such as BTC/USDT:USDT; by it every record tells what its fill was of. */
export function isPerpetual(id: string): boolean {
  return id.includes(':')
}

/**
 * Reads what people type for an instrument: "btc-usdt", "BTCUSDT " and "btc/usdt" all mean BTC/USDT where it is known,
 * "btc/usdt:usdt" and "btcusdt-perp" its perpetual.
 */
export function findInstrument(instruments: readonly Instrument[], typed: string): Instrument | undefined {
  const plain = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  const namesOf = ({ id, base, quote }: Instrument) =>
    isPerpetual(id) ? [plain(id), plain(`${base}${quote}PERP`)] : [plain(id)]
  return instruments.find((instrument) => namesOf(instrument).includes(plain(typed)))
}

/** The quantity rounded down to the lot; 0 where it would be worth less than the venue takes. */
export function tradable(quantity: Decimal, price: Decimal, instrument: Instrument): Decimal {
  const lots = roundToStep(quantity, instrument.quantityStep, 'down')
  return sign(lots) > 0 && compare(multiply(lots, price), instrument.minimumNotional) >= 0 ? lots : ZERO
}
