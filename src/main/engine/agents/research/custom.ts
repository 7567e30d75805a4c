import type { CustomFinding } from '#shared/domain/custom-finding.ts'
import type { EvidenceValue } from '#shared/domain/evidence.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'

/** True for a task whose finding comes from where the trader said. */
export function isCustom({ http, script }: ResearchTask): boolean {
  return http !== undefined || script !== undefined
}

/** A direction of which nothing is said how sure it is. */
const usualConfidence = 0.5
const signs = { up: 1, down: -1, flat: 0 } as const

/**
 * Reads a custom finding as evidence. Its signal is the direction times the confidence, and its strength the confidence:
 * nobody has measured what the source is worth, so an unsure one counts little. Without a direction it says nothing of the
 * price, and can be cited all the same. It is never of a later moment than `now`.
 */
export function readCustom(
  { title }: Pick<ResearchTask, 'title'>,
  { value, direction, confidence = usualConfidence, summary, asOf = Number.POSITIVE_INFINITY }: CustomFinding,
  now: number,
): Pick<EvidenceValue, 'status' | 'asOf' | 'summary' | 'figures' | 'quality'> {
  const signal = direction === undefined ? 0 : signs[direction] * confidence
  return {
    status: 'value',
    asOf: Math.min(now, asOf),
    summary: summary === undefined || summary === '' ? `${title} is ${value}.` : summary,
    figures: {
      ...(typeof value === 'number' && { value }),
      signal,
      strength: direction === undefined ? 0 : confidence,
    },
    quality: 1,
  }
}
