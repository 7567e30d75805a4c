import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { createRoster, type Roster } from '#engine/agents/roster.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { Bus } from '#engine/bus/bus.ts'
import { createPlans, type Plans } from '#engine/desk/plans/plans.ts'
import { createSchedules, type Schedules } from '#engine/desk/plans/schedules.ts'
import { createReviews, type Reviews } from '#engine/desk/reviews/reviews.ts'
import { createRuns, type Runs, type RunsOptions } from '#engine/desk/runs/runs.ts'
import { createVoteScorer } from '#engine/desk/voting/vote-scorer.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { Broker, BrokerCapabilities } from '#engine/ports/broker.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { PlanArchive } from '#engine/ports/plan-archive.ts'
import type { CustomSources, ResearchSources } from '#engine/ports/research-sources.ts'
import type { ReviewArchive } from '#engine/ports/review-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { Timetable } from '#engine/ports/timetable.ts'
import { usualCoolDownMs } from '#engine/trading/gate/cool-down.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import { createTailReader } from '#engine/trading/gate/tail-reader.ts'
import { createOrders, type Orders } from '#engine/trading/orders/orders.ts'
import { createParentOrders, type ParentOrders } from '#engine/trading/parents/parent-orders.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { createDeadManSwitch, type DeadManSwitch } from '#engine/trading/protection/dead-man-switch.ts'
import { createProtection, type Protection } from '#engine/trading/protection/protection.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { ReviewPolicy } from '#shared/domain/review.ts'
import type { CalendarsConfig } from '#shared/domain/trading-calendar.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { errorMessage } from '#shared/lib/error.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'
import { createAgentStatus } from './agent-status.ts'
import { createMarketWatch, type MarketWatch } from './market-watch.ts'
import { createRegimeReader } from './memory/regime-reader.ts'
import { createReconciler } from './plans/plan-reconciler.ts'
import type { DeskParts } from './run/desk-parts.ts'
import type { RunState } from './run/run-state.ts'
import { createTradingControl, type TradingControl } from './trading-control.ts'
import { openDay } from './trading-day.ts'
import { takeUpRuns } from './unfinished-runs.ts'
import { startWatchdog } from './watchdog.ts'

/** The world around a desk and what it remembers; the same for the app, one decision on a file, and the simulation. */
export interface KernelOptions {
  readonly journal: Journal
  /** What the journal tells of the account so far. */
  readonly book: TradingBook
  readonly archive: OrderArchive & PlanArchive & ReviewArchive
  readonly history: DeskHistory
  /** Runs that an earlier process left unfinished. */
  readonly unfinished: readonly RunState[]
  readonly outcomesOf: (instrument: string) => ProposalBriefing['outcomes']
  readonly latchStore: LatchStore
  readonly latch: Latch
  readonly bus: Bus
  readonly broker: Broker
  readonly feed: Feed
  readonly sources: ResearchSources
  /** Undefined where time is not the real one: custom tasks are then unavailable. */
  readonly custom?: CustomSources | undefined
  readonly planning: PlanningConfig
  readonly mandate: Mandate
  readonly reviewPolicy: ReviewPolicy
  /** False where there is no trader to ask; default true. */
  readonly attended?: boolean
  /** Milliseconds of the desk's time in one of waiting: above 1 where bars are replayed faster; default 1. */
  readonly timeScale?: number
  readonly account: { readonly id: string; readonly currency: string; readonly cash: Decimal }
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly sha256: Sha256
  readonly compute: Compute
  /** Language models in the seats; none unless given. */
  readonly models?: SeatModels
  /** Methods that collaborative plans can be made by; none unless given. */
  readonly templates?: readonly PlanTemplate[]
  /** When schedules fall due, and markets are open. */
  readonly timetable: Timetable
  readonly calendars: CalendarsConfig
  /** Whether the trader wants the venue's own timer, where it has one (KS-19); default not. */
  readonly deadManSwitch?: boolean
  /** How long a halted desk stays so at least (KS-9); usualCoolDownMs unless given. */
  readonly coolDownMs?: number
}

/** A desk without its hosts. */
export interface Kernel extends TradingControl, Omit<MarketWatch, 'start'> {
  readonly orders: Orders
  /** Orders that are carried out in parts. */
  readonly parentOrders: ParentOrders
  readonly latch: DeskLatch
  readonly runs: Runs
  readonly plans: Plans
  readonly schedules: Schedules
  readonly reviews: Reviews
  readonly protection: Pick<Protection, 'standDown'>
  readonly deadManSwitch: Pick<DeadManSwitch, 'choose' | 'state'>
  readonly roster: Roster
  readonly book: TradingBook
  readonly mandate: Mandate
  /** What the broker can do. */
  readonly capabilities: BrokerCapabilities
  /** Recovers, connects, reconciles; then the desk may be asked. */
  start(): Promise<void>
  /** Ends runs and links; the journal stays open. Plans that have decided nothing yet go on at the next start. */
  stop(why: string): Promise<void>
  /** Equity at the current marks; undefined while one is missing. */
  equity(): Decimal | undefined
}

const system: Actor = { kind: 'system', id: 'desk' }
const haltedAtStart = 'The desk was started again while halted'

