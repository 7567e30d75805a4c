import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** What can be traded. Prices move in priceStep (the tick), quantities in quantityStep (the lot). */
export const instrumentSchema = z.object({
  /** BASE/QUOTE, for instance BTC/USDT. */
  id: z.string(),
  base: z.string(),
  quote: z.string(),
  priceStep: decimalSchema,
  quantityStep: decimalSchema,
  /** The smallest order that the venue takes, in the quote currency. */
  minimumNotional: decimalSchema,
})
export type Instrument = z.infer<typeof instrumentSchema>

/** Reads what people type for an instrument: "btc-usdt", "BTCUSDT " and "btc/usdt" all mean BTC/USDT where it is known. */
export function findInstrument(instruments: readonly Instrument[], typed: string): Instrument | undefined {
  const plain = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  return instruments.find((instrument) => plain(instrument.id) === plain(typed))
}
