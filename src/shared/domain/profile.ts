import { z } from 'zod'
import { executionWishes } from './parent-order.ts'

export const profileNames = ['conservative', 'balanced', 'aggressive'] as const
export const profileNameSchema = z.enum(profileNames)
export type ProfileName = z.infer<typeof profileNameSchema>

export const taskPriorities = ['critical', 'high', 'medium', 'low'] as const

/** A number within a range, which its refusal names with the unit. */
function between(low: number, high: number, unit: string) {
  const error = `must be from ${low} to ${high}${unit === '' ? '' : ` ${unit}`}`
  return z.number({ error }).min(low, { error }).max(high, { error })
}

/** A whole number within a range. */
function count(low: number, high: number) {
  const error = `must be a whole number from ${low} to ${high}`
  return z.int({ error }).min(low, { error }).max(high, { error })
}

const share = () => between(0, 1, '(0.3 is 30 %)')
const positiveShare = (most: number) => {
  const error = `must be more than 0 and at most ${most} (0.3 is 30 %)`
  return z.number({ error }).gt(0, { error }).max(most, { error })
}

/** The sources that the desk reads by itself; a custom task has a source of its own. */
const deskSources: readonly string[] = [
  'price_data',
  'volume_data',
  'historical_data',
  'chart_data',
  'peer_data',
  'orderbook',
  'news',
  'social',
  'fear_greed',
  'onchain',
  'coingecko',
  'macro_data',
]

const placeholders = ['{instrument}', '{base}', '{quote}']

/** Why a text is no address of a custom source; undefined when it is one. */
function faultOfAddress(text: string): string | undefined {
  const unknown = (text.match(/\{[^}]*\}?/g) ?? []).find((name) => !placeholders.includes(name))
  if (unknown !== undefined) return `holds "${unknown}"; only ${placeholders.join(', ')} are filled in`
  return /^https?:\/\/[^/?#{}@\s]+([/?#]\S*)?$/i.test(text)
    ? undefined
    : 'must be an http or https address that names its host plainly'
}

const httpOriginSchema = z.strictObject({
  /** {instrument}, {base} and {quote} are filled in, encoded. */
  url: z.string().superRefine((text, context) => {
    const fault = faultOfAddress(text)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  }),
  /** Where the value or the whole finding stands in the JSON that is answered (RFC 6901); the whole of it when empty. */
  pointer: z
    .string()
    .regex(/^(\/([^~]|~[01])*)*$/, { error: 'must be a JSON pointer such as /data/0/value' })
    .default(''),
  /** Header names with the environment variables that hold their values. */
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'must be the name of a header' }),
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must name an environment variable, not hold a key' }),
    )
    .default({}),
})
export type HttpOrigin = z.infer<typeof httpOriginSchema>

const scriptOriginSchema = z.strictObject({
  /** A program; no shell reads it. Gets the goal as JSON on stdin and prints a finding as JSON. */
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
})
export type ScriptOrigin = z.infer<typeof scriptOriginSchema>

/** A research task that a plan may hold. One with `http` or `script` is custom: its finding comes from there. */
export const researchTaskSchema = z
  .strictObject({
    title: z.string().min(1),
    priority: z.enum(taskPriorities),
    /** A profile without optional tasks leaves it out. */
    optional: z.boolean().default(false),
    sources: z.array(z.string()).min(1),
    estimate: z.strictObject({ seconds: between(0.001, 3_600, 's'), usd: between(0, 1_000, 'USD') }),
    /** Tasks whose findings it needs. */
    after: z.array(z.string()).default([]),
    timeoutSeconds: between(0.001, 3_600, 's'),
    retries: count(0, 10),
    /** A value older than this is stale. */
    freshForSeconds: between(1, 1e9, 's'),
    http: httpOriginSchema.optional(),
    script: scriptOriginSchema.optional(),
  })
  .superRefine(({ http, script, sources }, context) => {
    if (http === undefined && script === undefined) return
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (http !== undefined && script !== undefined) refuse('script', 'stands beside http: a finding has one origin')
    if (sources.length !== 1) refuse('sources', 'must name one source, since the finding has one origin')
    const taken = sources.find((source) => deskSources.includes(source))
    if (taken !== undefined) refuse('sources', `"${taken}" is the desk's own: give the source a name of its own`)
  })
