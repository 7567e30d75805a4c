import {
  estimateFor,
  learnEstimates,
  priorOf,
  type TaskEstimate,
  type TaskRecord,
} from '#engine/planning/estimates/learning.ts'
import type { LearnedTask } from '#shared/domain/monitoring.ts'
import type { Step } from '#shared/domain/plan.ts'
import type { PlanningConfig, ResearchTask } from '#shared/domain/profile.ts'
import type { DecideTerms } from './decide-domain.ts'

/** What was learned of a research task at its sources; undefined while nothing was. */
export type EstimateOf = (
  name: string,
  task: Pick<ResearchTask, 'sources' | 'estimate'>,
) => Step['estimate'] | undefined

/** The terms of a plan with what was learned of its tasks in the place of what is configured. */
export function withEstimates(terms: DecideTerms, estimateOf: EstimateOf | undefined): DecideTerms {
  if (estimateOf === undefined) return terms
  const tasks = Object.entries(terms.tasks).map(([name, task]) => {
    return [name, { ...task, estimate: estimateOf(name, task) ?? task.estimate }] as const
  })
  return { ...terms, tasks: Object.fromEntries(tasks) }
}

/** So many attempts at research are learned from, the newest. */
export const attemptsLearned = 2_000
/** After a week an attempt counts half: sources change. */
const halfLifeMs = 7 * 86_400_000

/** What attempts at research have taught until now (epoch milliseconds), for the next plan. */
export function learnedEstimates(records: readonly TaskRecord[], now: number): EstimateOf {
  const beliefOf = learn(records, now)
  return (name, task) => {
    const belief = beliefOf(name, task)
    if (belief === undefined) return undefined
    const { seconds, nextSeconds, usd, success, attempts } = belief
    return {
      seconds: tenths(seconds.value),
      usd: hundredthCents(usd.value),
      basis: {
        attempts,
        seconds: { low: tenths(nextSeconds.low), high: tenths(nextSeconds.high) },
        usd: { low: hundredthCents(usd.low), high: hundredthCents(usd.high) },
        success: Math.round(success.value * 1_000) / 1_000,
      },
    }
  }
}

/** The same for people: every configured task of which something was learned, in the configuration's order. */
export function learnedTasks(records: readonly TaskRecord[], config: PlanningConfig, now: number): LearnedTask[] {
  const beliefOf = learn(records, now)
  return Object.entries(config.tasks).flatMap(([name, task]) => {
    const belief = beliefOf(name, task)
    if (belief === undefined) return []
    const { attempts, seconds, nextSeconds, usd, success } = belief
    return {
      task: name,
      sources: task.sources,
      attempts,
      configured: task.estimate,
      seconds: { value: seconds.value, low: nextSeconds.low, high: nextSeconds.high },
      usd,
      success,
    }
  })
}

function learn(
  records: readonly TaskRecord[],
  now: number,
): (
  name: string,
  task: Pick<ResearchTask, 'sources' | 'estimate'>,
) => (TaskEstimate & { readonly attempts: number }) | undefined {
  const learned = learnEstimates(records, { halfLifeMs }, now)
  const counts = Map.groupBy(records, ({ task }) => task)
  return (name, { sources, estimate }) => {
    const attempts = counts.get(name)?.length ?? 0
    if (attempts === 0) return undefined
    return { ...estimateFor({ task: name, source: sourceKey(sources) }, learned, priorOf(estimate)), attempts }
  }
}

/** The sources of a task under one name: they are asked together, and only together do they make a finding. */
export function sourceKey(sources: readonly string[]): string {
  return sources.join('+')
}

/** No shorter than a tenth: what takes no time needs no slot, and every attempt does. */
function tenths(seconds: number): number {
  return Math.max(0.1, Math.round(seconds * 10) / 10)
}

function hundredthCents(usd: number): number {
  return Math.round(usd * 10_000) / 10_000
}
