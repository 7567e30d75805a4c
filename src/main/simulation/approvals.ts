import { reviewAfter } from '#engine/desk/reviews/review-fold.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import { sha256 } from '#main/compose/system.ts'
import type { Order } from '#shared/domain/order.ts'
import { driftBps, type Review } from '#shared/domain/review.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import type { Approval } from './observation.ts'

/** The reviews as the durable records tell them, by the oracle's own clock. */
export interface Approvals {
  /** Told of each durable record. */
  fold(record: DeskRecord): void
  /** What is known of the approval that an order would need; undefined when there was no review of its decision. */
  of(order: Order): Approval | undefined
}

/** Begins to keep them; `lifetimeMs` and `driftLimitBps` are the policy's own, whatever the records say. */
export function keepApprovals(
  policy: { readonly lifetimeMs: number; readonly driftLimitBps: number },
  elapsedMs: () => number,
  price: (instrument: string) => Decimal | undefined,
): Approvals {
  const reviews = new Map<string, Review>()
  const byDecision = new Map<string, string>()
  const shownAtMs = new Map<string, number>()
  const approvedHash = new Map<string, string>()
  let latestAt = 0
  return {
    fold(record) {
      latestAt = Math.max(latestAt, record.at)
      const after = reviewAfter((id) => reviews.get(id), record)
      if (after === undefined) return
      reviews.set(after.id, after)
      byDecision.set(after.decisionId, after.id)
      if (record.kind === 'reviewOpened' || record.kind === 'reviewAnswered') shownAtMs.set(after.id, elapsedMs())
      if (record.kind === 'reviewApproved') approvedHash.set(after.id, record.data.orderHash)
    },
    of({ decisionId, instrument }) {
      const review = reviews.get(byDecision.get(decisionId ?? '') ?? '')
      if (review === undefined) return undefined
      const last = price(instrument)
      const hash = sha256(canonicalJson(review.order))
      return {
        order: review.order,
        approved: review.status === 'approved',
        hashFits: approvedHash.get(review.id) === hash,
        waitedMs: elapsedMs() - (shownAtMs.get(review.id) ?? Number.NEGATIVE_INFINITY),
        lifetimeMs: policy.lifetimeMs,
        latestAt,
        expiresAt: review.expiresAt,
        driftBps: last === undefined ? undefined : driftBps(review.price, last),
        driftLimitBps: policy.driftLimitBps,
      }
    },
  }
}
