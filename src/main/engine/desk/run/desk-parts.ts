import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import type { Bus } from '#engine/bus/bus.ts'
import type { RegimeReader } from '#engine/desk/memory/regime-reader.ts'
import type { Reviews } from '#engine/desk/reviews/reviews.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { TailReader } from '#engine/trading/gate/tail-reader.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { ParentOrders } from '#engine/trading/parents/parent-orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Protection } from '#engine/trading/protection/protection.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'

/** What the desk is put together from; wired by hand in the composition root. */
export interface DeskParts {
  readonly journal: Journal
  readonly bus: Bus
  readonly feed: Feed
  readonly orders: Orders
  /** Reads what a day may cost the book, the same as the limits of the gate. */
  readonly tails: TailReader
  readonly parentOrders: ParentOrders
  readonly protection: Protection
  readonly reviews: Reviews
  readonly book: TradingBook
  readonly latch: DeskLatch
  readonly history: DeskHistory
  readonly mandate: Mandate
  readonly planning: PlanningConfig
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly sha256: Sha256
  readonly readRegime: RegimeReader
  readonly models: SeatModels
  /** Plans that serve other ones. */
  readonly nested: {
    begin(wish: PlanWish, because: PlanCause): Promise<CollaborativePlan>
    get(planId: string): CollaborativePlan
  }
  /** The plans that have not ended; one that gives way to another is cancelled. */
  readonly openPlans: {
    list(): readonly CollaborativePlan[]
    giveWay(planId: string, why: string): Promise<unknown>
  }
}

/** Why the desk makes a plan by itself. */
export interface PlanCause {
  /** In a sentence. */
  readonly why: string
  /** What is journalled together with the plan, and which run it belongs to. */
  readonly with?: (planId: string) => DeskEvent
  readonly runId?: string
}
