import type { z } from 'zod'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Bar, BarSeries, ImportedSeries, Timeframe } from '#shared/domain/bar.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { PlanConflict } from '#shared/domain/conflict.ts'
import type { CustomFinding } from '#shared/domain/custom-finding.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { PastView } from '#shared/domain/insight.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Episode, MemoryHit, MemorySearch, RememberedRun } from '#shared/domain/memory.ts'
import type { Message, MessageHit, MessageSearch } from '#shared/domain/message.ts'
import type { RaisedAlert, RunWatch } from '#shared/domain/monitoring.ts'
import type { Fill, Order, OrderChange, OrderStatus, OrderType, Side, TimeInForce } from '#shared/domain/order.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import type { Action, Proposal } from '#shared/domain/proposal.ts'
import type { Book, Quote, Trade } from '#shared/domain/quote.ts'
import type { Drill, Override, Review } from '#shared/domain/review.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import type { Schedule } from '#shared/domain/schedule.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import type { Settings } from '#shared/domain/settings.ts'
import type { Regime } from '#shared/domain/situation.ts'
import type { Tally } from '#shared/domain/tally.ts'
import type { Latch, StopLevel } from '#shared/domain/trading-state.ts'
import type { Stop } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** SHA-256 of a text, in lower-case hexadecimal. */
export type Sha256 = (text: string) => string

/** What a broker says of one order, its terms as they are in force now. */
export interface OrderReport {
  readonly clientOrderId: string
  readonly venueOrderId: string | null
  readonly instrument: string
  readonly side: Side
  readonly type: OrderType
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly stopPrice: Decimal | null
  readonly reduceOnly: boolean
  readonly status: OrderStatus
  readonly filledQuantity: Decimal
  readonly at: number
}

export type BrokerEvent =
  | { readonly kind: 'accepted'; readonly clientOrderId: string; readonly venueOrderId: string }
  | { readonly kind: 'rejected'; readonly clientOrderId: string; readonly reason: string }
  | { readonly kind: 'filled'; readonly fill: Fill }
  | { readonly kind: 'funding'; readonly payment: FundingPayment }
  | {
      /** The trade is undone; `corrected`, under its own trade id, stands in its place unless it is null. */
      readonly kind: 'busted'
      readonly clientOrderId: string
      readonly tradeId: string
      readonly corrected: Fill | null
    }
  /** The stop price was reached. */
  | { readonly kind: 'triggered'; readonly clientOrderId: string }
  | {
      /** A replacement is in force: all of the order's terms, not only those that changed. */
      readonly kind: 'updated'
      readonly clientOrderId: string
      readonly quantity: Decimal
      readonly limitPrice: Decimal | null
      readonly stopPrice: Decimal | null
    }
  | { readonly kind: 'updateRejected'; readonly clientOrderId: string; readonly reason: string }
  | { readonly kind: 'canceled'; readonly clientOrderId: string }
  | { readonly kind: 'expired'; readonly clientOrderId: string }
  | { readonly kind: 'cancelRejected'; readonly clientOrderId: string; readonly reason: string }
  | { readonly kind: 'link'; readonly connected: boolean; readonly latencyMs: number | null }

/** What a broker can do by itself; the desk sends nothing that it cannot. */
export interface BrokerCapabilities {
  readonly orderTypes: readonly OrderType[]
  readonly timesInForce: readonly TimeInForce[]
  readonly replace: boolean
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** True when a working order holds what it is to sell, so that two orders to sell the same cannot both rest. */
  readonly holdsForSale: boolean
  /** True when the venue itself links orders by their contingency: the desk then leaves that to it. */
  readonly contingencies: boolean
  /** Which client order ids it takes (OL-2): up to so many characters, the whole of them matching the pattern. */
  readonly clientOrderId: { readonly maximumLength: number; readonly pattern: RegExp }
  /** True when the venue cancels everything by itself once it hears no more of the desk; that takes protection too (KS-19). */
  readonly deadManSwitch: boolean
  /** What was traded is delivered so long after the trade, by the venue's rules: 0 where it settles with the trade, as crypto spot does. */
  readonly settlesAfterMs: number
}

/** A position as the broker has it; long is positive. */
export interface BrokerPosition {
  readonly instrument: string
  readonly quantity: Decimal
}

/** An amount of one currency on the account. */
export interface BrokerBalance {
  readonly currency: string
  readonly total: Decimal
  /** What no working order holds. */
  readonly free: Decimal
}

