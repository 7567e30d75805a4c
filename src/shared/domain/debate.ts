import { z } from 'zod'

/** One point of the debate: it cites evidence, and may answer the other side's point. */
export const pointSchema = z.object({
  text: z.string(),
  strength: z.number().min(0).max(1),
  /** Ids of the evidence it stands on. */
  evidence: z.array(z.string()),
  /** The text of the other side's point that it answers. */
  answers: z.string().nullable(),
})

/** What one side said in one round, and how strong its case stands after it, from 0 to 1. */
export const argumentSchema = z.object({
  side: z.enum(['bull', 'bear']),
  round: z.int(),
  points: z.array(pointSchema),
  strength: z.number().min(0).max(1),
})
export type Argument = z.infer<typeof argumentSchema>
