import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Override, Review, ReviewOrder, ReviewWords } from '#shared/domain/review.ts'
import { type Decimal, multiply, negate, subtract, ZERO } from '#shared/lib/decimal.ts'
import { type ReviewsState, reviewsActor } from './reviews-state.ts'

/** The record that the trader acted against the desk, to be measured later. */
export function overrideOf(
  { clock, ids, feed }: Pick<ReviewsState, 'clock' | 'ids' | 'feed'>,
  review: Review,
  kind: Override['kind'],
  words: ReviewWords,
  by: Actor,
): DeskEvent {
  const desk = review.agreed ? signed(review.deskOrder) : ZERO
  const trader = kind === 'rejected' ? ZERO : signed(review.order)
  const at = Math.floor(clock.now())
  const override: Override = {
    id: ids.next('ovr'),
    reviewId: review.id,
    runId: review.runId,
    decisionId: review.decisionId,
    at,
    by: by.id,
    kind,
    instrument: review.order.instrument,
    price: feed.quote(review.order.instrument)?.last ?? review.price,
    desk,
    trader,
    words,
    dueAt: at + review.horizonMs,
    outcome: null,
  }
  return { kind: 'overrideRecorded', data: { override } }
}

/** Measures the overrides whose horizon is over: what the desk's order would have made, and what the trader's did. */
export function measureOverrides({ overrides, feed, clock, journal }: ReviewsState): void {
  for (const override of overrides.values()) {
    const price = feed.quote(override.instrument)?.last
    if (clock.now() < override.dueAt || price === undefined) continue
    const move = subtract(price, override.price)
    const outcome = {
      at: Math.floor(clock.now()),
      price,
      desk: multiply(override.desk, move),
      trader: multiply(override.trader, move),
    }
    const data = { overrideId: override.id, outcome }
    overrides.delete(override.id)
    void journal.append({ kind: 'overrideMeasured', data, actor: reviewsActor, correlationId: override.runId })
  }
}

function signed({ side, quantity }: ReviewOrder): Decimal {
  return side === 'buy' ? quantity : negate(quantity)
}
