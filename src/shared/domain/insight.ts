import { z } from 'zod'

/** An agent's view of an instrument. */
export const insightSchema = z.object({
  agent: z.string(),
  instrument: z.string(),
  direction: z.enum(['up', 'down', 'flat']),
  /** Expected return over the horizon as a fraction, not negative. */
  magnitude: z.number().min(0),
  confidence: z.number().min(0).max(1),
  /** What the evidence alone states, where the confidence was tempered by the agent's record. */
  stated: z.number().min(0).max(1).optional(),
  horizonMs: z.int(),
  reasons: z.array(z.string()),
  /** Ids of the evidence it stands on. */
  evidence: z.array(z.string()),
})
export type Insight = z.infer<typeof insightSchema>

/** A view that was formed earlier. */
export interface PastView {
  readonly runId: string
  readonly at: number
  readonly insight: Insight
}

/** How good an agent's views on an instrument have been, and what its confidence is taken for. */
export const viewRecordSchema = z.object({
  agent: z.string(),
  instrument: z.string(),
  /** Views there are, those whose horizon has passed and that can be judged, and those of them that were right. */
  views: z.int(),
  judged: z.int(),
  right: z.int(),
  /** Mean confidence stated by the judged ones; null without any. */
  meanStated: z.number().nullable(),
  /** What 65 % stated counts for now. */
  countsFor: z.number(),
  /** When the newest view was formed. */
  lastAt: z.int(),
})
export type ViewRecordRow = z.infer<typeof viewRecordSchema>
