import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** What one position in a perpetual paid or received at one funding time. */
export const fundingPaymentSchema = z.object({
  /** The venue's; the same payment has the same id whenever it is told. */
  id: z.string(),
  instrument: z.string(),
  at: z.int(),
  /** What was held then; long is positive. */
  quantity: decimalSchema,
  mark: decimalSchema,
  rate: decimalSchema,
  /** In the quote currency, positive where it was received: -(quantity x mark x rate). */
  amount: decimalSchema,
})
export type FundingPayment = z.infer<typeof fundingPaymentSchema>
