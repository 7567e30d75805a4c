import type { Database } from 'better-sqlite3'
import { attemptsProjection, createAttemptQueries } from './attempts.ts'
import { conflictsProjection, createConflictQueries } from './conflicts.ts'
import { createEvidenceQueries, evidenceProjection } from './evidence.ts'
import { createFillQueries, fillsProjection } from './fills.ts'
import { createFundingQueries, fundingProjection } from './funding.ts'
import { createMemoryQueries, memoryProjection } from './memory.ts'
import { createMessageQueries, messagesProjection } from './messages.ts'
import { createOrderQueries, ordersProjection } from './orders.ts'
import { createParentOrderQueries, parentOrdersProjection } from './parent-orders.ts'
import { createPlanQueries, plansProjection } from './plans.ts'
import type { Projection } from './projection.ts'
import { createRegimeQueries, regimesProjection } from './regimes.ts'
import { createReviewQueries, reviewsProjection } from './reviews.ts'
import { createRunQueries, runsProjection } from './runs.ts'
import { createScheduleQueries, schedulesProjection } from './schedules.ts'
import { createScoreQueries, scoresProjection } from './scores.ts'
import { createSpendingQueries, spendingProjection } from './spending.ts'
import { createViewQueries, viewsProjection } from './views.ts'
import { createVoteQueries, votesProjection } from './votes.ts'
import { createWatchQueries, watchProjection } from './watch.ts'

/** Every projection of the desk. */
export const deskProjections: readonly Projection[] = [
  plansProjection,
  schedulesProjection,
  regimesProjection,
  conflictsProjection,
  runsProjection,
  messagesProjection,
  evidenceProjection,
  memoryProjection,
  votesProjection,
  reviewsProjection,
  ordersProjection,
  parentOrdersProjection,
  fillsProjection,
  fundingProjection,
  attemptsProjection,
  spendingProjection,
  viewsProjection,
  watchProjection,
  scoresProjection,
]

/** What can be asked of the projections, which hold what is durable; the database is that of a journal opened with deskProjections. */
export function createQueries(database: Database) {
  return {
    ...createPlanQueries(database),
    ...createScheduleQueries(database),
    ...createRegimeQueries(database),
    ...createConflictQueries(database),
    ...createRunQueries(database),
    ...createMessageQueries(database),
    ...createEvidenceQueries(database),
    ...createMemoryQueries(database),
    ...createVoteQueries(database),
    ...createReviewQueries(database),
    ...createOrderQueries(database),
    ...createParentOrderQueries(database),
    ...createFillQueries(database),
    ...createFundingQueries(database),
    ...createAttemptQueries(database),
    ...createSpendingQueries(database),
    ...createViewQueries(database),
    ...createWatchQueries(database),
    ...createScoreQueries(database),
  }
}
