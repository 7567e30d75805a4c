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
})
export type Message = z.infer<typeof messageSchema>
