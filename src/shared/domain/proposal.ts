import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** What the desk can decide on one instrument. */
export const actions = ['buy', 'sell', 'hold'] as const
export const actionSchema = z.enum(actions)
export type Action = z.infer<typeof actionSchema>

/** A sized intent put to the vote. */
export const proposalSchema = z.object({
  id: z.string(),
  runId: z.string(),
  by: z.string(),
  at: z.int(),
  instrument: z.string(),
  action: actionSchema,
  /** Zero for hold. */
  quantity: decimalSchema,
  entry: decimalSchema,
  stop: decimalSchema.nullable(),
  target: decimalSchema.nullable(),
  horizonMs: z.int(),
  /** Fraction of the entry price over the horizon, signed. */
  expectedReturn: z.number(),
  /** Loss at the stop, in the quote currency. */
  riskAtStop: decimalSchema.nullable(),
  objectives: z.array(z.string()),
  risks: z.array(z.string()),
  evidence: z.array(z.string()),
  /** What would change the proposer's mind. */
  changesMyMind: z.string(),
})
export type Proposal = z.infer<typeof proposalSchema>
