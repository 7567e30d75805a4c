import type { Journal } from '#engine/journal/journal.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ReviewArchive } from '#engine/ports/review-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Denial } from '#shared/domain/denial.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import {
  isClosedReview,
  type Override,
  type Review,
  type ReviewOrder,
  type ReviewPolicy,
} from '#shared/domain/review.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'
import { type BiasWatch, createBiasWatch } from './automation-bias.ts'
import { createDrills, type Drills } from './oversight-drills.ts'
import { reviewAfter } from './review-fold.ts'

export interface ReviewsOptions {
  readonly journal: Journal
  readonly book: TradingBook
  readonly feed: Feed
  readonly clock: Clock
  readonly ids: Ids
  readonly sha256: Sha256
  readonly archive: ReviewArchive
  readonly policy: ReviewPolicy
  readonly mode: 'paper' | 'live'
  /** By which drills are drawn. */
  readonly random: Random
  /** Milliseconds of the desk's time that go by in one of waiting: above 1 where bars are replayed faster. */
  readonly timeScale: number
  /** False where there is no trader to ask: reviews are opened and not waited for. */
  readonly attended: boolean
  /** Decisions of unfinished runs that went to review, with the reviews that were opened of them. */
  readonly unfinished: readonly { readonly decision: Decision | null; readonly review: Review | null }[]
  /** What the gate would say to the order now. */
  readonly check: (intent: Intent) => Denial | undefined
}

/** All that the desk knows of its reviews: the fold of their records, and who waits for them. */
export interface ReviewsState extends Omit<ReviewsOptions, 'unfinished' | 'random'> {
  readonly reviews: Map<string, Review>
  /** Decisions that need an approval. */
  readonly needed: Set<string>
  /** The review of each decision. */
  readonly byDecision: Map<string, string>
  /** When each expires on the clock that never jumps. */
  readonly deadlines: Map<string, number>
  readonly waiters: Map<string, Set<(review: Review) => void>>
  /** Those that are yet to be measured. */
  readonly overrides: Map<string, Override>
  readonly biasWatch: BiasWatch
  readonly drills: Drills
}

/** What the desk itself does to reviews, it does by this name. */
export const reviewsActor: Actor = { kind: 'system', id: 'reviews' }
/** Closed reviews kept at hand, for the orders that follow from them. */
const closedKept = 100

/** The reviews as the journal has them, and as it goes on from now. */
export function readReviews({ unfinished, random, ...options }: ReviewsOptions): ReviewsState {
  const { archive, policy, mode, journal } = options
  const state: ReviewsState = {
    ...options,
    reviews: new Map(),
    needed: new Set(),
    byDecision: new Map(),
    deadlines: new Map(),
    waiters: new Map(),
    overrides: new Map(archive.listUnmeasuredOverrides().map((each) => [each.id, each])),
    biasWatch: createBiasWatch(),
    drills: createDrills(archive.listDrills(), mode, policy, random),
  }
  const { drills, needed, overrides } = state
  for (const { decision, review } of unfinished) {
    if (decision?.status === 'review') needed.add(decision.id)
    if (review !== null) keep(state, review)
  }
  for (const { reviewId, caught } of drills.all()) {
    const review = caught === null ? archive.getReview(reviewId) : undefined
    if (review !== undefined && !isClosedReview(review.status)) keep(state, review)
  }
  journal.observe((record) => {
    drills.see(record)
    if (record.kind === 'decisionMade' && record.data.decision.status === 'review') needed.add(record.data.decision.id)
    if (record.kind === 'overrideRecorded') overrides.set(record.data.override.id, record.data.override)
    if (record.kind === 'overrideMeasured') overrides.delete(record.data.overrideId)
    const after = reviewAfter((id) => state.reviews.get(id), record)
    if (after !== undefined) keep(state, after)
  })
  return state
}

function keep(state: ReviewsState, review: Review): void {
  const { reviews, byDecision, needed, deadlines, timeScale, clock } = state
  const before = reviews.get(review.id)
  reviews.set(review.id, review)
  byDecision.set(review.decisionId, review.id)
  needed.add(review.decisionId)
  if (before?.expiresAt !== review.expiresAt) {
    const left = (review.expiresAt - reviewTime(state)) / timeScale
    deadlines.set(review.id, clock.monotonic() + Math.min(review.lifetimeMs, left))
  }
  if (reviews.size <= closedKept) return
  const oldest = [...reviews.values()].find(({ status }) => isClosedReview(status))
  if (oldest !== undefined) reviews.delete(oldest.id)
}

/** The moment by which reviews live: it does not go back, a clock that is set back gives no approval its life again (I13). */
export function reviewTime({ clock, book }: Pick<ReviewsState, 'clock' | 'book'>): number {
  return Math.max(Math.floor(clock.now()), book.latestAt)
}

/** The review; throws REVIEW_NOT_FOUND. */
export function findReview({ reviews, archive }: ReviewsState, reviewId: string): Review {
  const review = reviews.get(reviewId) ?? archive.getReview(reviewId)
  if (review !== undefined) return review
  throw new ParleyError('REVIEW_NOT_FOUND', `There is no review ${reviewId}.`, {
    wayOut: 'Open one from the list of reviews.',
  })
}

/** True when whoever waits for the trader may go on. */
export function isAnswered({ status }: Review): boolean {
  return isClosedReview(status) || status === 'asked'
}

/** What an approval binds to. */
export function orderHashOf({ sha256 }: Pick<ReviewsState, 'sha256'>, order: ReviewOrder): string {
  return sha256(canonicalJson(order))
}

/** Milliseconds of waiting until a review expires; 0 when it is closed. */
export function reviewLeftMs({ deadlines, clock }: ReviewsState, { id, status }: Review): number {
  if (isClosedReview(status)) return 0
  return Math.max(0, Math.round((deadlines.get(id) ?? 0) - clock.monotonic()))
}

/** Journals what happened to a review; whoever waits for it goes on when that is durable. */
export async function noteReview(
  { drills, journal, reviews, waiters }: ReviewsState,
  review: Review,
  by: Actor,
  ...events: readonly DeskEvent[]
): Promise<Review> {
  // A drill is no part of the run that it is made of.
  const isDrill = drills.has(review.id) || events.some(({ kind }) => kind === 'drillInjected')
  const correlation = isDrill ? {} : { correlationId: review.runId }
  await journal.append(...events.map((event) => ({ ...event, actor: by, ...correlation })))
  const after = reviews.get(review.id) ?? review
  if (isAnswered(after)) {
    for (const resolve of waiters.get(after.id) ?? []) resolve(after)
    waiters.delete(after.id)
  }
  return after
}

/** For what nobody waits for; a journal that cannot be written halts the desk by itself. */
export function noteAlone(state: ReviewsState, review: Review, event: DeskEvent): void {
  noteReview(state, review, reviewsActor, event).catch(() => {})
}
