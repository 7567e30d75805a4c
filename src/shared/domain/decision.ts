import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import { actionSchema } from './proposal.ts'
import { touchSchema } from './quote.ts'

/** The result of a vote, with the rule that fired. */
export const decisionSchema = z.object({
  id: z.string(),
  runId: z.string(),
  at: z.int(),
  /** Null when the desk had nothing to vote on. */
  proposalId: z.string().nullable(),
  action: actionSchema,
  /** agreed: it may be carried out; noTrade: the vote did not carry it; review: the trader would have to decide. */
  status: z.enum(['agreed', 'noTrade', 'review']),
  /** The rule of the policy that fired, as a code and as a sentence. */
  rule: z.string(),
  reason: z.string(),
  /** From 0 to 1. */
  confidence: z.number(),
  /** Share of the weight behind the result, 0 to 100. */
  agreement: z.number(),
  /** The last price when it was made; null when there was none. */
  price: decimalSchema.nullable(),
  /** The market when it was made; null when there was none. */
  market: touchSchema.nullable().default(null),
  /** The epoch of the trading state it was made under; after a stop it is never executed (KS-12). */
  epoch: z.int(),
})
export type Decision = z.infer<typeof decisionSchema>
