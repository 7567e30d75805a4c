import { z } from 'zod'

export const messageKinds = [
  'thought',
  'analysis',
  'proposal',
  'challenge',
  'vote',
  'decision',
  'system',
  'human',
] as const
export const messageKindSchema = z.enum(messageKinds)

/** One thing said in the conversation of a run. */
export const messageSchema = z.object({
  id: z.string(),
  runId: z.string(),
  at: z.int(),
  agent: z.string(),
  kind: messageKindSchema,
  text: z.string(),
  confidence: z.number().min(0).max(1).nullable(),
  /** Ids of the evidence cited. */
  evidence: z.array(z.string()),
  /** The message that it answers. */
  replyTo: z.string().nullable(),
  /** The earlier runs that it speaks of, as it names them. */
  runs: z.array(z.object({ id: z.string(), instrument: z.string(), startedAt: z.int() })).optional(),
})
export type Message = z.infer<typeof messageSchema>

/** What to look for in everything that was ever said. All that is given must fit; the text as people type it. */
export const messageSearchSchema = z.object({
  /** Words (each may be the beginning of one), "phrases in quotes", -words to leave out. */
  text: z.string().max(500).default(''),
  agent: z.string().optional(),
  kind: messageKindSchema.optional(),
  instrument: z.string().optional(),
  runId: z.string().optional(),
  /** Only what was said before the message with this seq: the last hit of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type MessageSearch = z.infer<typeof messageSearchSchema>

/** A message that was found, with the words around what was looked for. */
export const messageHitSchema = z.object({
  /** Its record in the journal. */
  seq: z.int(),
  message: messageSchema,
  /** What the run was about; null when the run is not known. */
  instrument: z.string().nullable(),
  excerpt: z.array(z.object({ text: z.string(), found: z.boolean() })),
})
export type MessageHit = z.infer<typeof messageHitSchema>
