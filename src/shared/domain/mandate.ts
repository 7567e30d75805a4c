import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** Hard caps that the desk may trade within; amounts in the account's currency. */
export const mandateSchema = z.object({
  /** Empty allows every instrument. */
  instruments: z.array(z.string()),
  maximumOrderNotional: decimalSchema,
  /** Positions and working orders together, over all instruments, gross. */
  maximumExposure: decimalSchema,
  ordersPerMinute: z.int().min(1),
  /** Loss since the start of the UTC day that closes the gate to new risk. */
  maximumDailyLoss: decimalSchema,
  /**
   * The most that a day may cost the book after an order, in 19 of 20 days and on the average of the twentieth, by the bars
   * that decisions stand on. Null sets no limit.
   */
  maximumValueAtRisk: decimalSchema.nullable().default(null),
  maximumExpectedShortfall: decimalSchema.nullable().default(null),
  /** The most that perpetuals may be worth, for each unit of the money that stands behind them. */
  maximumLeverage: z.number().min(1).max(20).default(3),
  /** Of the way from the price to the liquidation price of a perpetual, the part that has to lie beyond its stop. */
  liquidationBuffer: z.number().min(0).lt(1).default(0.3),
  /** Largest distance of a limit price from the last price, as a fraction. */
  priceCollar: z.number().gt(0).max(1),
  /** Oldest quote that an order may be priced on. */
  maximumQuoteAgeMs: z.int().min(1),
  /** Epoch milliseconds; after it nothing may be opened. Null never expires. */
  expiresAt: z.int().nullable(),
})
export type Mandate = z.infer<typeof mandateSchema>
