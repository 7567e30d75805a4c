import { createTimetable } from '#adapters/cron/timetable.ts'
import { createPaperBroker } from '#adapters/paper/broker.ts'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import { createKernel, type Kernel } from '#engine/desk/kernel.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import { readLatch } from '#engine/trading/gate/latch.ts'
import { emptyBook } from '#engine/trading/positions/book.ts'
import { appVersion, sha256 } from '#main/compose/system.ts'
import { readConfig } from '#main/config/config.ts'
import { heavyTable } from '#main/workers/heavy.ts'
import { createInlineCompute } from '#main/workers/inline-compute.ts'
import type { JournalHead } from '#shared/domain/journal.ts'
import { mandateSchema } from '#shared/domain/mandate.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { type PlanningConfig, planningConfigSchema } from '#shared/domain/profile.ts'
import { reviewPolicySchema } from '#shared/domain/review.ts'
import type { Goal, Run } from '#shared/domain/run.ts'
import { calendarsConfigSchema } from '#shared/domain/trading-calendar.ts'
import { assertExists } from '#shared/lib/assert.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createIds } from '#shared/lib/ids.ts'
import { createRandom } from '#shared/lib/random.ts'
import { openJournal } from '#store/journal.ts'
import { createQueries, deskProjections } from '#store/projections/index.ts'
import type { AnalysisMarket } from './analysis-market.ts'
import { driveVirtualTime } from './virtual-time.ts'

export interface DecideOnceOptions {
  readonly market: AnalysisMarket
  /** What to decide; the instrument is the market's. */
  readonly goal: Omit<Goal, 'instrument'>
  readonly seed: number
  /** The data folder whose planning is used; the shipped one when left out. */
  readonly home?: string | undefined
  /** Shown the plan when it is made, and each record of the run as it is journalled. */
  readonly onPlan?: (plan: Plan) => void
  readonly onRecord?: (record: DeskRecord) => void
}

/** A decision from its goal to its outcome, and what was journalled of it. */
export interface DecidedOnce {
  readonly run: Run
  readonly memory: RunState
  /** The run's orders, oldest first. */
  readonly orders: readonly Order[]
  readonly head: JournalHead
  readonly planning: PlanningConfig
}

/** A desk that has just been opened, with nothing to survive. */
const noLatch: LatchStore = {
  load: () => undefined,
  save: () => undefined,
  stopRequested: () => undefined,
  clearStopRequest: () => undefined,
}

/** A run's steps have time limits of their own; this is more than all of them together. */
const longestRunMs = 3_600_000
const account = { id: 'paper', cash: decimal(100_000) }

/**
 * Runs one whole decision on virtual time with a fresh paper account of 100,000, everything in memory: the same market,
 * profile, policy and seed give the same records, hash for hash. Throws RUN_STUCK, and what starting a run throws.
 */
export async function decideOnce(options: DecideOnceOptions): Promise<DecidedOnce> {
  const { market, seed, home, onPlan, onRecord } = options
  const { clock, feed, instrument } = market
  const planning = readConfig('planning.yaml', planningConfigSchema, home)
  const caps = readConfig('mandate.yaml', mandateSchema, undefined)
  const reviewPolicy = readConfig('review.yaml', reviewPolicySchema, undefined)
  const calendars = readConfig('calendars.yaml', calendarsConfigSchema, undefined)
  const random = createRandom(seed)
  const ids = createIds(clock, random.fork('ids'))
  const time = driveVirtualTime(clock)
  const journal = openJournal({
    file: ':memory:',
    clock,
    schedule: (commit) => void clock.after(0, commit),
    projections: deskProjections,
    app: appVersion(),
    configHash: sha256(planning.text + caps.text + reviewPolicy.text),
    mode: 'paper',
    account: account.id,
  })
  const queries = createQueries(journal.database)
  try {
    const kernel = createKernel({
      journal,
      book: emptyBook(),
      unfinished: [],
      outcomesOf: () => [],
      archive: queries,
      history: queries,
      latchStore: noLatch,
      latch: readLatch(noLatch, clock.now()).latch,
      bus: createLocalBus({ clock, random: random.fork('bus'), ids }),
      broker: createPaperBroker({
        mode: 'paper',
        feed,
        clock,
        random: random.fork('broker'),
        cash: account.cash,
        leverage: caps.value.maximumLeverage,
      }),
      feed,
      sources: market.sources,
      planning: planning.value,
      mandate: { ...caps.value, maximumQuoteAgeMs: market.quoteAgeMs ?? caps.value.maximumQuoteAgeMs },
      reviewPolicy: reviewPolicy.value,
      attended: false,
      account: { ...account, currency: instrument.quote },
      clock,
      random: random.fork('runs'),
      ids,
      sha256,
      compute: createInlineCompute(heavyTable),
      timetable: createTimetable(),
      calendars: calendars.value,
    })
    journal.observe((record) => {
      if (record.kind === 'runStarted') onPlan?.(record.data.plan)
      onRecord?.(record)
    })
    await time.until(kernel.start(), longestRunMs, () => 'the desk to open')
    await time.pass(market.warmUpMs)
    const goal = { ...options.goal, instrument: instrument.id }
    const begun = kernel.runs.start(goal, { kind: 'human', id: 'trader' })
    const { runId, ended } = await time.until(begun, longestRunMs, () => 'the run to begin')
    const memory = await time.until(ended, longestRunMs, () => openSteps(kernel))
    await time.until(kernel.stop('The decision was made'), longestRunMs, () => 'the desk to close')
    await time.until(journal.settled(), longestRunMs, () => 'the journal')
    return {
      run: assertExists(queries.getRun(runId), `The run ${runId} is not in the journal.`),
      memory,
      orders: queries.listOrders(undefined, Number.MAX_SAFE_INTEGER).toReversed(),
      head: journal.head(),
      planning: planning.value,
    }
  } finally {
    journal.close()
  }
}

function openSteps({ runs }: Kernel): string {
  const [memory] = runs.active()
  const open = (memory?.plan.steps ?? []).filter(({ id }) => memory?.steps.has(id) === false).map(({ id }) => id)
  return open.length > 0 ? open.join(', ') : 'the run to end'
}
