import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { PlanConflict } from '#shared/domain/conflict.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { MemoryHit, MemorySearch, RememberedRun } from '#shared/domain/memory.ts'
import type { Message, MessageHit, MessageSearch } from '#shared/domain/message.ts'
import type { RaisedAlert, RunWatch } from '#shared/domain/monitoring.ts'
import type { Fill, Order, OrderStatus } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { Override, Review } from '#shared/domain/review.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import type { DeskHistory } from './desk-history.ts'
import type { OrderArchive } from './order-archive.ts'
import type { PlanArchive } from './plan-archive.ts'
import type { ReviewArchive } from './review-archive.ts'

/** What can be asked of the projections: lists as the contract gives them, of what is durable. */
export interface Queries extends OrderArchive, PlanArchive, ReviewArchive, DeskHistory {
  /** Newest first. */
  listPlans(limit: number): readonly CollaborativePlan[]
  /** Newest first. */
  listRuns(limit: number): readonly RunSummary[]
  getRun(runId: string): Run | undefined
  /** The runs that have not ended, with the seq of the record that each begins with; oldest first. */
  listUnfinishedRuns(): readonly { readonly id: string; readonly seq: number }[]
  /** Oldest first, after the message with the given id; throws MESSAGE_NOT_FOUND for an id that is not of this run. */
  listMessages(runId: string, after: string | undefined, limit: number): readonly Message[]
  /** Newest first; all that is durable when it is asked is searched. */
  searchMessages(search: MessageSearch): Promise<readonly MessageHit[]>
  listEvidence(runId: string): readonly Evidence[]
  /** The conflicts of a plan and its run, those with other plans too, oldest first. */
  listPlanConflicts(planId: string, runId: string | null): readonly PlanConflict[]
  /** What watching over a run has brought to light, oldest first. */
  getWatch(runId: string): RunWatch
  /** The alerts raised after a record of the journal, newest first. */
  listAlerts(after: number, limit: number): readonly RaisedAlert[]
  /** Newest first. */
  listReviews(limit: number): readonly Review[]
  /** Newest first. */
  listOverrides(limit: number): readonly Override[]
  /** Newest first; all that is durable when it is asked is searched. */
  searchMemory(search: MemorySearch): Promise<readonly MemoryHit[]>
  /** All that memory has of a run; undefined when there is none of that id. */
  getRemembered(runId: string): RememberedRun | undefined
  /** Newest first. */
  listOrders(instrument: string | undefined, limit: number): readonly Order[]
  /** Newest first. */
  listEndedOrders(asked: EndedOrdersQuery): readonly Order[]
  /** Newest first. */
  listParentOrders(instrument: string | undefined, limit: number): readonly ParentOrder[]
  /** The parts of a parent order, oldest first. */
  listChildren(parentId: string): readonly Order[]
  /** Newest first. */
  listFills(instrument: string | undefined, limit: number): readonly Fill[]
  /** Newest first. */
  listFunding(limit: number): readonly FundingPayment[]
  /** The fills of an order that the venue has not undone, oldest first. */
  listFillsOf(clientOrderId: string): readonly Fill[]
}

/** A page of orders that have ended. */
export interface EndedOrdersQuery {
  readonly instrument?: string | undefined
  readonly status?: OrderStatus | undefined
  /** The client order id that the page before ended with. */
  readonly before?: string | undefined
  readonly limit: number
}
