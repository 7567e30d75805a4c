import type { Decimal } from '#shared/lib/decimal.ts'
import type { AgentHealth } from './agent.ts'
import type { Ballot } from './ballot.ts'
import type { CollaborativePlan } from './collaborative-plan.ts'
import type { Conflict, RaisedConflict } from './conflict.ts'
import type { Argument } from './debate.ts'
import type { Decision } from './decision.ts'
import type { Denial } from './denial.ts'
import type { Evidence, Validation } from './evidence.ts'
import type { FundingPayment } from './funding.ts'
import type { Insight } from './insight.ts'
import type { Recollection } from './memory.ts'
import type { Message } from './message.ts'
import type { ModelCall } from './model.ts'
import type { Pace, PlanDivergence, Replan, RunAlert } from './monitoring.ts'
import type { Fill, Order, OrderChange } from './order.ts'
import type { Outcome } from './outcome.ts'
import type { ParentOrder, ParentOrderStatus } from './parent-order.ts'
import type { Plan } from './plan.ts'
import type { Action, Proposal } from './proposal.ts'
import type { Touch } from './quote.ts'
import type { BlindJudgement, Override, Review, ReviewOrder, ReviewWords } from './review.ts'
import type { Goal, RunStatus } from './run.ts'
import type { Schedule, ScheduleTerms } from './schedule.ts'
import type { ScoredVote } from './scored-vote.ts'
import type { Settings } from './settings.ts'
import type { Regime, Situation } from './situation.ts'
import type { SubGoal, SubPlan } from './sub-goal.ts'
import type { Tally } from './tally.ts'
import type { Latch, StopProgress } from './trading-state.ts'

type AboutRun<T = unknown> = { readonly runId: string } & T
type AboutStep<T = unknown> = { readonly runId: string; readonly stepId: string; readonly attempt: number } & T
interface LoopDelayed {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}
type AboutPlan = { readonly planId: string; readonly reason: string }
type AboutSchedule<T = unknown> = { readonly scheduleId: string } & T
type AboutOrder<T = unknown> = { readonly clientOrderId: string } & T
/** With the market of the moment, where there is one. */
type AtMarket<T = unknown> = AboutOrder<{ readonly market?: Touch } & T>
type AboutParent<T = unknown> = { readonly parentId: string } & T
type AboutReview<T = unknown> = { readonly reviewId: string } & T

/** Everything that can happen on the desk: the kind of a journal record and what its data holds. */
export interface DeskEvents {
  deskStarted: { readonly clean: boolean; readonly feed: string }
  accountOpened: { readonly account: string; readonly currency: string; readonly cash: Decimal }
  /** What the account holds is unknown from here on, until a person re-arms the desk. */
  accountDoubted: { readonly why: string }
  /** The first look at the account on a UTC day (epoch days): the day's P&L is measured from here. */
  dayOpened: { readonly day: number; readonly equity: Decimal }
  /** The account was never worth more; written for a thousandth more than the last time. */
  equityPeaked: { readonly equity: Decimal }
  deskStopped: { readonly why: string }
  /** A key was put into the system's keyring, or taken out; by its name alone. */
  keyKept: { readonly name: string }
  keyForgotten: { readonly name: string }
  settingsChanged: { readonly before: Settings | null; readonly after: Settings }
  barsImported: {
    readonly instrument: string
    readonly timeframe: string
    readonly bars: number
    readonly file: string
  }
  agentStatusChanged: { readonly health: AgentHealth }

  /** A collaborative plan was made; what becomes of it otherwise is told by its run. */
  collaborativePlanDrafted: { readonly plan: CollaborativePlan }
  collaborativePlanCalled: AboutPlan
  collaborativePlanCancelled: AboutPlan
  collaborativePlanExpired: AboutPlan
  collaborativePlanFailed: AboutPlan

  /** A schedule of plans was made, given other terms, or switched off. */
  scheduleMade: { readonly schedule: Schedule }
  scheduleChanged: AboutSchedule<{ readonly terms: ScheduleTerms; readonly doneUntil: number }>
  scheduleSwitchedOff: AboutSchedule<{ readonly reason: string }>
  /** It fell due and a plan was made. */
  scheduleFired: AboutSchedule<{ readonly dueAt: number; readonly planId: string }>
  /** It fell due, once or more often, and no plan was made: none is made up for it later. */
  scheduleMissed: AboutSchedule<{ readonly times: number; readonly dueAt: number; readonly why: string }>

