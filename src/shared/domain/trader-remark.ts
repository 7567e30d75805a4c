import { z } from 'zod'
import { seatSchema } from './agent.ts'

const text = z.string().trim().min(1).max(2_000)

/**
 * What the trader says in a run: a question to an agent, a fact that the agents take up as evidence, or an objection,
 * which keeps the decision from being carried out without the trader.
 */
export const remarkOfTraderSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('ask'), to: seatSchema, text }),
  z.object({
    intent: z.literal('fact'),
    text,
    /** What it speaks for. */
    direction: z.enum(['up', 'down', 'none']),
    /** How sure the trader is of it, from 0 to 1. */
    confidence: z.number().min(0).max(1),
  }),
  z.object({ intent: z.literal('object'), text }),
])
export type TraderRemark = z.infer<typeof remarkOfTraderSchema>