/**
 * A venue that takes orders. The client order id is the idempotency key: the same id twice is at most one order. Calls
 * reject with a ParleyError whose `retry` tells a definitive refusal from an ambiguous failure. ORDER_ID_TAKEN, which is
 * ambiguous, says that an order of this id was sent before: it is asked after, and never taken for rejected (OL-2).
 */
export interface Broker {
  readonly name: string
  readonly mode: 'paper' | 'live'
  readonly capabilities: BrokerCapabilities
  connect(listener: (event: BrokerEvent) => void): Promise<Stop>
  submit(order: Order): Promise<void>
  cancel(clientOrderId: string): Promise<void>
  /** Changes a working order; its fills count on. Until `updated` is told the old terms are in force (OL-6). */
  replace(clientOrderId: string, change: OrderChange): Promise<void>
  /** What the venue knows of the order; undefined when it has never heard of it. */
  query(clientOrderId: string): Promise<OrderReport | undefined>
  openOrders(): Promise<readonly OrderReport[]>
  /** Fills at or after the moment, oldest first. */
  fills(sinceMs: number): Promise<readonly Fill[]>
  /**
   * Has the venue cancel every order by itself once so long has passed without another such call; 0 takes that back. Absent
   * where the venue has no such timer (`capabilities.deadManSwitch`).
   */
  readonly deadManSwitch?: (afterMs: number) => Promise<void>
  /** Funding at or after the moment, oldest first; absent where nothing is traded that has any. */
  funding?(sinceMs: number): Promise<readonly FundingPayment[]>
  /** Every position that is not flat. Rejects when it cannot be told: that is unknown, and never flat (OL-15). */
  positions(): Promise<readonly BrokerPosition[]>
  balances(): Promise<readonly BrokerBalance[]>
}

/** What changed at the market. */
export type MarketUpdate =
  | { readonly kind: 'trade'; readonly trade: Trade }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'link'; readonly connected: boolean }

/** A time at which holders of a perpetual paid each other. */
export interface FundingTime {
  readonly at: number
  /** A fraction of the worth at the mark; longs pay where it is positive. */
  readonly rate: Decimal
  readonly mark: Decimal
}

/** A source of prices: the simulated exchange, or imported bars replayed. */
export interface Feed {
  readonly name: string
  instruments(): readonly Instrument[]
  /** The latest quote; undefined while there is none. */
  quote(instrument: string): Quote | undefined
  /** The order book, or undefined where the feed has none. */
  book(instrument: string): Book | undefined
  /** The newest bars that opened before `before` (default: now, the running bar included), oldest first. */
  bars(instrument: string, timeframe: Timeframe, limit: number, before?: number): readonly Bar[]
  start(listener: (update: MarketUpdate) => void): Stop
  /** The funding times of a perpetual after a moment and up to now, oldest first; absent where no perpetual is traded. */
  funding?(instrument: string, afterMs: number): readonly FundingTime[]
}

/** A headline or a post. */
export interface Text {
  readonly at: number
  readonly text: string
  readonly publisher: string
  /** Readers reached, likes, or any such weight; 1 where unknown. */
  readonly reach: number
}

/** What each kind of research source answers with. Series are oldest first. */
export interface SourceData {
  readonly price_data: BarSeries
  readonly volume_data: BarSeries
  readonly historical_data: BarSeries
  /** The bars that a decision looks at, and all that came before them. */
  readonly chart_data: BarSeries
  /** Closes of other instruments on the same days as the asked one's, by instrument. */
  readonly peer_data: Readonly<Record<string, BarSeries>>
  readonly orderbook: Book
  readonly news: readonly Text[]
  readonly social: readonly Text[]
  /** 0 (extreme fear) to 100 (extreme greed), one a day. */
  readonly fear_greed: readonly { readonly at: number; readonly value: number }[]
  readonly onchain: readonly {
    readonly at: number
    readonly activeAddresses: number
    readonly transactions: number
    /** Coins that moved onto exchanges less those that left; null where the source cannot tell. */
    readonly exchangeNetflow: number | null
  }[]
  readonly coingecko: {
    readonly marketCapUsd: number
    readonly volume24hUsd: number
    readonly circulating: number
    readonly rank: number
  }
  readonly macro_data: readonly {
    readonly series: string
    readonly at: number
    readonly value: number
    readonly previous: number
  }[]
}
export type SourceName = keyof SourceData

/** What a source said: a value, known emptiness. That it could not say anything is an error, SOURCE_UNAVAILABLE. */
export type SourceAnswer<Name extends SourceName = SourceName> =
  | { readonly status: 'value'; readonly asOf: number; readonly data: SourceData[Name] }
  | { readonly status: 'empty'; readonly asOf: number }

