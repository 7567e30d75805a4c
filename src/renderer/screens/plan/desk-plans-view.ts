import { formatDuration } from '#renderer/ui/format.ts'
import type { Tone } from '#renderer/ui/status-dot.tsx'
import type { PlanView } from '#shared/contract/plans.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import { isEndedPlan, type PlanState } from '#shared/domain/collaborative-plan.ts'

/** What the states of a plan are called on screens. */
export const planStateWords: Readonly<Record<PlanState, string>> = {
  draft: 'draft',
  proposing: 'proposing',
  voting: 'voting',
  inReview: 'in review',
  approved: 'approved',
  rejected: 'rejected',
  expired: 'expired',
  executing: 'executing',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
}

export const planTones: Readonly<Record<PlanState, Tone>> = {
  draft: 'off',
  proposing: 'busy',
  voting: 'warn',
  inReview: 'warn',
  approved: 'busy',
  rejected: 'off',
  expired: 'off',
  executing: 'busy',
  completed: 'good',
  failed: 'bad',
  cancelled: 'off',
}

/** What is open first, the most recent first in both parts. */
export function sortPlans(plans: readonly PlanView[]): readonly PlanView[] {
  return [...plans.filter(({ state }) => !isEndedPlan(state)), ...plans.filter(({ state }) => isEndedPlan(state))]
}

const untilWords: Partial<Record<PlanState, string>> = {
  draft: 'to start',
  proposing: 'to propose',
  voting: 'to vote',
  inReview: 'to approve',
  approved: 'to carry out',
}

/** The time that is left so many milliseconds after the desk told it; what became of the plan where no deadline runs. */
export function deadlineWords({ state, leftMs, reason, called, moves }: PlanView, sinceMs: number): string {
  if (leftMs !== null) return `${formatDuration(Math.max(0, leftMs - sinceMs))} ${untilWords[state] ?? ''}`.trim()
  if (state === 'draft' && !called) return 'waiting to be started'
  return reason ?? moves.findLast((move) => move.reason !== null)?.reason ?? ''
}

/** True while the trader has a say in the vote. */
export function mayVote({ state, participants }: PlanView): boolean {
  return state === 'voting' && participants.some(({ voter }) => voter === traderVoter)
}
