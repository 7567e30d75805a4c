import { z } from 'zod'
import { modeSchema } from './account.ts'

/** Who did it: a person at the desk, an agent, or the desk itself. */
export const actorSchema = z.object({ kind: z.enum(['human', 'agent', 'system']), id: z.string() })
export type Actor = z.infer<typeof actorSchema>

/** One record of the journal. The hash covers every other field, prevHash included, as canonical JSON. */
export const journalRecordSchema = z.object({
  /** 1, 2, 3, ... without gaps. */
  seq: z.int(),
  prevHash: z.string(),
  hash: z.string(),
  /** UTC epoch milliseconds. */
  at: z.int(),
  /** Milliseconds on a clock that never runs backwards, since the desk's start. */
  monotonicMs: z.number(),
  /** The machine's clock minus the reference's; null while it is not measured. */
  clockOffsetMs: z.number().nullable(),
  actor: actorSchema,
  /** What happened, in the past tense. */
  kind: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** Ties together all records of one run, stop or order. */
  correlationId: z.string().nullable(),
  /** The seq of the record that led to this one. */
  causationSeq: z.int().nullable(),
  reason: z.string().nullable(),
  app: z.object({ version: z.string(), commit: z.string() }),
  configHash: z.string(),
  mode: modeSchema,
  account: z.string(),
})
export type JournalRecord = z.infer<typeof journalRecordSchema>

/** What stands for the whole journal up to a record: the Merkle root over its leaves (RFC 6962) and the chain's last hash. */
export const journalHeadSchema = z.object({
  size: z.int(),
  /** The hash of the last record; 64 zeros for an empty journal. */
  hash: z.string(),
  root: z.string(),
})
export type JournalHead = z.infer<typeof journalHeadSchema>

/** What checking the whole journal found; the first bad record is named. */
export const verificationSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('verified'), head: journalHeadSchema, signedHeads: z.int() }),
  z.object({
    status: z.literal('broken'),
    firstBadSeq: z.int(),
    /** changed, missing, out of order, inserted, cut, or a signed head that does not fit. */
    problem: z.string(),
    records: z.int(),
  }),
])
export type Verification = z.infer<typeof verificationSchema>