/** Wires the engine together. */
export function createKernel(options: KernelOptions): Kernel {
  const { journal, book, broker, feed, clock, mandate, bus, archive, sha256, ids } = options
  const { attended = true, timeScale = 1, templates = [], models = new Map(), coolDownMs = usualCoolDownMs } = options
  const market = createMarketWatch(feed)
  const { latch, ...control } = createTradingControl({
    store: options.latchStore,
    journal,
    book,
    clock,
    initial: options.latch,
    mode: broker.mode,
    coolDownMs,
    underWay: () => ({ reviews, parentOrders, runs, orders }),
  })
  const reviews: Reviews = createReviews({
    journal,
    book,
    feed,
    clock,
    ids,
    sha256,
    archive,
    policy: options.reviewPolicy,
    mode: broker.mode,
    random: options.random.fork('drills'),
    attended,
    timeScale,
    unfinished: options.unfinished,
    check: (intent) => orders.denial(intent),
  })
  const tails = createTailReader(feed)
  const orders: Orders = createOrders({
    journal,
    book,
    archive,
    broker,
    feed,
    latch,
    mandate,
    clock,
    sha256,
    tails,
    approvalDenial: (order) => reviews.approvalDenial(order),
    // The limits have failed if the venue had to close something: a person has to look.
    onLiquidation: ({ instrument }) => control.halt(2, system, `The venue has liquidated ${instrument}`),
  })
  const protection = createProtection({
    journal,
    book,
    orders,
    latch,
    capabilities: broker.capabilities,
    quote: (instrument) => feed.quote(instrument),
    instrument: (id) => feed.instruments().find((instrument) => instrument.id === id),
    clock,
  })
  const on = options.deadManSwitch ?? false
  const deadManSwitch = createDeadManSwitch({ broker, journal, book, latch, orders, clock, on })
  const parentOrders: ParentOrders = createParentOrders({
    journal,
    book,
    archive,
    orders,
    protection,
    latch,
    mandate,
    feed,
    onMarket: (listener) => market.onMarket(listener),
    clock,
    sha256,
    approvalDenial: (order) => reviews.approvalDenial(order),
  })
  const parts: DeskParts = {
    journal,
    bus,
    feed,
    orders,
    tails,
    parentOrders,
    protection,
    reviews,
    book,
    latch,
    history: options.history,
    mandate,
    planning: options.planning,
    clock,
    random: options.random,
    ids,
    sha256,
    readRegime: createRegimeReader(options.compute),
    models,
    nested: {
      begin: (...asked) => plans.createBySystem(...asked),
      get: (planId) => plans.get(planId),
    },
    openPlans: {
      list: () => plans.open(),
      giveWay: (planId, why) => plans.cancel(planId, `It gives way to a more urgent plan. ${why}`, system),
    },
  }
  const reconcilerOf: RunsOptions['reconcilerOf'] = (runOf) => createReconciler(parts, runOf)
  const runs: Runs = createRuns({ parts, outcomesOf: options.outcomesOf, reconcilerOf })
  const plans = createPlans({ parts, runs, templates, archive, timeScale })
  const { timetable, calendars } = options
  const schedules = createSchedules({ parts, plans, archive, timetable, calendars, timeScale })
  const scorer = createVoteScorer({ journal, feed, clock, history: options.history })
  const onHealth = createAgentStatus(journal)
  const { sources, custom, compute } = options
  const roster = createRoster({ bus, clock, ids, sources, custom, compute, onHealth, models, sha256 })
  const stops: Stop[] = []

  return {
    orders,
    parentOrders,
    latch,
    runs,
    plans,
    schedules,
    reviews,
    protection,
    deadManSwitch,
    roster,
    book,
    mandate,
    capabilities: broker.capabilities,
    ...control,
    onMarket: (listener) => market.onMarket(listener),
    lastTickAt: () => market.lastTickAt(),
    feedConnected: () => market.feedConnected(),
    equity: () => equity(book, marksOf(feed)),
    start: () => start(options, { ...parts, runs, plans, schedules, scorer, control, market, deadManSwitch }, stops),
    async stop(why) {
      runs.close(why)
      await runs.drained()
      await deadManSwitch.close()
      for (const stop of stops.splice(0).reverse()) stop()
      orders.stop()
      roster.stop()
    },
  }
}

interface WiredDesk extends DeskParts {
  readonly runs: Runs
  readonly plans: Plans
  readonly schedules: Schedules
  readonly scorer: { tick(): void }
  readonly control: TradingControl
  readonly market: MarketWatch
  readonly deadManSwitch: DeadManSwitch
}

/** Starts a desk part by part; each of them leaves its end with the stops. */
async function start({ account, unfinished }: KernelOptions, desk: WiredDesk, stops: Stop[]): Promise<void> {
  const { journal, book, clock, latch, orders, parentOrders, reviews, plans, schedules, scorer, control } = desk
  const halt = (reason: string) => control.halt(1, system, reason)
  if (book.account === '') {
    const { id, currency, cash } = account
    await journal.append({ kind: 'accountOpened', data: { account: id, currency, cash }, actor: system })
  }
  stops.push(journal.onFailure((error) => void halt(`The journal cannot be written: ${errorMessage(error)}`)))
  stops.push(desk.market.start())
  await orders.connect()
  // Without the broker's answer nothing is known; the desk stays halted until there is one (OL-13).
  await orders
    .reconcile()
    .catch((error: unknown) => halt(`The account could not be compared with the broker: ${errorMessage(error)}`))
  openDay(desk)
  stops.push(
    startWatchdog({
      clock,
      isConnected: () => orders.link().connected,
      takeUpStop: () => latch.current(),
      halt,
      onLook() {
        openDay(desk)
        schedules.tick()
        plans.tick()
        reviews.tick()
        scorer.tick()
      },
    }),
  )
  stops.push(desk.protection.start())
  stops.push(desk.deadManSwitch.start())
  if (latch.current().state === 'HALTED') {
    reviews.voidAll(haltedAtStart)
    parentOrders.stopAll(haltedAtStart)
  }
  stops.push(parentOrders.start())
  reviews.tick()
  plans.expireLate('while the desk was closed')
  await takeUpRuns(desk, unfinished)
}
