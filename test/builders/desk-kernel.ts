import { createTimetable } from '#adapters/cron/timetable.ts'
import { createPaperBroker, type PaperBrokerOptions } from '#adapters/paper/broker.ts'
import { createSimulatedExchange, type SimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import type { Bus } from '#engine/bus/bus.ts'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import { createKernel, type KernelOptions } from '#engine/desk/kernel.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { readLatch } from '#engine/trading/gate/latch.ts'
import { outcomesFrom } from '#main/compose/outcomes.ts'
import { recoverDesk } from '#main/compose/recovery.ts'
import { sha256 } from '#main/compose/system.ts'
import { readConfig } from '#main/config/config.ts'
import { heavyTable } from '#main/workers/heavy.ts'
import { createInlineCompute } from '#main/workers/inline-compute.ts'
import { mandateSchema } from '#shared/domain/mandate.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { reviewPolicySchema } from '#shared/domain/review.ts'
import type { Goal } from '#shared/domain/run.ts'
import { calendarsConfigSchema } from '#shared/domain/trading-calendar.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createIds } from '#shared/lib/ids.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal, type StoreJournal } from '#store/journal.ts'
import { createQueries, deskProjections } from '#store/projections/index.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { createMemoryLatchStore, type MemoryLatchStore } from '#test/fakes/memory-latch-store.ts'
import { settle } from './virtual-time.ts'

/** The planning that Parley ships with. */
export const shippedPlanning = readConfig('planning.yaml', planningConfigSchema, undefined).value
/** The review policy that Parley ships with. */
export const shippedReviewPolicy = readConfig('review.yaml', reviewPolicySchema, undefined).value
/** The mandate that Parley ships with. */
export const shippedMandate = readConfig('mandate.yaml', mandateSchema, undefined).value

/** The calendars that Parley ships with. */
export const shippedCalendars = readConfig('calendars.yaml', calendarsConfigSchema, undefined).value

export const goal: Goal = { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' }

export interface DeskKernelGiven {
  readonly seed?: number
  readonly clock?: VirtualClock
  /** A journal that an earlier desk has left. */
  readonly journal?: StoreJournal
  readonly latchStore?: MemoryLatchStore
  readonly faults?: PaperBrokerOptions['faults']
  readonly wrapBus?: (bus: Bus) => Bus
  readonly wrapBroker?: (broker: Broker) => Broker
  readonly options?: Partial<KernelOptions>
}

/** Seven years of eight coins take a while to make, and depend on the seed alone. */
const worlds = new Map<number, SimulatedExchange['world']>()

/** A whole desk on virtual time: the simulated exchange and sources, the paper broker, the journal in memory. Not started. */
export function deskKernel(given: DeskKernelGiven = {}) {
  const { seed = 1, wrapBus = (bus: Bus) => bus, wrapBroker = (broker: Broker) => broker, options } = given
  const clock = given.clock ?? createVirtualClock(Date.UTC(2026, 5, 1, 9))
  const random = createRandom(seed)
  const world = worlds.get(seed)
  const feed = createSimulatedExchange({ clock, seed, rate: 0.8, ...(world !== undefined && { world }) })
  worlds.set(seed, feed.world)
  const journal =
    given.journal ??
    openJournal(journalOptions({ clock, projections: deskProjections, schedule: (next) => void clock.after(0, next) }))
  const queries = createQueries(journal.database)
  const latchStore = given.latchStore ?? createMemoryLatchStore()
  const first = readLatch(latchStore, clock.now())
  const { book, unfinished, latch } = recoverDesk(journal, queries, { first, hadJournal: true, nowMs: clock.now() })
  const ids = createIds(clock, random.fork('ids'))
  const bus = createLocalBus({ clock, random: random.fork('bus'), ids })
  const { faults } = given
  const broker = createPaperBroker({
    mode: 'paper',
    feed,
    clock,
    random: random.fork('broker'),
    cash: decimal(100_000),
    leverage: shippedMandate.maximumLeverage,
    ...(faults && { faults }),
  })
  broker.restore(queries.listOrders(undefined, 1_000), queries.listFills(undefined, 1_000), queries.listFunding(1_000))
  const records: DeskRecord[] = []
  journal.observe((record) => records.push(record))
  const kernel = createKernel({
    journal,
    book,
    archive: queries,
    history: queries,
    unfinished,
    outcomesOf: outcomesFrom(queries),
    latchStore,
    latch,
    bus: wrapBus(bus),
    broker: wrapBroker(broker),
    feed,
    sources: createSimulatedSources({
      exchange: feed,
      clock,
      latencyScale: 0.1,
      faults: { failure: 0, rateLimit: 0, timeout: 0 },
    }),
    planning: shippedPlanning,
    mandate: shippedMandate,
    reviewPolicy: shippedReviewPolicy,
    account: { id: 'paper', currency: 'USDT', cash: decimal(100_000) },
    clock,
    random: random.fork('runs'),
    ids,
    sha256,
    compute: createInlineCompute(heavyTable),
    timetable: createTimetable(),
    calendars: shippedCalendars,
    ...options,
  })
  /** Decides on the goal to the end. */
  async function decide(about: Partial<Goal> = {}) {
    const run = await settle(clock, kernel.runs.start({ ...goal, ...about }, { kind: 'human', id: 'trader' }))
    return settle(clock, run.ended)
  }
  return {
    kernel,
    journal,
    queries,
    clock,
    feed,
    latchStore,
    bus,
    records,
    decide,
    start: () => settle(clock, kernel.start()),
    kinds: () => records.map(({ kind }) => kind),
  }
}
