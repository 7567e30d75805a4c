import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { createRoster, type Roster } from '#engine/agents/roster.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { Bus } from '#engine/bus/bus.ts'
import { createPlans, type Plans } from '#engine/desk/plans/plans.ts'
import { createSchedules, type Schedules } from '#engine/desk/plans/schedules.ts'
import { createReviews, type Reviews } from '#engine/desk/reviews/reviews.ts'
import { createRuns, type Runs } from '#engine/desk/runs/runs.ts'
import { createVoteScorer } from '#engine/desk/voting/vote-scorer.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { Broker, BrokerCapabilities } from '#engine/ports/broker.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { PlanArchive } from '#engine/ports/plan-archive.ts'
import type { CustomSources, ResearchSources } from '#engine/ports/research-sources.ts'
import type { ReviewArchive } from '#engine/ports/review-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { Timetable } from '#engine/ports/timetable.ts'
import { usualCoolDownMs } from '#engine/trading/gate/cool-down.ts'
import { createDeskLatch, type DeskLatch } from '#engine/trading/gate/latch.ts'
import { createTailReader } from '#engine/trading/gate/tail-reader.ts'
import { createOrders, type Orders } from '#engine/trading/orders/orders.ts'
import { createParentOrders, type ParentOrders } from '#engine/trading/parents/parent-orders.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { createDeadManSwitch, type DeadManSwitch } from '#engine/trading/protection/dead-man-switch.ts'
import { createProtection, type Protection } from '#engine/trading/protection/protection.ts'
import type { AgentHealth, Seat } from '#shared/domain/agent.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import { isInFlight } from '#shared/domain/order.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { ReviewPolicy } from '#shared/domain/review.ts'
import type { CalendarsConfig } from '#shared/domain/trading-calendar.ts'
import type { Latch, StopLevel } from '#shared/domain/trading-state.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'
import { createRegimeReader } from './memory/regime-reader.ts'
import { createReconciler } from './plans/plan-reconciler.ts'
import type { DeskParts } from './run/desk-parts.ts'
import type { RunState } from './run/run-state.ts'

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
export interface Kernel {
  readonly orders: Orders
  /** Orders that are carried out in parts. */
  readonly parents: ParentOrders
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
  /** Closes the gate before it returns, then cancels what the level says. A desk that is halted is only halted further. */
  halt(level: StopLevel, by: Actor, reason: string): Latch
  reduce(by: Actor, reason: string): Latch
  /** Back to ACTIVE. Throws REARM_REFUSED saying what is wrong (KS-9). */
  rearm(by: Actor, typed: { readonly reason: string; readonly account: string; readonly mode: string }): Latch
  /** Equity at the current marks; undefined while one is missing. */
  equity(): Decimal | undefined
  /** When the last price came. */
  lastTickAt(): number | null
  feedConnected(): boolean
  onMarket(listener: (update: MarketUpdate) => void): Stop
}

const system: Actor = { kind: 'system', id: 'desk' }
const tickMs = 250
const stalledMs = 5_000
const dayMs = 86_400_000
const seconds = (ms: number) => `${Math.round(ms / 1000)} s`

