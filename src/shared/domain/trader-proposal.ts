import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** What the trader proposes in a plan that is being voted on. */
export const traderProposalSchema = z.object({
  action: z.enum(['buy', 'sell']),
  quantity: decimalSchema,
  stop: decimalSchema.nullable().default(null),
  target: decimalSchema.nullable().default(null),
  reason: z.string().trim().min(1).max(2_000),
})
export type TraderProposal = z.infer<typeof traderProposalSchema>
