import type { CustomSources } from '#engine/ports/research-sources.ts'
import { type CustomFinding, customFindingSchema, customRefusalSchema } from '#shared/domain/custom-finding.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import type { CustomGoal } from './custom-goal.ts'
import { askHttp } from './http-origin.ts'
import { askScript } from './script-origin.ts'
import { sourceUnavailable } from './source-unavailable.ts'

export interface CustomSourcesOptions {
  /** Where the keys of HTTP sources are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where scripts run. */
  readonly folder: string
}

/**
 * Creates the sources of custom tasks. Each question ends a little before the task's own time limit, and whatever goes
 * wrong - no answer, too much of one, one that is no finding - is SOURCE_UNAVAILABLE with a sentence that says so.
 */
export function createCustomSources({ environment, folder }: CustomSourcesOptions): CustomSources {
  async function ask(task: ResearchTask, instrument: string, signal: AbortSignal): Promise<unknown> {
    const [base = instrument, quote = ''] = instrument.split('/')
    const goal: CustomGoal = { instrument, base, quote }
    const [source = ''] = task.sources
    if (task.http !== undefined) return askHttp(source, task.http, goal, { environment, signal })
    if (task.script !== undefined) return askScript(source, task.script, goal, { environment, folder, signal })
    throw sourceUnavailable(source, `${task.title} does not say where its finding comes from.`)
  }

  return {
    async find(task, instrument, signal) {
      signal.throwIfAborted()
      const [source = ''] = task.sources
      const limitMs = withinMs(task.timeoutSeconds)
      const limit = AbortSignal.timeout(limitMs)
      try {
        return readFinding(source, await ask(task, instrument, AbortSignal.any([signal, limit])))
      } catch (error) {
        signal.throwIfAborted()
        if (limit.aborted) {
          const late = `${source} did not answer within ${(limitMs / 1_000).toFixed(1)} s.`
          throw sourceUnavailable(source, late, 'retryable', { cause: 'timeout' })
        }
        if (error instanceof ParleyError) throw error
        throw sourceUnavailable(source, `${source} failed: ${errorMessage(error)}`)
      }
    },
  }
}

/** Early enough that the step is still there to hear why. */
function withinMs(timeoutSeconds: number): number {
  const whole = timeoutSeconds * 1_000
  return Math.max(1, Math.floor(whole - Math.min(1_000, whole / 10)))
}

/** A finding as it was written, or a bare value. */
function readFinding(source: string, answer: unknown): CustomFinding {
  const refusal = customRefusalSchema.safeParse(answer)
  if (refusal.success) throw sourceUnavailable(source, `${source} says: ${refusal.data.unavailable}`)
  const isBare = typeof answer !== 'object' || answer === null
  const finding = customFindingSchema.safeParse(isBare ? { value: answer } : answer)
  if (finding.success) return finding.data
  const [issue] = finding.error.issues
  const where = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.')
  throw sourceUnavailable(source, `${source} answered no finding: ${where}: ${issue?.message ?? 'is wrong'}.`)
}