  runStarted: AboutRun<{ readonly goal: Goal; readonly plan: Plan }>
  runResumed: AboutRun
  /** Nothing more of it is begun until it goes on; what is under way comes to its end. */
  runPaused: AboutRun<{ readonly reason: string }>
  runContinued: AboutRun
  /** The desk closes, and the next one goes on with it. */
  runSuspended: AboutRun<{ readonly reason: string }>
  runEnded: AboutRun<{ readonly status: Exclude<RunStatus, 'running'>; readonly reason: string | null }>
  stepStarted: AboutStep
  stepRetried: AboutStep<{ readonly code: string; readonly message: string; readonly delayMs: number }>
  stepSucceeded: AboutStep<{ readonly usd: number; readonly output: unknown }>
  stepFailed: AboutStep<{ readonly code: string; readonly message: string; readonly usd: number }>
  stepSkipped: AboutStep<{ readonly reason: string }>
  /** What it may have cost: work that was under way may be billed in full. */
  stepCancelled: AboutStep<{ readonly reason: string; readonly usd: number }>
  stepAnsweredLate: AboutStep<{ readonly what: string }>

  /** The run was found to go otherwise than planned, or better ways to be there. */
  planDiverged: AboutRun<{ readonly divergence: PlanDivergence }>
  /** The run goes on with this plan, which holds every step of the one before. */
  planReplanned: AboutRun<{ readonly plan: Plan; readonly replan: Replan }>
  alertRaised: AboutRun<{ readonly alert: RunAlert }>
  paceChanged: AboutRun<{ readonly pace: Pace }>

  evidenceGathered: { readonly evidence: Evidence }
  dossierValidated: AboutRun<{ readonly validation: Validation }>
  insightFormed: AboutRun<{ readonly insight: Insight }>
  /** The environment watcher saw a market turn; `before` is null where it looked for the first time. */
  regimeChanged: {
    readonly instrument: string
    readonly before: Regime | null
    readonly after: Regime
    readonly confidence: number
  }
  situationRead: AboutRun<{ readonly situation: Situation }>
  /** What memory has of situations like it: of runs that had ended before this one began. */
  situationRecalled: AboutRun<{ readonly recollection: Recollection }>
  argumentMade: AboutRun<{ readonly argument: Argument }>
  messagePosted: { readonly message: Message }
  modelAsked: AboutRun<{ readonly stepId: string; readonly call: ModelCall }>
  /** The trader wants one more research task done in a run under way. */
  researchWanted: AboutRun<{ readonly task: string }>
  traderObjected: AboutRun<{ readonly messageId: string; readonly text: string }>
  proposalMade: { readonly proposal: Proposal }
  /** Agents were at odds, and what came of it. */
  conflictSettled: AboutRun<{ readonly conflict: Conflict; readonly conflictId?: string }>
  conflictRaised: AboutRun<{ readonly conflictId: string; readonly conflict: RaisedConflict }>
  /** Of several proposals one is put to the vote; with the weight of those who prefer each. */
  questionChosen: AboutRun<{
    readonly proposalId: string
    readonly action: Action
    readonly support: Readonly<Record<string, number>>
  }>
  proposalRevised: { readonly proposal: Proposal; readonly why: string }
  ballotCast: AboutRun<{ readonly ballot: Ballot }>
  tallyTaken: AboutRun<{ readonly tally: Tally }>
  decisionMade: { readonly decision: Decision }
  /** How its ballots turned out, once the horizon of its proposal was over. */
  voteScored: { readonly score: ScoredVote }
  /** What a plan has plans of its own for. */
  subGoalsSet: AboutRun<{ readonly goals: readonly SubGoal[]; readonly why: string }>
  /** A plan was made for one of these, and what became of it. */
  subPlanBegun: AboutRun<{ readonly planId: string; readonly goal: SubGoal }>
  subPlanEnded: AboutRun<Omit<SubPlan, 'goal'>>
  /** What a plan that is to find something out, or has plans of its own, comes to. */
  conclusionWritten: AboutRun<{ readonly conclusion: string }>
  outcomeMeasured: { readonly outcome: Outcome }

