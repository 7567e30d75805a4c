import type { Database } from 'better-sqlite3'
import { createEvidenceQueries, evidenceProjection } from './evidence.ts'
import { createFillQueries, fillsProjection } from './fills.ts'
import { createMemoryQueries, memoryProjection } from './memory.ts'
import { createMessageQueries, messagesProjection } from './messages.ts'
import { createOrderQueries, ordersProjection } from './orders.ts'
import type { Projection } from './projection.ts'
import { createReviewQueries, reviewsProjection } from './reviews.ts'
import { createRunQueries, runsProjection } from './runs.ts'
import { createVoteQueries, votesProjection } from './votes.ts'

/** Every projection of the desk. */
export const deskProjections: readonly Projection[] = [
  runsProjection,
  messagesProjection,
  evidenceProjection,
  memoryProjection,
  votesProjection,
  reviewsProjection,
  ordersProjection,
  fillsProjection,
]

/** What can be asked of the projections, which hold what is durable; the database is that of a journal opened with deskProjections. */
export function createQueries(database: Database) {
  return {
    ...createRunQueries(database),
    ...createMessageQueries(database),
    ...createEvidenceQueries(database),
    ...createMemoryQueries(database),
    ...createVoteQueries(database),
    ...createReviewQueries(database),
    ...createOrderQueries(database),
    ...createFillQueries(database),
  }
}
