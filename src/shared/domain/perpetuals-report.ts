import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** One position in a perpetual and what it asks of its margin; a null is unavailable unless it says otherwise. */
const contractSchema = z.object({
  instrument: z.string(),
  /** Long is positive. */
  quantity: decimalSchema,
  averagePrice: decimalSchema.nullable(),
  mark: decimalSchema.nullable(),
  markedAt: z.int().nullable(),
  notional: decimalSchema.nullable(),
  unrealised: decimalSchema.nullable(),
  initial: decimalSchema.nullable(),
  maintenance: decimalSchema.nullable(),
  /** The mark at which the venue closes it; null too where no price does. */
  liquidationPrice: decimalSchema.nullable(),
  /** How far that is from the mark, as a fraction of the mark; null with it. */
  toLiquidation: z.number().nullable(),
  /** What funding has brought so far, negative for what it has cost. */
  funding: decimalSchema,
  /** Of the funding to come, which longs pay where it is positive, and its time. */
  fundingRate: decimalSchema.nullable(),
  fundingAt: z.int().nullable(),
  /** The run whose order opened it. */
  runId: z.string().nullable(),
})

/** What is held in perpetuals, on one account's money (cross margin); a null is unavailable. Amounts in the account's currency. */
export const perpetualsReportSchema = z.object({
  /** Apart from gains not yet realised. */
  wallet: decimalSchema,
  /** With them: what stands behind the contracts. */
  balance: decimalSchema.nullable(),
  /** What they hold of it, and what is left to open more with. */
  initial: decimalSchema.nullable(),
  free: decimalSchema.nullable(),
  maintenance: decimalSchema.nullable(),
  /** Maintenance margin over balance: at 1 the venue closes what is held. */
  ratio: z.number().nullable(),
  /** The contracts' worth over the balance, and the most that the mandate allows. */
  leverage: z.number().nullable(),
  maximumLeverage: z.number(),
  /** What funding has brought over all perpetuals that were ever held, negative for what it has cost. */
  funding: decimalSchema,
  contracts: z.array(contractSchema),
})
export type PerpetualsReport = z.infer<typeof perpetualsReportSchema>
