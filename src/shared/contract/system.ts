import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { accountSchema, modeSchema } from '#shared/domain/account.ts'
import { agentHealthSchema } from '#shared/domain/agent.ts'
import { deadManStateSchema } from '#shared/domain/dead-man-switch.ts'
import { viewRecordSchema } from '#shared/domain/insight.ts'
import { latchSchema, stopProgressSchema } from '#shared/domain/trading-state.ts'

/** By how much the engine's event loop was late over the last minute, in milliseconds. */
const loopDelaySchema = z.object({ p50Ms: z.number(), p99Ms: z.number(), maxMs: z.number() })
export type LoopDelay = z.infer<typeof loopDelaySchema>
/** The keys that stop trading from any program (EL-2): not armed when another program holds them or nobody consented. */
const stopShortcutSchema = z.discriminatedUnion('state', [
  z.object({ state: z.enum(['armed', 'not armed']), accelerator: z.string() }),
  /** There is no desktop app around the desk. */
  z.object({ state: z.literal('not available') }),
])
export type StopShortcut = z.infer<typeof stopShortcutSchema>

/** What the permanent bar shows. Null means unavailable. */
export const statusSchema = z.object({
  version: z.string(),
  mode: modeSchema,
  account: accountSchema,
  dayPnl: z.string().nullable(),
  latch: latchSchema,
  stop: stopProgressSchema.nullable(),
  feed: z.object({
    connected: z.boolean(),
    name: z.string(),
    lastTickAt: z.int().nullable(),
    /** A price older than this is stale: the gate denies orders on it. */
    staleAfterMs: z.int(),
  }),
  broker: z.object({ connected: z.boolean(), name: z.string(), latencyMs: z.number().nullable() }),
  deadManSwitch: deadManStateSchema,
  stopShortcut: stopShortcutSchema,
  activeRunId: z.string().nullable(),
  deadLetters: z.int(),
  /** What decisions have cost since the trading day began, of what they may cost, in USD. */
  spending: z.object({ todayUsd: z.number(), limitUsd: z.number() }),
  reviews: z.object({
    waiting: z.int(),
    /** Milliseconds until the first of them expires; null when none waits. */
    nextExpiresInMs: z.int().nullable(),
    /** A notice that approving may have become a habit (HO-11), in words. */
    habit: z.string().nullable(),
  }),
  loop: loopDelaySchema.extend({ alarm: z.enum(['slow', 'stalled']).nullable() }).nullable(),
  now: z.int(),
  journalSize: z.int(),
})
export type Status = z.infer<typeof statusSchema>
/** Slow: late in general, over a whole minute. Stalled: it stood still once for more than a second. */
export type LoopAlarm = NonNullable<NonNullable<Status['loop']>['alarm']>

/** The nouns that a page may have in its cache; a change names those to fetch again. */
export const nouns = [
  'plans',
  'runs',
  'messages',
  'evidence',
  'vote',
  'reviews',
  'memory',
  'orders',
  'positions',
  'settings',
  'agents',
  'bars',
  'alerts',
] as const
export type Noun = (typeof nouns)[number]

const changeSchema = z.object({ seq: z.int(), nouns: z.array(z.enum(nouns)), status: statusSchema })

export const systemContract = {
  status: oc.route({ method: 'GET', path: '/status' }).output(statusSchema),
  /** The desk's changes after a cursor, conflated to at most ten a second; the first answer comes at once. */
  watch: oc
    .route({ method: 'GET', path: '/changes' })
    .input(z.object({ after: z.coerce.number().int().min(0).optional() }))
    .output(eventIterator(changeSchema)),
  agents: oc.route({ method: 'GET', path: '/agents' }).output(z.array(agentHealthSchema)),
  /** How good the analyst's views have been, by instrument that it had any on. */
  viewRecords: oc.route({ method: 'GET', path: '/view-records' }).output(z.array(viewRecordSchema)),
  deadLetters: oc.route({ method: 'GET', path: '/dead-letters' }).output(
    z.array(
      z.object({
        id: z.string(),
        topic: z.string(),
        at: z.int(),
        attempts: z.int(),
        error: z.string(),
        body: z.unknown(),
      }),
    ),
  ),
}
