import type { AutomationBias } from '#shared/domain/review.ts'

/** Decisions of a session before anything is said of them; the share of approvals and the median dwell that ask for a notice. */
const leastDecisions = 20
const mostApprovals = 0.95
const shortestDwellMs = 3_000

/** Watches how the trader answers reviews in one session. */
export interface BiasWatch {
  /** Adds a decision; the notice where one is due, and again only after as many decisions more. */
  add(decision: { readonly approved: boolean; readonly dwellMs: number }): AutomationBias | null
  last(): AutomationBias | null
}

/** Begins to watch for automation bias: at least 20 decisions, over 95 % of them approvals, or half of them within 3 s. */
export function createBiasWatch(): BiasWatch {
  const dwells: number[] = []
  let approvals = 0
  let quietUntil = leastDecisions
  let last: AutomationBias | null = null
  return {
    add({ approved, dwellMs }) {
      dwells.push(dwellMs)
      if (approved) approvals += 1
      if (dwells.length < quietUntil) return null
      const medianDwellMs = median(dwells)
      if (approvals / dwells.length <= mostApprovals && medianDwellMs >= shortestDwellMs) return null
      quietUntil = dwells.length + leastDecisions
      last = { decisions: dwells.length, approvals, medianDwellMs }
      return last
    },
    last: () => last,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
