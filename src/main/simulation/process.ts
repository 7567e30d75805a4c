import { createTimetable } from '#adapters/cron/timetable.ts'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import { createKernel, type Kernel, type KernelOptions } from '#engine/desk/kernel.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { RunVote } from '#engine/ports/desk-history.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ResearchSources } from '#engine/ports/research-sources.ts'
import { readLatch } from '#engine/trading/gate/latch.ts'
import { applyToBook, bookToJson, emptyBook } from '#engine/trading/positions/book.ts'
import { outcomesFrom } from '#main/compose/outcomes.ts'
import { keepSnapshots, recoverDesk } from '#main/compose/recovery.ts'
import { sha256 } from '#main/compose/system.ts'
import { heavyTable } from '#main/workers/heavy.ts'
import { createInlineCompute } from '#main/workers/inline-compute.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Order } from '#shared/domain/order.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { ReviewPolicy } from '#shared/domain/review.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createIds } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'
import { openJournal, type StoreJournal } from '#store/journal.ts'
import { createQueries, deskProjections } from '#store/projections/index.ts'
import type { Counts } from './counts.ts'
import type { DrawnCrashFaults, Write } from './crash-faults.ts'
import { makeAgentsFaulty } from './faulty-agents.ts'
import { beginLife, clockOf, type Life, never } from './life.ts'
import { latchStoreOn, type Machine } from './machine.ts'
import type { Oracle } from './oracle.ts'
import type { AgentFaults } from './scenario.ts'

/** A process that has died reads nothing any more. */
const noVote: RunVote = { proposals: [], ballots: [], tally: null, decision: null, outcome: null }

/** What a process of the desk is started with. */
export interface ProcessOptions {
  readonly machine: Machine
  readonly oracle: Oracle
  readonly crashFaults: DrawnCrashFaults
  /** The time outside, and by how much the machine's wall clock is wrong. */
  readonly clock: Clock
  readonly skewMs: () => number
  readonly random: Random
  readonly slowestCommitMs: number
  readonly broker: Broker
  readonly feed: Feed
  readonly sources: ResearchSources
  readonly agents: AgentFaults
  readonly planning: PlanningConfig
  readonly mandate: Mandate
  readonly reviewPolicy: ReviewPolicy
  readonly coolDownMs: number
  /** Whether the trader wants the venue's own timer. */
  readonly deadManSwitch: boolean
  readonly counts: Counts
  /** Puts something else in the place of a part: how a test plants a bug. */
  readonly tamper: (options: KernelOptions) => KernelOptions
}

/** A process of the desk. */
export interface DeskProcess {
  readonly life: Life
  readonly kernel: Kernel
  readonly journal: StoreJournal
  readonly queries: ReturnType<typeof createQueries>
  readonly clock: Clock
  /** True once the desk may be asked. */
  readonly isOpen: () => boolean
  /** Ends it in order, as a trader does who closes the app. */
  close(): Promise<void>
  /** Makes room on a disk that is about to be full. */
  makeRoom(): void
  /** Lets go of the files of a process that has died. */
  release(): void
}

const system: Actor = { kind: 'system', id: 'desk' }
/** The paper account of the simulated desk. */
export const account = { id: 'paper', currency: 'USDT', cash: decimal(100_000) }
const snapshotEvery = 100
/** As many pages as SQLite ever lets a file have. */
const mostPages = 4_294_967_294