/** Where research asks. Rejects with SOURCE_UNAVAILABLE (saying whether a retry may help) for what it cannot answer. */
export interface ResearchSources {
  fetch<Name extends SourceName>(source: Name, instrument: string, signal: AbortSignal): Promise<SourceAnswer<Name>>
}

/** A stop that was asked for from outside the process. */
export interface StopRequest {
  readonly level: StopLevel
  readonly reason: string
}

/** Where custom tasks ask. Rejects with SOURCE_UNAVAILABLE for whatever keeps it from an answer, never with anything else but the signal's reason. */
export interface CustomSources {
  find(task: ResearchTask, instrument: string, signal: AbortSignal): Promise<CustomFinding>
}

/** What a language model is asked; the signal's abort ends the call. */
export interface ModelRequest<T> {
  readonly instructions: string
  readonly text: string
  /** What the answer has to be. */
  readonly schema: z.ZodType<T>
  readonly signal: AbortSignal
}

/** A language model's answer, as it came and as it was read; tokens are null where the provider does not count them. */
export interface ModelReply<T> {
  readonly answer: T
  readonly raw: string
  readonly promptTokens: number | null
  readonly answerTokens: number | null
  readonly usd: number
}

/**
 * A language model. Rejects with MODEL_UNAVAILABLE, MODEL_RATE_LIMITED, MODEL_TIMED_OUT, MODEL_REFUSED,
 * MODEL_ANSWER_INVALID or PROMPT_TOO_LONG; `details.usd` says what a failed call has cost. It never retries by itself.
 */
export interface LanguageModel {
  /** Its name in the configuration, and the provider's name of it. */
  readonly name: string
  readonly id: string
  readonly temperature: number
  /** The most that one call can cost. */
  readonly mostUsd: number
  ask<T>(request: ModelRequest<T>): Promise<ModelReply<T>>
}

/** Where the trading state survives the process. `load` throws LATCH_UNREADABLE when it is there and cannot be understood. */
export interface LatchStore {
  load(): Latch | undefined
  /** Durable when it returns. */
  save(latch: Latch): void
  /** True when a stop was asked for from outside the process and has not been taken up. */
  stopRequested(): StopRequest | undefined
  clearStopRequest(): void
}

/** Imported bars. `save` keeps all of its bars or none. */
export interface BarStore {
  save(
    instrument: string,
    timeframe: Timeframe,
    bars: readonly Bar[],
    /** The file they come from. */
    file?: string,
    onProgress?: Report,
  ): { readonly inserted: number; readonly replaced: number }
  load(
    instrument: string,
    timeframe: Timeframe,
    options: { from?: number; before?: number; limit?: number },
  ): readonly Bar[]
  series(): readonly ImportedSeries[]
}

/** What is remembered of orders for good: what is durable. */
export interface OrderArchive {
  getOrder(clientOrderId: string): Order | undefined
  /** An order that is carried out in parts. */
  getParentOrder(id: string): ParentOrder | undefined
  /** The trade as it was booked, be it undone since; undefined when it never was. */
  getFill(clientOrderId: string, tradeId: string): Fill | undefined
  /** The payment as it was booked; undefined when it never was. */
  getFunding(id: string): FundingPayment | undefined
}

/** One attempt at a research task, as it turned out. */
export interface ResearchAttempt {
  readonly task: string
  /** The sources that were asked, joined by "+". */
  readonly source: string
  /** When it ended, in epoch milliseconds. */
  readonly at: number
  readonly succeeded: boolean
  readonly seconds: number
  readonly usd: number
}

/** What an earlier decision came to, and what it was. */
export interface PastOutcome extends Outcome {
  readonly instrument: string
  readonly action: Action
  readonly confidence: number
}

/** What the desk has learned and spent before: what is durable. */
export interface DeskHistory {
  /** The newest attempts at research of steps that have ended, newest first. */
  listAttempts(limit: number): readonly ResearchAttempt[]
  /** The newest market views on an instrument, newest first. */
  listViews(instrument: string, limit: number): readonly PastView[]
  /** What the decisions since a moment came to, newest first; at most 1,000. */
  outcomesSince(at: number): readonly PastOutcome[]
  /** The newest votes whose outcome is known, in the order in which they were scored. */
  listScoredVotes(limit: number): readonly ScoredVote[]
  /** The runs with a decision of which the ballots are not scored, newest first. */
  listUnscoredVotes(limit: number): readonly string[]
  getVote(runId: string): Vote
  /** In USD, since the trading day began. */
  spentToday(): number
  /** Runs that had ended with a decision before the given one began, the newest of them, newest first. */
  episodesBefore(runId: string, limit: number): readonly Episode[]
}

