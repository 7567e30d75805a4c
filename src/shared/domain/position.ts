import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** The signed sum of the fills of one instrument; long is positive. */
export const positionSchema = z.object({
  instrument: z.string(),
  quantity: decimalSchema,
  /** Mean entry price of what is held now, before fees; null when flat. */
  averagePrice: decimalSchema.nullable(),
  /** In the quote currency, before fees. */
  realised: decimalSchema,
  fees: decimalSchema,
  /** What funding has brought, negative for what it has cost; absent where there never was any. */
  funding: decimalSchema.optional(),
  updatedAt: z.int(),
})
export type Position = z.infer<typeof positionSchema>

/** A position beside the market: what the page shows. Null where the mark is unavailable. */
export const positionViewSchema = positionSchema.extend({
  mark: decimalSchema.nullable(),
  markedAt: z.int().nullable(),
  unrealised: decimalSchema.nullable(),
  /** The run whose order opened it. */
  runId: z.string().nullable(),
})
export type PositionView = z.infer<typeof positionViewSchema>