/** Wires the engine together. */
export function createKernel(options: KernelOptions): Kernel {
  const {
    journal,
    book,
    broker,
    feed,
    clock,
    mandate,
    account,
    bus,
    coolDownMs = usualCoolDownMs,
    models = new Map(),
  } = options
  const listeners = new Set<(update: MarketUpdate) => void>()
  const stops: Stop[] = []
  let lastTickAt: number | null = null
  let feedConnected = false
  const failing = new Set<Seat>()
  // Measured on the clock that never jumps: the market's may begin anywhere when the desk is started again. A desk that
  // does not start ACTIVE cools down anew.
  let haltedSince = options.latch.state === 'ACTIVE' ? Number.NEGATIVE_INFINITY : clock.monotonic()

  const latch = createDeskLatch({
    store: options.latchStore,
    journal,
    clock,
    initial: options.latch,
    onChange(after, change) {
      const why = `The desk turned ${after.state}: ${change.reason}`
      reviews.voidAll(why)
      parents.stopAll(why)
      if (after.state === 'ACTIVE') return
      if (after.state === 'HALTED') {
        haltedSince = clock.monotonic()
        runs.cancelAll(change.reason)
      }
      // What already works could still increase a position (I6).
      orders.cancelForStop(after.level ?? 2, change.by)
    },
  })
  const reviews: Reviews = createReviews({
    journal,
    book,
    feed,
    clock,
    ids: options.ids,
    sha256: options.sha256,
    archive: options.archive,
    policy: options.reviewPolicy,
    mode: broker.mode,
    random: options.random.fork('drills'),
    attended: options.attended ?? true,
    timeScale: options.timeScale ?? 1,
    unfinished: options.unfinished,
    check: (intent) => orders.denial(intent),
  })
  const tails = createTailReader(feed)
  const orders: Orders = createOrders({
    journal,
    book,
    archive: options.archive,
    broker,
    feed,
    latch,
    mandate,
    clock,
    sha256: options.sha256,
    tails,
    approvalDenial: (order) => reviews.approvalDenial(order),
    // The limits have failed if the venue had to close something: a person has to look.
    onLiquidation: ({ instrument }) => halt(2, system, `The venue has liquidated ${instrument}`),
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
  const deadManSwitch = createDeadManSwitch({
    broker,
    journal,
    book,
    latch,
    orders,
    clock,
    on: options.deadManSwitch ?? false,
  })
  const onMarket = (listener: (update: MarketUpdate) => void): Stop => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const parents: ParentOrders = createParentOrders({
    journal,
    book,
    archive: options.archive,
    orders,
    protection,
    latch,
    mandate,
    feed,
    onMarket,
    clock,
    sha256: options.sha256,
    approvalDenial: (order) => reviews.approvalDenial(order),
  })
  const parts: DeskParts = {
    journal,
    bus,
    feed,
    orders,
    tails,
    parentOrders: parents,
    protection,
    reviews,
    book,
    latch,
    history: options.history,
    mandate,
    planning: options.planning,
    clock,
    random: options.random,
    ids: options.ids,
    sha256: options.sha256,
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
  const runs: Runs = createRuns({
    parts,
    outcomesOf: options.outcomesOf,
    reconcilerOf: (runOf) => createReconciler(parts, runOf),
  })
  const { templates = [], archive, timeScale = 1 } = options
  const plans = createPlans({ parts, runs, templates, archive, timeScale })
  const { timetable, calendars } = options
  const schedules = createSchedules({ parts, plans, archive, timetable, calendars, timeScale })
  const scorer = createVoteScorer({ journal, feed, clock, history: options.history })
  const roster = createRoster({
    bus,
    clock,
    ids: options.ids,
    sources: options.sources,
    custom: options.custom,
    compute: options.compute,
    onHealth,
    models,
    sha256: options.sha256,
  })

  /** Journals that an agent has begun to fail, and that it does not any more. */
  function onHealth(health: AgentHealth): void {
    const isFailing = health.status === 'failing'
    if (isFailing === failing.has(health.seat)) return
    if (isFailing) failing.add(health.seat)
    else failing.delete(health.seat)
    void journal.append({ kind: 'agentStatusChanged', data: { health }, actor: system })
  }

  const markedEquity = () => equity(book, marksOf(feed))

  function openDay(): void {
    const day = Math.floor(clock.now() / dayMs)
    const now = markedEquity()
    // A clock that is set back opens no day again: that would give back a loss that was used up.
    if (day <= book.day || now === undefined) return
    void journal.append({ kind: 'dayOpened', data: { day, equity: now }, actor: system })
  }

  function halt(level: StopLevel, by: Actor, reason: string): Latch {
    const now = latch.current()
    if (now.state === 'HALTED' && (now.level ?? 0) >= level) {
      // A crash may have kept the cancels of the stop before from leaving: who presses again means it.
      if (by.kind === 'human') orders.cancelForStop(now.level ?? level, by)
      return now
    }
    return latch.change({ state: 'HALTED', level, by, reason })
  }

  // The look-out: a stop from outside, a new day, an event loop that stood still and a broker that is silent (KS-17, KS-18).
  function watch(): void {
    let before = clock.monotonic()
    let heardAt = before
    let cancel: Stop = () => {}
    const tick = () => {
      const now = clock.monotonic()
      if (orders.link().connected) heardAt = now
      latch.current()
      if (now - before > stalledMs) halt(1, system, `The desk stood still for ${seconds(now - before)}`)
      else if (now - heardAt > stalledMs) halt(1, system, `The broker is silent for ${seconds(now - heardAt)}`)
      openDay()
      schedules.tick()
      plans.tick()
      reviews.tick()
      scorer.tick()
      before = now
      cancel = clock.after(tickMs, tick)
    }
    cancel = clock.after(tickMs, tick)
    stops.push(() => cancel())
  }

  async function start(): Promise<void> {
    if (book.account === '') {
      const { id, currency, cash } = account
      await journal.append({ kind: 'accountOpened', data: { account: id, currency, cash }, actor: system })
    }
    stops.push(
      journal.onFailure((error) => {
        halt(1, system, `The journal cannot be written: ${errorMessage(error)}`)
      }),
    )
    stops.push(
      feed.start((update) => {
        if (update.kind === 'link') feedConnected = update.connected
        else {
          feedConnected = true
          lastTickAt = update.kind === 'quote' ? update.quote.at : update.trade.at
        }
        for (const listener of listeners) listener(update)
      }),
    )
    for (const { id } of feed.instruments()) {
      const at = feed.quote(id)?.at
      if (at !== undefined) lastTickAt = Math.max(lastTickAt ?? at, at)
    }
    await orders.connect()
    await orders.reconcile().catch((error: unknown) => {
      // Without the broker's answer nothing is known; the desk stays halted until there is one (OL-13).
      halt(1, system, `The account could not be compared with the broker: ${errorMessage(error)}`)
    })
    openDay()
    watch()
    stops.push(protection.start())
    stops.push(deadManSwitch.start())
    if (latch.current().state === 'HALTED') {
      reviews.voidAll('The desk was started again while halted')
      parents.stopAll('The desk was started again while halted')
    }
    stops.push(parents.start())
    reviews.tick()
    plans.expireLate('while the desk was closed')
    for (const memory of options.unfinished) {
      // KS-10: a desk that starts halted takes no run up again.
      if (latch.current().state === 'HALTED') await abandon(memory, 'The desk was started again while halted')
      else if (plans.hasEnded(memory.goal)) await abandon(memory, 'Its plan has ended')
      else runs.resume(memory)
    }
    // Nobody waits any more for what a run that is not taken up again had begun.
    const active = new Set(runs.active().map(({ runId }) => runId))
    const lost = options.unfinished.map(({ runId }) => runId).filter((runId) => !active.has(runId))
    for (const { parent } of book.parents.values()) {
      if (parent.runId !== null && lost.includes(parent.runId))
        await parents.cancel(parent.id, system, 'Its run was not taken up again.')
    }
  }

  /** Ends a run that was left unfinished and is not taken up again. */
  function abandon({ runId }: RunState, reason: string): Promise<unknown> {
    reviews.voidAll(reason, runId)
    const data = { runId, status: 'cancelled', reason } as const
    return journal.append({ kind: 'runEnded', data, actor: system, correlationId: runId })
  }

  return {
    orders,
    parents,
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
    start,
    async stop(why) {
      runs.close(why)
      await runs.drained()
      await deadManSwitch.close()
      for (const stop of stops.splice(0).reverse()) stop()
      orders.stop()
      roster.stop()
    },
    halt,
    reduce(by, reason) {
      if (latch.current().state === 'REDUCING') return latch.current()
      return latch.change({ state: 'REDUCING', by, reason })
    },
    rearm(by, { reason, account: typedAccount, mode }) {
      const now = latch.current()
      if (now.state === 'ACTIVE') return now
      const left = haltedSince + coolDownMs - clock.monotonic()
      const working = [...book.orders.values()].filter(({ status }) => isInFlight(status))
      const wrong = [
        ...(by.kind === 'human' ? [] : ['only a person may re-arm the desk']),
        ...(reason.trim().length >= 10 ? [] : ['the reason needs at least 10 characters']),
        ...(typedAccount === book.account ? [] : [`the account is "${book.account}", not "${typedAccount}"`]),
        ...(mode.toLowerCase() === broker.mode ? [] : [`the mode is "${broker.mode}", not "${mode}"`]),
        ...(left <= 0 ? [] : [`the desk cools down for ${Math.ceil(left / 1000)} more seconds`]),
        ...(orders.link().compared ? [] : ['the account has not been compared with the broker yet']),
        ...(working.length === 0 ? [] : [`${working.length} orders are not settled with the broker`]),
      ]
      if (wrong.length > 0) {
        throw new ParleyError('REARM_REFUSED', `The desk stays ${now.state}: ${wrong.join('; ')}.`, {
          details: { wrong, coolDownMs: Math.max(0, left) },
          wayOut: 'Put that right and re-arm again.',
        })
      }
      return latch.change({ state: 'ACTIVE', by, reason })
    },
    equity: markedEquity,
    lastTickAt: () => lastTickAt,
    feedConnected: () => feedConnected,
    onMarket,
  }
}
