import type { DeskRecord } from '#engine/journal/journal.ts'
import type { OrderReport } from '#engine/ports/broker.ts'
import type { EventKind } from '#shared/domain/event.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill, Order, OrderStatus } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { ReviewOrder } from '#shared/domain/review.ts'
import type { Latch, TradingState } from '#shared/domain/trading-state.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** What the trader was told last of the trading state; unsure while a re-arm has no answer. */
export type Told = TradingState | 'unsure'

/** A review as the records tell it, beside clocks of the oracle's own. */
export interface Approval {
  readonly order: ReviewOrder
  readonly approved: boolean
  /** True where the hash that was approved is that of the order. */
  readonly hashFits: boolean
  /** Even milliseconds since it was first seen to be shown as it is, and how long it may wait. */
  readonly waitedMs: number
  readonly lifetimeMs: number
  /** The latest time in any record, and when it expires. */
  readonly latestAt: number
  readonly expiresAt: number
  /** Basis points that the price is away from the one that it was shown at, and how many it may be. */
  readonly driftBps: number | undefined
  readonly driftLimitBps: number
}

/** An order leaves the desk: what stood outside of the process at that moment. */
export interface Departure {
  readonly order: Order
  readonly told: Told
  readonly savedState: TradingState | undefined
  /** The reason of a stop asked for from outside and not taken up. */
  readonly stopRequested: string | undefined
  /** The client order ids under which the same intent left before. */
  readonly leftBefore: readonly string[]
  /** Kinds of the durable records about the order. */
  readonly recorded: ReadonlySet<EventKind>
  /** How the decision that it follows from ended, if it is in the journal. */
  readonly decision: 'agreed' | 'noTrade' | 'review' | undefined
  /** What the oracle knows of the trader's approval for the decision; undefined when there was no review of it. */
  readonly approval: Approval | undefined
  readonly mode: string
  /** True when the mandate was seen to have ended, however the clock stands now. */
  readonly mandateEnded: boolean
  /** True when the order can only bring the position nearer to zero. */
  readonly onlyReduces: boolean
  /** The durable record of the parent order that it is a part of; undefined where there is none. */
  readonly whole: ParentOrder | undefined
  /** What every other part of it that left has taken: all of it while it may fill, what is filled once it has ended. */
  readonly partsTaken: readonly Decimal[]
  /** Of an exit: the others of its leg that may fill and protect the same order, or other parts of it. */
  readonly besideIt: readonly string[]
  /** Of an entry: the stop that it brings by its record, null without one; and the price of its instrument, where there is one. */
  readonly stop: Decimal | null
  readonly price: Decimal | undefined
}

/** The desk asks the broker to cancel. */
export interface CancelRequest {
  readonly clientOrderId: string
  /** True once the journal can no longer be written. */
  readonly journalFailed: boolean
  readonly recorded: ReadonlySet<EventKind>
}

/** The gate let an order through, which shows by its record. */
export interface GateAdmission {
  readonly order: { readonly clientOrderId: string; readonly side: string; readonly quantity: Decimal }
  readonly told: Told
  readonly position: Decimal
  /** What all working orders of its side, this one included, may still trade. */
  readonly workingOnSide: Decimal
  /** The largest exposure that may come of it; undefined while a price is missing. */
  readonly exposure: Decimal | undefined
  readonly maximumExposure: Decimal
}

/** A fill became known to the desk. */
export interface Booking {
  readonly fill: Fill
  readonly told: Told
  readonly before: Decimal
  readonly after: Decimal
  /** True when the desk had asked for the order's cancellation. */
  readonly cancelAsked: boolean
}

/** One record as it stands in the file. */
export interface StoredRecord {
  readonly record: DeskRecord
  readonly body: string
  readonly hash: string
  /** The hash of the record before it. */
  readonly hashBefore: string | undefined
  readonly seqBefore: number
}

/** The status of an order as the desk's lists show it, before and after a commit. */
export interface StatusChange {
  readonly clientOrderId: string
  readonly before: OrderStatus | undefined
  readonly after: OrderStatus
  /** True when the commit held a fill of the order. */
  readonly filled: boolean
}

/** The position and the cash of the desk's own books against the second set. */
export interface Balance {
  readonly what: string
  readonly desk: Decimal
  readonly ledger: Decimal
}

/** A new process of the desk took over. */
export interface Restart {
  readonly told: Told
  readonly latch: Latch
  /** The recovered account, and the one that the whole journal tells, as canonical JSON. */
  readonly recovered: string
  readonly replayed: string
}

/** The trader was let back to trading. */
export interface Rearming {
  readonly haltedForMs: number
  readonly coolDownMs: number
}

/** The desk opened a day. */
export interface DayOpening {
  readonly day: number
  readonly lastDay: number
}

/** Nothing goes wrong any more: whether the desk is there. */
export interface Calm {
  readonly isOpen: boolean
  readonly isLinked: boolean
}

/** Nothing goes wrong any more and all has had time to settle. */
export interface Quiescence {
  /** What the broker has. */
  readonly orders: readonly OrderReport[]
  readonly fills: readonly Fill[]
  /** What the desk's lists show, of what is durable. */
  readonly listedOrders: readonly Order[]
  readonly listedFills: readonly Fill[]
  /** The funding that the broker knows of, and that the desk lists. */
  readonly funding: readonly FundingPayment[]
  readonly listedFunding: readonly FundingPayment[]
  /** Trades of which the journal says that the venue has closed a position by them. */
  readonly liquidated: ReadonlySet<string>
  readonly parents: readonly ParentOrder[]
  /** Orders that the desk believes to be working. */
  readonly working: readonly Order[]
  readonly positions: ReadonlyMap<string, Decimal>
  readonly activeRuns: readonly string[]
  /** Why the desk would not be re-armed; undefined when it was. */
  readonly rearmRefused: string | undefined
  readonly verification: string
  /** Projections whose tables differ from those built anew from the journal. */
  readonly differingTables: readonly string[]
  readonly book: string
  readonly replayedBook: string
}
