import type { EvidenceValue } from '#shared/domain/evidence.ts'

/** One finding's pull on the pooled view. */
interface Pull {
  readonly evidence: EvidenceValue
  /** Log-odds of a rise by this finding alone. */
  readonly logOdds: number
  /** Strength x quality, 0 to 1. */
  readonly weight: number
}

export interface PooledView {
  /** Probability of a rise less that of a fall, -1 to 1. */
  readonly conviction: number
  /** Weight of all tasks together: about how many full findings there are. */
  readonly weight: number
  /** Strongest pull first. */
  readonly pulls: readonly Pull[]
}

/** Findings on one market share much of what moves them: how far one of them is taken to repeat another. */
const shared = 0.5
const surest = 0.98

/** How strongly a finding speaks for a rise (above 0) or a fall, -1 to 1: signal x strength x quality. */
export function forceOf({ figures, quality }: Pick<EvidenceValue, 'figures' | 'quality'>): number {
  return (figures['signal'] ?? 0) * (figures['strength'] ?? 0) * quality
}

/**
 * Pools the findings' signals in log-odds (a signal s is a probability of (1 + s) / 2), each weighted by strength x
 * quality: first within a task, then over tasks. A task's findings are of one family: it weighs what they weigh on average,
 * each by its own weight, so that repeating makes it no heavier, and one that says nothing no lighter. Findings of total weight n that correlate by a half count as
 * n / (1 + (n - 1) / 2) independent ones (Clemen and Winkler 1985), so agreement makes surer, but never more than
 * doubles the mean log-odds. Negating all signals negates the conviction.
 */
export function poolSignals(values: readonly EvidenceValue[]): PooledView {
  const pulls = values.map((evidence): Pull => {
    const signal = Math.max(-surest, Math.min(surest, evidence.figures['signal'] ?? 0))
    return { evidence, logOdds: 2 * Math.atanh(signal), weight: (evidence.figures['strength'] ?? 0) * evidence.quality }
  })
  let total = 0
  let sum = 0
  for (const part of Map.groupBy(pulls, ({ evidence }) => evidence.task).values()) {
    const weights = part.reduce((whole, { weight }) => whole + weight, 0)
    if (weights === 0) continue
    const mean = part.reduce((whole, { weight, logOdds }) => whole + weight * logOdds, 0) / weights
    const weight = part.reduce((whole, pull) => whole + pull.weight ** 2, 0) / weights
    total += weight
    sum += weight * mean
  }
  const independent = total <= 1 ? total : total / (1 + (total - 1) * shared)
  const pooled = total === 0 ? 0 : (sum / total) * independent
  pulls.sort((a, b) => Math.abs(b.logOdds * b.weight) - Math.abs(a.logOdds * a.weight))
  return { conviction: Math.tanh(pooled / 2), weight: total, pulls }
}