/** Starts a process as `createDesk` does: the latch, the journal, what they tell, the kernel. */
export function startProcess(options: ProcessOptions): DeskProcess {
  const { machine, oracle, crashFaults, random, broker, feed, sources, planning, mandate, counts, coolDownMs } = options
  const life = beginLife(options.clock)
  const clock = clockOf(life, options.clock, options.skewMs)
  const latchStore = latchStoreOn(machine, life, crashFaults)
  const hadJournal = machine.latch !== undefined
  const first = readLatch(latchStore, clock.now())
  const stored = openStored(options, life, clock)
  const queries = createQueries(stored.database)
  const recovered = recoverDesk(stored, queries, { first, hadJournal, nowMs: clock.now() })
  const { book, unfinished, clean, latch, doubt } = recovered
  if (latch !== first.latch) latchStore.save(latch)

  watchJournal(oracle, stored)
  const { told } = oracle
  if (life.alive) {
    const replayed = emptyBook()
    stored.replay(0, (record) => applyToBook(replayed, record, record.at))
    oracle.check('restart', {
      told,
      latch,
      recovered: canonicalJson(bookToJson(book)),
      replayed: canonicalJson(bookToJson(replayed)),
    })
    oracle.tell(latch.state)
  }
  life.onEnd(stored.observe((record) => oracle.see(record)))

  const journal = mortalJournal(stored, life, crashFaults)
  const snapshots = keepSnapshots(stored, book, snapshotEvery)
  const ids = createIds(clock, random.fork('ids'))
  const bus = createLocalBus({ clock, random: random.fork('bus'), ids })
  const outcomesOf = outcomesFrom(queries)
  const kernel = createKernel(
    options.tamper({
      journal,
      book,
      archive: {
        getOrder: (clientOrderId) => (life.alive ? queries.getOrder(clientOrderId) : undefined),
        getParentOrder: (id) => (life.alive ? queries.getParentOrder(id) : undefined),
        getPlan: (planId) => (life.alive ? queries.getPlan(planId) : undefined),
        lastPlanOf: (template) => (life.alive ? queries.lastPlanOf(template) : undefined),
        listOpenPlans: () => (life.alive ? queries.listOpenPlans() : []),
        lastRegimes: () => (life.alive ? queries.lastRegimes() : new Map()),
        listSchedules: () => (life.alive ? queries.listSchedules() : []),
        getFill: (clientOrderId, tradeId) => (life.alive ? queries.getFill(clientOrderId, tradeId) : undefined),
        getFunding: (id) => (life.alive ? queries.getFunding(id) : undefined),
        getReview: (reviewId) => (life.alive ? queries.getReview(reviewId) : undefined),
        listDrills: () => (life.alive ? queries.listDrills() : []),
        listUnmeasuredOverrides: () => (life.alive ? queries.listUnmeasuredOverrides() : []),
      },
      history: {
        listAttempts: (limit) => (life.alive ? queries.listAttempts(limit) : []),
        episodesBefore: (...asked) => (life.alive ? queries.episodesBefore(...asked) : []),
        listViews: (instrument, limit) => (life.alive ? queries.listViews(instrument, limit) : []),
        outcomesSince: (at) => (life.alive ? queries.outcomesSince(at) : []),
        listScoredVotes: (limit) => (life.alive ? queries.listScoredVotes(limit) : []),
        listUnscoredVotes: (limit) => (life.alive ? queries.listUnscoredVotes(limit) : []),
        getVote: (runId) => (life.alive ? queries.getVote(runId) : noVote),
        spentToday: () => (life.alive ? queries.spentToday() : 0),
      },
      unfinished,
      outcomesOf: (instrument) => (life.alive ? outcomesOf(instrument) : []),
      latchStore,
      latch,
      bus: makeAgentsFaulty(bus, clock, random.fork('agents'), options.agents, counts),
      broker: mortalBroker(oracle.beside(broker), life),
      feed: mortalFeed(feed, life),
      sources: { fetch: (...asked) => (life.alive ? life.answer(sources.fetch(...asked)) : never()) },
      planning,
      mandate,
      reviewPolicy: options.reviewPolicy,
      account,
      clock,
      random: random.fork('runs'),
      ids,
      sha256,
      compute: createInlineCompute(heavyTable),
      timetable: createTimetable(),
      calendars: { calendars: {}, kinds: { crypto: null }, instruments: {} },
      coolDownMs,
      deadManSwitch: options.deadManSwitch,
    }),
  )

  let isOpen = false
  void (async () => {
    if (doubt !== undefined) {
      const data = { before: first.latch, after: latch }
      await journal.append({ kind: 'tradingStateChanged', data, actor: system, reason: doubt })
    }
    await journal.append({ kind: 'deskStarted', data: { clean, feed: feed.name }, actor: system })
    await kernel.start()
    isOpen = true
  })().catch((error: unknown) => {
    counts.add('starts failed')
    life.end(`could not start: ${String(error)}`)
  })

  return {
    life,
    kernel,
    journal: stored,
    queries,
    clock,
    isOpen: () => isOpen && life.alive,
    async close() {
      isOpen = false
      await kernel.stop('The trader closed the app.')
      await journal.append({ kind: 'deskStopped', data: { why: 'The trader closed the app.' }, actor: system })
      if (!life.alive) return
      snapshots.save()
      life.end('was closed')
    },
    makeRoom() {
      if (stored.database.open) stored.database.pragma(`max_page_count = ${mostPages}`)
    },
    release() {
      if (stored.database.open) stored.database.close()
    },
  }
}

