import { z } from 'zod'
import { chartReadSchema } from './pattern.ts'

const common = {
  id: z.string(),
  runId: z.string(),
  /** The research task that gathered it. */
  task: z.string(),
  source: z.string(),
  /** When it was gathered. */
  at: z.int(),
  /** Its source was not asked for it: how many seconds ago the answer was loaded, which cost nothing again. */
  keptSeconds: z.int().optional(),
}

/**
 * One sourced, dated finding. It is a value, known to be empty (the source answered: there is nothing), or unavailable
 * (the source could not be asked or did not answer); the three are never mixed up.
 */
export const evidenceSchema = z.discriminatedUnion('status', [
  z.object({
    ...common,
    status: z.literal('value'),
    /** The moment that the data speaks of. */
    asOf: z.int(),
    /** One sentence for people, with the numbers in it. */
    summary: z.string(),
    /** The numbers behind the sentence. */
    figures: z.record(z.string(), z.number()),
    /** The patterns on the chart, where it is about these. */
    chart: chartReadSchema.optional(),
    /** From 0 (worthless) to 1 (complete and exact). */
    quality: z.number().min(0).max(1),
  }),
  z.object({ ...common, status: z.literal('empty'), asOf: z.int(), summary: z.string() }),
  z.object({ ...common, status: z.literal('unavailable'), code: z.string(), reason: z.string() }),
])
export type Evidence = z.infer<typeof evidenceSchema>
export type EvidenceValue = Extract<Evidence, { status: 'value' }>

/** The source of what the trader adds; it is no source that research asks. */
export const traderSource = 'trader'

/** What the validator says of a dossier; each share is from 0 to 1. */
export const validationSchema = z.object({
  /** Share of the planned tasks, weighted by priority, that came to a value or to known emptiness. */
  completeness: z.number(),
  /** Mean quality of the values. */
  quality: z.number(),
  /** Share of the values that are not older than their task allows. */
  freshness: z.number(),
  sources: z.int(),
  /** Whether the desk may decide on it. */
  sufficient: z.boolean(),
  missing: z.array(z.object({ task: z.string(), reason: z.string() })),
  stale: z.array(z.string()),
})
export type Validation = z.infer<typeof validationSchema>

/** All evidence for one goal. */
export const dossierSchema = z.object({
  instrument: z.string(),
  asOf: z.int(),
  /** The last price known at asOf. */
  price: z.number(),
  evidence: z.array(evidenceSchema),
  validation: validationSchema.nullable(),
})
export type Dossier = z.infer<typeof dossierSchema>
