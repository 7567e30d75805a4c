import type { Compute } from '#engine/ports/compute.ts'
import type { CustomSources, SourceAnswer, SourceData, SourceName } from '#engine/ports/research-sources.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import { errorCode, errorMessage, isRetryable, ParleyError } from '#shared/lib/error.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { KeptSources, MaybeKept } from './kept-sources.ts'
import { correlationAnalysis } from './research/correlation.ts'
import { isCustom, readCustom } from './research/custom.ts'
import { keywordExtraction } from './research/keywords.ts'
import { liquidityAnalysis } from './research/liquidity.ts'
import { macroFactors } from './research/macro.ts'
import { momentumAnalysis } from './research/momentum.ts'
import { onchainMetrics } from './research/onchain.ts'
import { historicalPatternAnalysis } from './research/patterns.ts'
import type { Finding, Nothing, ReadContext, TaskReaders } from './research/reading.ts'
import { marketSentiment } from './research/sentiment.ts'
import { technicalAnalysis } from './research/technical.ts'

export interface ResearchContext {
  readonly runId: string
  readonly instrument: string
  readonly sources: KeptSources
  /** Undefined where custom tasks are not run. */
  readonly custom?: CustomSources | undefined
  readonly ids: Ids
  readonly now: () => number
  /** When its run began. */
  readonly runBegan: number
  readonly signal: AbortSignal
  /** For what takes long to read. */
  readonly compute: Pick<Compute, 'run'>
  /** How often the task may still be tried again. */
  readonly attemptsLeft: number
}

/** What a task came to. `failed` is there when none of its sources could be asked: the step has failed, the evidence says why. */
export interface ResearchResult {
  readonly evidence: readonly Evidence[]
  /** What the answers cost: the task's estimate, by the share of its sources that were loaded for it. */
  readonly usd: number
  /** How many of its answers were loaded before its run began: they took no time, which says nothing of a run that has to ask. */
  readonly before: number
  readonly failed?: ResearchFailure
}

/** Why a task came to nothing. */
export interface ResearchFailure {
  readonly code: string
  readonly message: string
  /** A source was asked too often: less should be asked at once, and of it nothing for so long. */
  readonly rateLimited?: boolean
  readonly retryAfterMs?: number
}

const tasks: Readonly<Record<string, TaskReaders>> = {
  market_sentiment: marketSentiment,
  onchain_metrics: onchainMetrics,
  technical_analysis: technicalAnalysis,
  macro_factors: macroFactors,
  liquidity_analysis: liquidityAnalysis,
  correlation_analysis: correlationAnalysis,
  historical_patterns: historicalPatternAnalysis,
  keyword_extraction: keywordExtraction,
  momentum: momentumAnalysis,
}

type AnyReader = (data: never, context: ReadContext) => Finding | Nothing | Promise<Finding | Nothing>
type Asked =
  | { readonly source: string; readonly answer: MaybeKept<SourceAnswer> }
  | { readonly source: string; readonly error: unknown }

/** The task's own reader of a source, or, for a task that people added, the first that any task has. */
function readerOf(task: string, source: string): AnyReader | undefined {
  const own = tasks[task]
  const all = own === undefined ? Object.values(tasks) : [own, ...Object.values(tasks)]
  return all.map(({ readers }) => readers[source as SourceName] as AnyReader | undefined).find((reader) => reader)
}

/**
 * Runs one research task: asks its sources all at once and makes one finding of each. A source that could not be asked, an
 * answer that is known to be empty and a value stay three different things. Rejects with the source's own error where it
 * may be retried and attempts are left, and with the signal's reason when it aborts. A task that is not one of the desk's
 * own reads its sources as the desk's tasks do.
 */
export async function performResearch(
  task: string,
  definition: ResearchTask,
  context: ResearchContext,
): Promise<ResearchResult> {
  const { instrument, sources, signal, attemptsLeft, compute } = context
  signal.throwIfAborted()
  if (isCustom(definition)) return performCustom(task, definition, context)
  const extra = (tasks[task]?.also ?? []).filter((source) => !definition.sources.includes(source))
  const ask = async (source: string): Promise<Asked> => {
    try {
      const freshForMs = definition.freshForSeconds * 1_000
      return { source, answer: await sources.fetch(source as SourceName, instrument, signal, freshForMs) }
    } catch (error) {
      return { source, error }
    }
  }
  const asked = await Promise.all([...definition.sources, ...extra].map(ask))
  signal.throwIfAborted()
  const planned = asked.slice(0, definition.sources.length)
  const errors = planned.flatMap((reply) => ('error' in reply ? [reply.error] : []))
  const mayPass = attemptsLeft > 0 ? errors.filter(isRetryable) : []
  // Of several errors the one that asks for patience says when to come back.
  const tryAgain = mayPass.find((error) => limitOf(error).rateLimited === true) ?? mayPass[0]
  const answered = planned.flatMap((reply) => ('answer' in reply ? [reply.answer] : []))
  const loaded = answered.filter(({ keptMs }) => keptMs === undefined).length
  const usd = (definition.estimate.usd * loaded) / planned.length
  const oldest = context.now() - context.runBegan
  const before = answered.filter(({ keptMs }) => keptMs !== undefined && keptMs > oldest).length
  if (tryAgain !== undefined) throw withCost(tryAgain, usd)

  const answers = Object.fromEntries(
    asked.flatMap((reply) =>
      'answer' in reply && reply.answer.status === 'value' ? [[reply.source, reply.answer.data]] : [],
    ),
  ) as Partial<SourceData>
  const at = context.now()
  const shown = [...planned, ...asked.slice(planned.length).filter((reply) => isWorthShowing(reply, task))]
  const about = { instrument, now: at, answers, compute }
  const evidence = await Promise.all(shown.map((reply) => evidenceOf(reply, task, about, context)))
  signal.throwIfAborted()
  const failures = evidence.filter((piece) => piece.status === 'unavailable')
  const [first] = failures
  if (first === undefined || failures.length < evidence.length) return { evidence, usd, before }
  const message = failures.map(({ source, reason }) => `${source}: ${reason}`).join(' ')
  const limits = errors.map(limitOf).find(({ rateLimited }) => rateLimited === true)
  return { evidence, usd, before, failed: { code: first.code, message, ...limits } }
}

