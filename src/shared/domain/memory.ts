import { z } from 'zod'
import { decisionSchema } from './decision.ts'
import { outcomeSchema } from './outcome.ts'
import { profileNameSchema } from './profile.ts'
import { actionSchema } from './proposal.ts'
import { regimeSchema, situationSchema } from './situation.ts'

/** What the desk knew, what it decided, what it learned. */
export const memoryKinds = ['knew', 'decided', 'learned'] as const
export const memoryKindSchema = z.enum(memoryKinds)
export type MemoryKind = z.infer<typeof memoryKindSchema>

/**
 * How much is kept at hand of a run: all of it while it is under way, all of the newest ended ones, and of those in the
 * archive what was decided and learned. What memory lets go of stays in the journal.
 */
export const memoryTiers = ['run', 'recent', 'archive'] as const
export const memoryTierSchema = z.enum(memoryTiers)
export type MemoryTier = z.infer<typeof memoryTierSchema>

/** So many ended runs are recent; older ones are in the archive. */
export const recentRuns = 50

/** One run as memory keeps it: the situation, what was decided, and what it came to. Null is not known. */
export const episodeSchema = z.object({
  runId: z.string(),
  instrument: z.string(),
  profile: profileNameSchema,
  startedAt: z.int(),
  endedAt: z.int().nullable(),
  situation: situationSchema.nullable(),
  /** How far the analyst looked ahead. */
  horizonMs: z.int().nullable(),
  decision: decisionSchema.nullable(),
  outcome: outcomeSchema.nullable(),
})
export type Episode = z.infer<typeof episodeSchema>

/** A past decision in a situation like the present one, as it was known when it was recalled. */
export const recalledSchema = z.object({
  runId: z.string(),
  instrument: z.string(),
  startedAt: z.int(),
  regime: regimeSchema.nullable(),
  /** From 0 to 1, by situationDistance. */
  distance: z.number().min(0).max(1),
  action: actionSchema,
  status: decisionSchema.shape.status,
  /** Whether anything was traded on it. */
  filled: z.boolean(),
  lessons: z.array(z.string()),
  /** How the price moved as a fraction, over the analyst's horizon or as much of it as has passed; null is unavailable. */
  move: z.object({ share: z.number(), afterMs: z.int() }).nullable(),
})
export type Recalled = z.infer<typeof recalledSchema>

/** What memory brought into a run. */
export const recollectionSchema = z.object({
  /** Nearest first. */
  recalled: z.array(recalledSchema),
  /** How many earlier decisions were compared, and how near the nearest of them is; null where none can be compared. */
  compared: z.int(),
  nearest: z.number().nullable(),
})
export type Recollection = z.infer<typeof recollectionSchema>

/** One thing that the desk knew, decided or learned in a run. */
export const memoryEntrySchema = z.object({
  /** Its record in the journal. */
  seq: z.int(),
  runId: z.string(),
  instrument: z.string(),
  regime: regimeSchema.nullable(),
  tier: memoryTierSchema,
  kind: memoryKindSchema,
  agent: z.string(),
  at: z.int(),
  text: z.string(),
})
export type MemoryEntry = z.infer<typeof memoryEntrySchema>

/** What to look for in memory. All that is given must fit; the text as people type it. */
export const memorySearchSchema = z.object({
  /** Words (each may be the beginning of one), "phrases in quotes", -words to leave out. */
  text: z.string().max(500).default(''),
  instrument: z.string().optional(),
  regime: regimeSchema.optional(),
  agent: z.string().optional(),
  kind: memoryKindSchema.optional(),
  tier: memoryTierSchema.optional(),
  /** Only what came before the record with this seq: the last hit of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type MemorySearch = z.infer<typeof memorySearchSchema>

/** An entry that was found, with the words around what was looked for. */
export const memoryHitSchema = memoryEntrySchema.extend({
  excerpt: z.array(z.object({ text: z.string(), found: z.boolean() })),
})
export type MemoryHit = z.infer<typeof memoryHitSchema>

/** All that memory has of one run; entries oldest first. */
export const rememberedRunSchema = z.object({
  episode: episodeSchema,
  tier: memoryTierSchema,
  /** What was brought into it; null where it did not come that far. */
  recollection: recollectionSchema.nullable(),
  entries: z.array(memoryEntrySchema),
})
export type RememberedRun = z.infer<typeof rememberedRunSchema>
