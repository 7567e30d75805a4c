import type { Tone } from '#renderer/ui/status-dot.tsx'
import type { Fill } from '#shared/domain/order.ts'
import {
  isWorkingParent,
  type ParentOrder,
  type ParentOrderStatus,
  type ParentOrderView,
} from '#shared/domain/parent-order.ts'
import { middleOf } from '#shared/domain/quote.ts'
import { type Decimal, divide, multiply, sign, sum, toNumber } from '#shared/lib/decimal.ts'

/** How the status of an order in parts is shown: a shape, a word, and what it means. */
export const parentLooks: Readonly<Record<ParentOrderStatus, { tone: Tone; word: string; meaning: string }>> = {
  working: { tone: 'good', word: 'Working', meaning: 'Parts go out on its schedule.' },
  paused: { tone: 'warn', word: 'Paused', meaning: 'No part goes out for now; it resumes by itself.' },
  filled: { tone: 'good', word: 'Filled', meaning: 'Completely filled.' },
  expired: { tone: 'off', word: 'Expired', meaning: 'Its time ended; the rest stays unfilled.' },
  cancelled: { tone: 'off', word: 'Cancelled', meaning: 'The rest was cancelled.' },
  stopped: { tone: 'bad', word: 'Stopped', meaning: 'Ended by a stop, or by a change in what the desk may do.' },
  denied: { tone: 'bad', word: 'Denied', meaning: 'Denied by our gate.' },
  rejected: { tone: 'bad', word: 'Rejected', meaning: 'The venue refused its parts.' },
}

/** How far an order in parts has come. Shares are from 0 to 1; prices null where nothing is filled, or none was known. */
export interface ParentProgress {
  readonly filledShare: number
  readonly elapsedMs: number
  readonly horizonMs: number
  readonly averagePrice: Decimal | null
  readonly arrivalPrice: Decimal | null
  /** Basis points that the average is worse (+) than the arrival price. */
  readonly slippageBps: number | null
}

/** How far an order in parts has come at a moment; one that has ended as far as it came. */
export function parentProgress(parent: ParentOrderView, now: number): ParentProgress {
  const { filledQuantity, quantity, children, startedAt, endsAt, updatedAt, side, benchmark } = parent
  const paid = sum(children.map((child) => multiply(child.filledQuantity, child.averagePrice ?? child.filledQuantity)))
  const averagePrice = sign(filledQuantity) > 0 ? divide(paid, filledQuantity) : null
  const arrivalPrice = benchmark.arrival === null ? null : middleOf(benchmark.arrival)
  const horizonMs = endsAt - startedAt
  const until = isWorkingParent(parent) ? now : updatedAt
  const away =
    averagePrice === null || arrivalPrice === null ? null : toNumber(averagePrice) / toNumber(arrivalPrice) - 1
  return {
    filledShare: toNumber(filledQuantity) / toNumber(quantity),
    elapsedMs: Math.min(horizonMs, Math.max(0, until - startedAt)),
    horizonMs,
    averagePrice,
    arrivalPrice,
    slippageBps: away === null ? null : (side === 'buy' ? away : -away) * 10_000,
  }
}

/** A point of a picture: milliseconds since it began, and the share of the whole. */
export interface SharePoint {
  readonly ms: number
  readonly share: number
}

/** What is due over time; empty where the market sets the pace, as for a POV and an iceberg. */
export function plannedSteps({ schedule }: Pick<ParentOrder, 'schedule'>): readonly SharePoint[] {
  const { algorithm, due, intervalMs } = schedule
  if (algorithm === 'pov' || algorithm === 'iceberg') return []
  return due.map((share, look) => ({ ms: look * intervalMs, share }))
}

/** What was filled over time, from nothing at the beginning to what it has come to by `elapsedMs`. */
export function filledSteps(
  { startedAt, quantity }: Pick<ParentOrder, 'startedAt' | 'quantity'>,
  fills: readonly Fill[],
  elapsedMs: number,
): readonly SharePoint[] {
  const steps: SharePoint[] = [{ ms: 0, share: 0 }]
  let filled = 0
  for (const fill of fills.toSorted((a, b) => a.at - b.at)) {
    filled += toNumber(fill.quantity)
    steps.push({ ms: Math.max(0, fill.at - startedAt), share: filled / toNumber(quantity) })
  }
  const last = steps.at(-1)
  if (last !== undefined && last.ms < elapsedMs) steps.push({ ms: elapsedMs, share: last.share })
  return steps
}

/** The share that steps have reached by a moment; 0 before the first. */
export function shareAt(steps: readonly SharePoint[], ms: number): number {
  return steps.findLast((step) => step.ms <= ms)?.share ?? 0
}

/** Those under way first, then the newest. */
export function sortParents(parents: readonly ParentOrderView[]): readonly ParentOrderView[] {
  const rank = (parent: ParentOrderView) => (isWorkingParent(parent) ? 0 : 1)
  return parents.toSorted((a, b) => rank(a) - rank(b) || b.startedAt - a.startedAt)
}