/** The error of a source, with what the others that were loaded have cost. */
function withCost(error: unknown, usd: number): unknown {
  if (usd === 0 || !(error instanceof ParleyError)) return error
  const { code, message, retry, details, wayOut } = error
  return new ParleyError(code, message, {
    retry,
    details: { ...details, usd },
    ...(wayOut !== undefined && { wayOut }),
    cause: error,
  })
}

/** What an error says of being asked too often. */
function limitOf(error: unknown): Pick<ResearchFailure, 'rateLimited' | 'retryAfterMs'> {
  if (!(error instanceof ParleyError) || error.details['rateLimited'] !== true) return {}
  const wait = error.details['retryAfterMs']
  return { rateLimited: true, ...(typeof wait === 'number' && { retryAfterMs: wait }) }
}

/** Asks a custom task's own origin. Whatever keeps it from an answer is evidence that is unavailable, with its reason. */
async function performCustom(
  task: string,
  definition: ResearchTask,
  context: ResearchContext,
): Promise<ResearchResult> {
  const { instrument, custom, signal, attemptsLeft, runId, ids } = context
  const [source = task] = definition.sources
  const common = () => ({ id: ids.next('ev'), runId, task, source, at: context.now() })
  try {
    if (custom === undefined) throw new ParleyError('SOURCE_UNAVAILABLE', notHere)
    const finding = await custom.find(definition, instrument, signal)
    return {
      evidence: [{ ...common(), ...readCustom(definition, finding, context.now()) }],
      usd: definition.estimate.usd,
      before: 0,
    }
  } catch (error) {
    signal.throwIfAborted()
    if (attemptsLeft > 0 && isRetryable(error)) throw error
    const [code, reason] = [errorCode(error), errorMessage(error)]
    return {
      evidence: [{ ...common(), status: 'unavailable', code, reason }],
      usd: 0,
      before: 0,
      failed: { code, message: reason, ...limitOf(error) },
    }
  }
}

const notHere =
  'Custom sources report the present, and this desk does not run on real time. Only a desk on real time asks them.'

/** Of what nobody planned to ask, only an answer that the task reads is a finding. */
function isWorthShowing(reply: Asked, task: string): boolean {
  const reader = tasks[task]?.readers[reply.source as SourceName]
  return 'answer' in reply && reply.answer.status === 'value' && reader !== undefined
}

async function evidenceOf(
  reply: Asked,
  task: string,
  about: ReadContext,
  { runId, ids }: ResearchContext,
): Promise<Evidence> {
  const { source } = reply
  const asked = { id: ids.next('ev'), runId, task, source, at: about.now }
  if ('error' in reply) {
    return { ...asked, status: 'unavailable', code: errorCode(reply.error), reason: errorMessage(reply.error) }
  }
  const { answer } = reply
  const { asOf, keptMs } = answer
  const common = { ...asked, ...(keptMs !== undefined && { keptSeconds: Math.round(keptMs / 1_000) }) }
  if (answer.status === 'empty') {
    return { ...common, status: 'empty', asOf, summary: `${source} has nothing on ${about.instrument}.` }
  }
  const read = readerOf(task, source)
  if (read === undefined) {
    return { ...common, status: 'unavailable', code: 'SOURCE_NOT_READ', reason: `No task knows how to read ${source}.` }
  }
  let reading: Finding | Nothing
  try {
    reading = await read(answer.data as never, about)
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    return { ...common, status: 'unavailable', code: error.code, reason: error.message }
  }
  if ('nothing' in reading) return { ...common, status: 'empty', asOf, summary: reading.nothing }
  const { summary, figures, quality, chart } = reading
  return {
    ...common,
    status: 'value',
    asOf,
    summary,
    figures: { ...figures },
    quality,
    ...(chart !== undefined && { chart }),
  }
}
