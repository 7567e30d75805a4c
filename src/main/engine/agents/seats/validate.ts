import { count } from '#engine/agents/wording.ts'
import {
  type Dossier,
  type Evidence,
  type EvidenceValue,
  traderSource,
  type Validation,
} from '#shared/domain/evidence.ts'
import type { Profile, ResearchTask } from '#shared/domain/profile.ts'

/** How much a task counts by its priority. */
export const taskWeights: Readonly<Record<ResearchTask['priority'], number>> = {
  critical: 4,
  high: 3,
  medium: 2,
  low: 1,
}

function isValue(evidence: Evidence): evidence is EvidenceValue {
  return evidence.status === 'value'
}

/** Why a task came to nothing. */
function reasonOf(found: readonly Evidence[]): string {
  const reasons = found.map((evidence) => {
    if (evidence.status === 'unavailable') return `${evidence.source}: ${evidence.reason}`
    return evidence.status === 'empty' ? `${evidence.source}: ${evidence.summary}` : ''
  })
  return reasons.length === 0 ? 'It was never gathered.' : reasons.join(' ')
}

/** The chart is the prices over again, further back: it makes no second source. */
const samePrices: Readonly<Record<string, string>> = { chart_data: 'price_data' }

/**
 * Judges whether a dossier is enough to decide on. Completeness is the share of the planned tasks, weighted 4, 3, 2, 1 by
 * priority, of which a source answered with a value or known emptiness; freshness the share of values not older at `now`
 * than their task allows (both 0 where there is nothing to count). It is sufficient when as many distinct sources answered
 * as the profile wants and every critical task has a value. `stale` holds the ids of the old evidence; evidence of tasks
 * that are not planned counts for quality and sources alone.
 */
export function validate(
  dossier: Dossier,
  tasks: Readonly<Record<string, ResearchTask>>,
  profile: Profile,
  now: number,
): Validation {
  const evidence = dossier.evidence.filter(({ at }) => at <= now)
  const byTask = Map.groupBy(evidence, ({ task }) => task)
  const planned = Object.entries(tasks).map(([task, definition]) => {
    const found = byTask.get(task) ?? []
    const { priority } = definition
    const isAnswered = found.some(({ status }) => status !== 'unavailable')
    return { task, found, priority, isAnswered, hasValue: found.some(isValue) }
  })
  const weightOf = (parts: typeof planned) => parts.reduce((sum, { priority }) => sum + taskWeights[priority], 0)
  const whole = weightOf(planned)
  const values = evidence.filter(isValue)
  const stale = values.filter(({ task, asOf }) => {
    const allowed = tasks[task]?.freshForSeconds
    return allowed !== undefined && now - asOf > allowed * 1000
  })
  // The trader's word is heard, and makes no dossier complete.
  const answered = evidence.filter(({ status, source }) => status !== 'unavailable' && source !== traderSource)
  const sources = new Set(answered.map(({ source }) => samePrices[source] ?? source)).size
  const missing = planned
    .filter(({ isAnswered, priority, hasValue }) => !isAnswered || (priority === 'critical' && !hasValue))
    .map(({ task, found }) => ({ task, reason: reasonOf(found) }))
  const hasCritical = planned.every(({ priority, hasValue }) => priority !== 'critical' || hasValue)
  return {
    completeness: whole === 0 ? 0 : weightOf(planned.filter(({ isAnswered }) => isAnswered)) / whole,
    quality: values.length === 0 ? 0 : values.reduce((sum, { quality }) => sum + quality, 0) / values.length,
    freshness: values.length === 0 ? 0 : 1 - stale.length / values.length,
    sources,
    sufficient: sources >= profile.minimumSources && hasCritical,
    missing,
    stale: stale.map(({ id }) => id),
  }
}

/** The validation in one sentence. */
export function describeValidation(validation: Validation): string {
  const { sufficient, completeness, sources, missing, stale } = validation
  const gaps = missing.map(({ task }) => task).join(', ')
  const old = stale.length === 0 ? '' : ` ${count(stale.length, 'finding')} older than allowed.`
  return `${sufficient ? 'Enough to decide on' : 'Not enough to decide on'}: ${Math.round(completeness * 100)} % of the planned research from ${count(sources, 'source')}${gaps === '' ? '' : `; missing: ${gaps}`}.${old}`
}