/** What is remembered of reviews for good: what is durable. */
export interface ReviewArchive {
  getReview(reviewId: string): Review | undefined
  /** The known-bad reviews that were put before the trader, oldest first. */
  listDrills(): readonly Drill[]
  /** Overrides of which it is not known yet what they came to, oldest first. */
  listUnmeasuredOverrides(): readonly Override[]
}

/** What is remembered of collaborative plans for good: what is durable. */
export interface PlanArchive {
  getPlan(planId: string): CollaborativePlan | undefined
  /** Those that have not ended, oldest first. */
  listOpenPlans(): readonly CollaborativePlan[]
  /** The newest plan that was made from a template. */
  lastPlanOf(template: string): CollaborativePlan | undefined
  /** The schedules that plans are made by, those that are off too; oldest first. */
  listSchedules(): readonly Schedule[]
  /** The regime that the environment watcher saw last, by instrument. */
  lastRegimes(): ReadonlyMap<string, Regime>
}

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
  /** Newest first. */
  searchMessages(search: MessageSearch): readonly MessageHit[]
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
  /** Newest first. */
  searchMemory(search: MemorySearch): readonly MemoryHit[]
  /** All that memory has of a run; undefined when there is none of that id. */
  getRemembered(runId: string): RememberedRun | undefined
  /** Newest first. */
  listOrders(instrument: string | undefined, limit: number): readonly Order[]
  /** Newest first. */
  listEndedOrders(asked: EndedOrders): readonly Order[]
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
export interface EndedOrders {
  readonly instrument?: string | undefined
  readonly status?: OrderStatus | undefined
  /** The client order id that the page before ended with. */
  readonly before?: string | undefined
  readonly limit: number
}

/** All that was voted on in a run. */
export interface Vote {
  readonly proposals: readonly Proposal[]
  readonly ballots: readonly Ballot[]
  readonly tally: Tally | null
  readonly decision: Decision | null
  readonly outcome: Outcome | null
}

/** Tells when schedules fall due. */
export interface Timetable {
  /**
   * The first time after a moment, in UTC epoch milliseconds; null where none comes any more. Throws CRON_INVALID, naming the
   * field and where it stands, and TIMEZONE_UNKNOWN.
   */
  next(cron: string, timezone: string, after: number): number | null
}

/** The keys to other people's services: from the environment, and kept encrypted in keys.json of the data folder (EL-8). */
export interface Keyring {
  /** Why no key can be kept, as a sentence; null where one can. */
  readonly weakness: string | null
  /** The environment with the kept keys in it; what the environment has itself goes first. A kept key that cannot be read is left out. */
  environment(): Readonly<Record<string, string | undefined>>
  placeOf(name: string): 'environment' | 'kept' | 'unreadable' | 'missing'
  /** Throws KEYRING_UNAVAILABLE where nothing would protect it; the key is in no error and no log. */
  keep(name: string, key: string): void
  forget(name: string): void
}

/** Where what the trader has chosen is kept. */
export interface SettingsStore {
  /** The defaults where nothing was chosen yet; throws SETTINGS_INVALID for a file that cannot be understood. */
  load(): Settings
  save(settings: Settings): void
}

/** Told, now and then, the share of the work that is done: from 0 to 1, never less than before. */
export type Report = (share: number) => void

/**
 * A function that may take long: what goes in and comes out can be cloned (no functions, no classes), and the same input
 * gives the same output on any thread.
 */
export type HeavyFunction<Input, Output> = (input: Input, report: Report) => Output

export interface ComputeOptions {
  /** Ends the work at once, in the midst of a loop too. */
  readonly signal?: AbortSignal
  /** How long the work may take; default 60 s. */
  readonly timeoutMs?: number
  readonly onProgress?: Report
}

/**
 * Runs heavy functions, those of the table that it was made with, where they do not hold up the engine. Rejects with the
 * function's own ParleyError, and with COMPUTE_FAILED for anything else that it throws or that cannot be cloned; with
 * COMPUTE_CRASHED or COMPUTE_TIMED_OUT, both retryable, when its thread died or hung, which is replaced; with
 * COMPUTE_UNKNOWN for a function that is not in the table, COMPUTE_CLOSED after the desk was closed, and with the signal's
 * reason when it aborts.
 */
export interface Compute {
  run<Input, Output>(work: HeavyFunction<Input, Output>, input: Input, options?: ComputeOptions): Promise<Output>
}
