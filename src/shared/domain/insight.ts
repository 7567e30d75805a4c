import { z } from 'zod'

/** An agent's view of an instrument. */
export const insightSchema = z.object({
  agent: z.string(),
  instrument: z.string(),
  direction: z.enum(['up', 'down', 'flat']),
  /** Expected return over the horizon as a fraction, not negative. */
  magnitude: z.number().min(0),
  confidence: z.number().min(0).max(1),
  horizonMs: z.int(),
  reasons: z.array(z.string()),
  /** Ids of the evidence it stands on. */
  evidence: z.array(z.string()),
})
export type Insight = z.infer<typeof insightSchema>