export type ResearchTask = z.infer<typeof researchTaskSchema>

/** Which research a risk profile runs, how much at once, and what a decision may cost and risk. */
export const profileSchema = z.strictObject({
  tasks: z.array(z.string()).min(1, { error: 'must name at least one task' }),
  /** Whether those of its tasks run that are marked optional. */
  optionalTasks: z.boolean(),
  parallel: count(1, 64),
  minimumSources: count(0, 100),
  /** Hard limit of one decision. */
  costLimitUsd: between(0.0001, 1_000, 'USD'),
  debateRounds: count(1, 5),
  /** Share of equity lost when the stop is hit. */
  riskPerTrade: positiveShare(0.1),
  /** Largest share of equity in one position. */
  maximumPosition: positiveShare(1),
  /** What half a unit of variance is worth in return: 1 is Kelly's share, 2 is half of it, 4 a quarter. */
  riskAversion: between(0.5, 100, '').default(2),
  /** A decision needs at least this share of the weight behind it. */
  threshold: positiveShare(1),
})
export type Profile = z.infer<typeof profileSchema>

/** From where on the trader is alerted about a run. */
const alertsSchema = z.strictObject({
  /** Share of the steps that failed. */
  failedShare: share(),
  /** Since the run began. */
  seconds: between(1, 86_400, 's'),
  usd: between(0, 1_000, 'USD'),
  /** Share of the attempts that timed out. */
  timeoutShare: share(),
})

/** When and how often a running plan is made anew. */
const replanningSchema = z.strictObject({
  /** In one run; 0 switches it off. */
  maxReplans: count(0, 20),
  /** How far a run may stray from its plan before it is planned anew: a share. */
  divergence: positiveShare(1),
  checkEverySeconds: between(1, 3_600, 's'),
  /** How often in one run a proposal that was rejected for its size is made smaller and voted on again; 0 switches it off. */
  votesAgain: count(0, 5),
})

/** How orders are carried out: as one, or in parts by a schedule. */
const executionSchema = z.strictObject({
  /** What the executor is to do unless a goal says otherwise; auto leaves it the choice. */
  algorithm: z.enum(executionWishes),
  /** Up to this share of the depth that the book shows an order goes out as one. */
  atOnceShare: share(),
  /** The share of the volume that an order in parts may make up. */
  participation: positiveShare(0.9),
  leastMinutes: between(0.1, 600, 'min'),
  mostMinutes: between(0.1, 600, 'min'),
  /** Between two parts. */
  leastSecondsApart: between(1, 3_600, 's'),
  /** What a unit of variance is worth in cost, per unit of the quote currency (Almgren and Chriss). */
  riskAversion: between(0, 1, ''),
})
export type ExecutionTerms = z.infer<typeof executionSchema>

/** The steps after the research: a task of that name would be taken for one of them. */
const deskSteps: readonly string[] = ['validate', 'analyse', 'propose', 'risk', 'decide', 'execute', 'evaluate']

const taskNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, { error: 'a task is named in small letters, digits and _, a letter first' })
  .refine((name) => !deskSteps.includes(name), { error: "the desk's own steps have that name already" })

/** The whole of planning.yaml: the tasks there are, the profiles that choose from them, and what watches their runs. */
export const planningConfigSchema = z.strictObject({
  tasks: z.record(taskNameSchema, researchTaskSchema),
  profiles: z.record(profileNameSchema, profileSchema),
  /** False: the tasks run one after another, in order of priority. */
  enabled: z.boolean(),
  alerts: alertsSchema,
  /** Hard limit over all decisions of a UTC day. */
  dailyCostLimitUsd: between(0, 100_000, 'USD'),
  replanning: replanningSchema,
  execution: executionSchema,
})
export type PlanningConfig = z.infer<typeof planningConfigSchema>