/** Opens the journal file; its commits come late, or never. */
function openStored(
  { machine, crashFaults, random, slowestCommitMs }: ProcessOptions,
  life: Life,
  clock: Clock,
): StoreJournal {
  const delays = random.fork('commits')
  const stored = openJournal({
    file: machine.journalFile,
    clock,
    keys: machine.keys,
    schedule(commit) {
      clock.after(delays.int(0, slowestCommitMs), () => {
        if (crashFaults.strikes('before commit')) {
          life.end('crashed before a commit')
          return
        }
        if (crashFaults.fillsDisk()) fillDisk(stored)
        commit()
        if (crashFaults.strikes('after commit')) life.end('crashed after a commit')
      })
    },
    projections: deskProjections,
    app: { version: '0', commit: 'simulation' },
    configHash: '0'.repeat(64),
    mode: 'paper',
    account: account.id,
  })
  // A simulated process dies alone: what SQLite has written stays, synced or not.
  stored.database.pragma('synchronous = OFF')
  return stored
}

/** Leaves SQLite no page more than it has. */
function fillDisk({ database }: StoreJournal): void {
  const pages = Number(database.pragma('page_count', { simple: true }))
  database.pragma(`max_page_count = ${pages}`)
}

function watchJournal(oracle: Oracle, { database }: StoreJournal): void {
  const after = database.prepare<[number], { body: string; hash: string }>(
    'SELECT body, hash FROM journal WHERE seq > ? ORDER BY seq',
  )
  const listed = database.prepare<[string], string>('SELECT body FROM orders WHERE client_order_id = ?').pluck()
  oracle.watch({ after: (seq) => (database.open ? after.all(seq) : []) }, (clientOrderId) => {
    const body = database.open ? listed.get(clientOrderId) : undefined
    return body === undefined ? undefined : (JSON.parse(body) as Order).status
  })
}

function mortalJournal(stored: StoreJournal, life: Life, crashFaults: DrawnCrashFaults): StoreJournal {
  const writeOf = (kinds: readonly string[]): Write =>
    kinds.some((kind) => kind.startsWith('order'))
      ? 'order append'
      : kinds.includes('runStarted')
        ? 'run append'
        : 'append'
  return {
    ...stored,
    append(...entries) {
      if (!life.alive) return never()
      if (crashFaults.strikes(writeOf(entries.map(({ kind }) => kind)))) {
        life.end('crashed at an append')
        return never()
      }
      const durable = life.answer(stored.append(...entries))
      // Whoever does not wait learns of a failure from onFailure.
      durable.catch(() => {})
      return durable
    },
    settled: () => (life.alive ? life.answer(stored.settled()) : never()),
  }
}

function mortalBroker(broker: Broker, life: Life): Broker {
  const call = <T>(ask: () => Promise<T>): Promise<T> => (life.alive ? life.answer(ask()) : never())
  return {
    name: broker.name,
    mode: broker.mode,
    capabilities: broker.capabilities,
    connect: (listener) =>
      call(async () => {
        const stop = await broker.connect((event) => life.run(() => listener(event)))
        life.onEnd(stop)
        return stop
      }),
    submit: (order) => call(() => broker.submit(order)),
    cancel: (clientOrderId) => call(() => broker.cancel(clientOrderId)),
    query: (clientOrderId) => call(() => broker.query(clientOrderId)),
    openOrders: () => call(() => broker.openOrders()),
    fills: (sinceMs) => call(() => broker.fills(sinceMs)),
    funding: (sinceMs) => call(async () => (await broker.funding?.(sinceMs)) ?? []),
    deadManSwitch: (afterMs) => call(async () => broker.deadManSwitch?.(afterMs)),
    replace: (clientOrderId, change) => call(() => broker.replace(clientOrderId, change)),
    positions: () => call(() => broker.positions()),
    balances: () => call(() => broker.balances()),
  }
}

function mortalFeed(feed: Feed, life: Life): Feed {
  return {
    ...feed,
    start(listener) {
      const stop = feed.start((update) => life.run(() => listener(update)))
      life.onEnd(stop)
      return stop
    },
  }
}