  reviewOpened: { readonly review: Review }
  blindJudgementRecorded: AboutReview<{ readonly judgement: BlindJudgement }>
  reviewSnoozed: AboutReview<{ readonly until: number }>
  reviewWoken: AboutReview
  reviewEdited: AboutReview<{
    readonly order: ReviewOrder
    readonly orderHash: string
    readonly price: Decimal
    readonly words: ReviewWords
  }>
  reviewAsked: AboutReview<{ readonly question: string }>
  /** The agents voted again: the review as it is shown from then on. */
  reviewAnswered: { readonly review: Review }
  reviewApproved: AboutReview<{
    readonly orderHash: string
    readonly price: Decimal
    readonly words: ReviewWords | null
    readonly dwellMs: number
  }>
  reviewRejected: AboutReview<{ readonly words: ReviewWords; readonly dwellMs: number }>
  reviewExpired: AboutReview
  reviewVoided: AboutReview<{ readonly why: string }>
  /** Somebody acted on a review that was closed; nothing came of it (KS-12). */
  reviewActedOnLate: AboutReview<{ readonly act: string; readonly status: string }>
  overrideRecorded: { readonly override: Override }
  overrideMeasured: { readonly overrideId: string; readonly outcome: NonNullable<Override['outcome']> }
  /** HO-12: a known-bad review was put before the trader, and what he made of it; nothing is ever sent for it. */
  drillInjected: AboutReview<{ readonly flaw: string }>
  drillAnswered: AboutReview<{ readonly caught: boolean }>
  /** The trader approves so much or so fast that it may be out of habit (HO-11). */
  automationBiasNoticed: { readonly decisions: number; readonly approvals: number; readonly medianDwellMs: number }

  orderInitialized: { readonly order: Order }
  orderDenied: AtMarket<{ readonly denial: Denial }>
  orderSubmitted: AboutOrder
  orderAccepted: AboutOrder<{ readonly venueOrderId: string }>
  orderRejected: AtMarket<{ readonly reason: string }>
  orderUnknown: AboutOrder<{ readonly reason: string }>
  orderFilled: { readonly fill: Fill }
  /** A trade that was booked before is undone, or corrected to another (FIX: trade bust, trade correct). */
  orderFillBusted: AboutOrder<{ readonly busted: Fill; readonly corrected: Fill | null }>
  /** A trade that was booked was told again with another price or quantity: what is booked stays (OL-9). */
  orderFillDisputed: AboutOrder<{ readonly told: Fill }>
  orderTriggered: AtMarket
  orderPendingUpdate: AboutOrder<{ readonly change: OrderChange }>
  /** All of the terms that are in force from now on. */
  orderUpdated: AboutOrder<{
    readonly quantity: Decimal
    readonly limitPrice: Decimal | null
    readonly stopPrice: Decimal | null
  }>
  orderUpdateRejected: AboutOrder<{ readonly reason: string }>
  orderPendingCancel: AboutOrder<{ readonly byTrader?: boolean }>
  orderCancelRejected: AboutOrder<{ readonly reason: string }>
  orderCanceled: AtMarket
  orderExpired: AtMarket
  fundingPaid: { readonly payment: FundingPayment }
  /** The venue closed a position by itself, for want of margin; the fill is booked by a record of its own before. */
  positionLiquidated: { readonly fill: Fill }
  ordersReconciled: { readonly matched: number; readonly adjusted: readonly string[] }

  parentOrderStarted: { readonly parent: ParentOrder }
  /** Nothing more of it is sent until it goes on. */
  parentOrderPaused: AboutParent<{ readonly reason: string }>
  parentOrderContinued: AboutParent
  parentOrderEnded: AboutParent<{
    readonly status: Exclude<ParentOrderStatus, 'working' | 'paused'>
    readonly reason: string
    readonly market: Touch | null
  }>

  tradingStateChanged: { readonly before: Latch | null; readonly after: Latch }
  stopProgressed: { readonly progress: StopProgress }
  letterDied: { readonly topic: string; readonly messageId: string; readonly attempts: number; readonly error: string }
  /** The event loop stood still for more than a second, or was late over a whole minute; all over the last minute. */
  engineDelayed: LoopDelayed & { readonly alarm: 'slow' | 'stalled' }
  engineCaughtUp: LoopDelayed
}

export type EventKind = keyof DeskEvents

/** One event, ready to be journalled. */
export type DeskEvent = { [Kind in EventKind]: { readonly kind: Kind; readonly data: DeskEvents[Kind] } }[EventKind]
