import { createPaperBroker } from '#adapters/paper/broker.ts'
import type { PaperFaults } from '#adapters/paper/link/faults.ts'
import { coins } from '#adapters/simulated/coins.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { perpetualOn } from '#adapters/simulated/perpetuals.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import type { KernelOptions } from '#engine/desk/kernel.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { ResearchSources } from '#engine/ports/research-sources.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import { isOpen } from '#shared/domain/order.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { ReviewPolicy } from '#shared/domain/review.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { errorMessage } from '#shared/lib/error.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { startAlgorithm } from './algorithm.ts'
import { createCounts } from './counts.ts'
import { drawCrashFaults } from './crash-faults.ts'
import { createMachine } from './machine.ts'
import { type Breach, createOracle } from './oracle.ts'
import { account, type DeskProcess, startProcess } from './process.ts'
import { gatherQuiescence } from './quiescence.ts'
import { type AgentFaults, drawScenario } from './scenario.ts'
import { seatTrader } from './trader.ts'

/** How a breach looks to whoever has to find its cause. */
export interface SeedFailure extends Breach {
  readonly seed: number
  readonly step: number
  /** The virtual time, UTC. */
  readonly at: string
  /** The last durable records, oldest first. */
  readonly records: readonly DeskRecord[]
}

/** What became of one seed. */
export interface SeedResult {
  readonly seed: number
  readonly steps: number
  /** Seconds that passed for the desk. */
  readonly virtualSeconds: number
  /** The journal's length and the hash of its last record, which stands for every byte of it. */
  readonly records: number
  readonly hash: string
  readonly counts: Readonly<Record<string, number>>
  readonly failure: SeedFailure | undefined
}

/** What a seed runs on. */
export interface SimulationOptions {
  readonly planning: PlanningConfig
  /** Puts something else in the place of a desk's part, so that a test can plant a bug. */
  readonly tamper?: (options: KernelOptions) => KernelOptions
}

const coolDownMs = 10_000
const traded = coins.slice(0, 2)
/** Funding comes so often that a simulation of minutes has some. */
const perpetuals = coins.slice(0, 1).map((coin) => perpetualOn(coin, 20_000))
/** Reviews that expire and drift within the minutes of a simulation. */
const reviewTerms: Omit<ReviewPolicy, 'aboveNotional' | 'driftLimitBps'> = {
  expiresAfterSeconds: { paper: 20, live: 20 },
  questions: 2,
  blindFirst: true,
  drillShare: 0,
  hardAboveDisagreement: 0.8,
}
/** Orders in parts that are over within the minutes of a simulation. */
const quickExecution = { leastMinutes: 0.2, mostMinutes: 0.5, leastSecondsApart: 3 }
const secondMs = 1_000
/** How long everything may take to come to rest once nothing goes wrong any more. */
const settleMs = 180 * secondMs

/**
 * Simulates one desk from its first start: under faults for some minutes, then without, until quiescence. Every byte of
 * its journal follows from the seed. Stops at the first breach.
 */
export async function simulateSeed(
  seed: number,
  { planning, tamper = (options) => options }: SimulationOptions,
): Promise<SeedResult> {
  const random = createRandom(seed).fork('simulation')
  const scenario = drawScenario(random.fork('scenario'))
  const clock = createVirtualClock(scenario.startMs)
  const counts = createCounts()
  const machine = createMachine()
  const brokerFaults: Record<keyof PaperFaults, number> = { ...scenario.broker }
  const agentFaults: Record<keyof AgentFaults, number> = { ...scenario.agents }
  const exchange = createSimulatedExchange({ clock, seed, rate: 0.8, coins: traded, perpetuals })
  const steadySources = { latencyScale: 1, faults: { failure: 0, rateLimit: 0, timeout: 0 } }
  const unsteady = createSimulatedSources({ exchange, clock, faults: scenario.sources })
  const steady = createSimulatedSources({ exchange, clock, ...steadySources })
  let faulty = true
  const sources: ResearchSources = { fetch: (...asked) => (faulty ? unsteady : steady).fetch(...asked) }
  const { reviewAbove, reviewDriftBps } = scenario
  const aboveNotional = reviewAbove === null ? null : decimal(reviewAbove)
  const reviewPolicy: ReviewPolicy = { ...reviewTerms, aboveNotional, driftLimitBps: reviewDriftBps }
  const mandate: Mandate = {
    instruments: exchange.instruments().map(({ id }) => id),
    maximumOrderNotional: decimal(25_000),
    maximumExposure: decimal(60_000),
    ordersPerMinute: 20,
    maximumDailyLoss: decimal(2_000),
    maximumValueAtRisk: decimal(2_500),
    maximumExpectedShortfall: decimal(4_000),
    maximumLeverage: 3,
    liquidationBuffer: 0.3,
    priceCollar: 0.05,
    maximumQuoteAgeMs: 15_000,
    expiresAt: scenario.mandateEndsAfterMs === null ? null : scenario.startMs + scenario.mandateEndsAfterMs,
  }
  const broker = createPaperBroker({
    mode: 'paper',
    feed: exchange,
    clock,
    random: random.fork('broker'),
    faults: brokerFaults,
    cash: account.cash,
    leverage: mandate.maximumLeverage,
  })
  const oracle = createOracle({
    mandate,
    price: marksOf(exchange),
    lastPrice: (instrument) => exchange.quote(instrument)?.last,
    savedLatch: () => machine.latch,
    stopRequested: () => machine.stopRequest?.reason,
    counts,
    elapsedMs: () => clock.monotonic(),
    coolDownMs,
    reviews: {
      lifetimeMs: reviewPolicy.expiresAfterSeconds.paper * secondMs,
      driftLimitBps: reviewPolicy.driftLimitBps,
    },
  })
  let skewMs = 0
  let starts = 0
  let steps = 0
  let unhandled: unknown
  let restarting = false
  let diskRestart = () => {}
  let desk = start()
  const current = () => desk
  const trader = seatTrader(current, machine, oracle, random.fork('trader'), counts)
  const algorithm = startAlgorithm(current, exchange, random.fork('algorithm'), counts, scenario.inParts)

  function start(): DeskProcess {
    starts += 1
    const own = random.fork(`start-${starts}`)
    const crashFaults = drawCrashFaults(own.fork('hazards'), scenario.crashes)
    if (faulty && own.chance(scenario.crashes.latchUnreadable)) machine.latchUnreadable = starts > 1
    const begun = startProcess({
      machine,
      oracle,
      crashFaults: {
        strikes: (write) => faulty && crashFaults.strikes(write),
        fillsDisk: () => faulty && crashFaults.fillsDisk(),
        killedAfterMs: crashFaults.killedAfterMs,
      },
      clock,
      skewMs: () => skewMs,
      random: own,
      slowestCommitMs: scenario.slowestCommitMs,
      broker,
      feed: exchange,
      sources,
      agents: agentFaults,
      planning: { ...planning, execution: { ...planning.execution, ...quickExecution, algorithm: scenario.algorithm } },
      mandate,
      reviewPolicy,
      coolDownMs,
      deadManSwitch: scenario.deadManSwitch,
      counts,
      tamper,
    })
    if (crashFaults.killedAfterMs !== null) {
      clock.after(crashFaults.killedAfterMs, () => {
        if (faulty) begun.life.end('was killed')
      })
    }
    // A desk that cannot write is of no use: the trader makes room and starts it again.
    begun.journal.onFailure(() => {
      counts.add('disks full')
      oracle.journalFails()
      const restart = () => begun.life.end('was killed with its disk full')
      diskRestart = restart
      clock.after(20 * secondMs, restart)
    })
    if (scenario.trader.ambush > 0) ambush(begun, own.fork('ambush'))
    return begun
  }

  /** The trader who sees an order go and presses Stop within milliseconds. */
  function ambush(begun: DeskProcess, own: Random): void {
    begun.journal.observe(({ kind }) => {
      if (kind !== 'orderSubmitted' || !faulty || !own.chance(scenario.trader.ambush)) return
      clock.after(own.int(0, 2 * scenario.slowestCommitMs), () => trader.stop(own.pick([1, 2, 3] as const)))
    })
  }

  /** Repeats something at random times; while things go wrong unless told otherwise. */
  function often(name: string, everyMs: number | null, act: (own: Random) => void, isDue = () => faulty): void {
    if (everyMs === null) return
    const own = random.fork(name)
    const next = () => {
      clock.after(Math.round(-Math.log(1 - own.float()) * everyMs), () => {
        if (!isDue()) return
        act(own)
        next()
      })
    }
    next()
  }

  function endFaults(): void {
    faulty = false
    for (const fault of Object.keys(brokerFaults) as (keyof PaperFaults)[]) brokerFaults[fault] = 0
    for (const fault of Object.keys(agentFaults) as (keyof AgentFaults)[]) agentFaults[fault] = 0
    skewMs = 0
    desk.makeRoom()
    diskRestart()
  }

  /** What is to be looked at after every step; brings up a new process where one has ended. */
  function afterStep(): void {
    steps += 1
    const { life, kernel, journal } = desk
    if (journal.head().size !== oracle.size) oracle.look()
    if (life.alive) {
      const positions = new Map([...kernel.book.positions].map(([instrument, { quantity }]) => [instrument, quantity]))
      oracle.compare(positions, kernel.book.cash)
    } else if (!restarting) {
      restarting = true
      counts.add(life.cause === 'was closed' ? 'closed' : 'crashes')
      desk.release()
      clock.after(random.int(500, 5_000), () => {
        restarting = false
        desk = start()
      })
    }
  }

  const isReady = () => desk.isOpen() && desk.kernel.orders.link().connected
  const broken = () => oracle.breach !== undefined || unhandled !== undefined

  function onlyExitsWork(): boolean {
    return [...desk.kernel.book.orders.values()].every(
      ({ contingency, status }) => contingency?.kind === 'OCO' && isOpen(status),
    )
  }

  /** Steps the clock until something is so, or the time is over; false for the latter. */
  async function until(isSo: () => boolean, forMs: number): Promise<boolean> {
    const end = clock.monotonic() + forMs
    let over = false
    const stop = clock.after(forMs, () => {
      over = true
    })
    while (!broken() && !isSo()) {
      if (over || clock.monotonic() > end) return false
      clock.step()
      await drained()
      afterStep()
    }
    stop()
    return true
  }

  async function settle(): Promise<string | undefined> {
    await until(isReady, settleMs)
    if (broken()) return undefined
    oracle.check('calm', { isOpen: desk.isOpen(), isLinked: desk.kernel.orders.link().connected })
    if (broken()) return undefined
    trader.stop(3)
    await until(() => desk.kernel.book.orders.size === 0 && desk.kernel.runs.active().length === 0, settleMs)
    const end = clock.monotonic() + settleMs
    let refused: string | undefined
    do {
      await until(() => false, 5 * secondMs)
      refused = trader.rearm()
    } while (refused !== undefined && clock.monotonic() < end && !broken())
    if (refused !== undefined) return refused
    trader.decide('BTC/USDT')
    await until(() => false, secondMs)
    await until(() => desk.kernel.runs.active().length === 0 && onlyExitsWork(), settleMs)
    await until(() => false, 5 * secondMs)
    await until(isReady, settleMs)
    return undefined
  }

  const onUnhandled = (error: unknown) => {
    unhandled ??= error
  }
  process.on('unhandledRejection', onUnhandled)
  process.on('uncaughtException', onUnhandled)
  try {
    often('acts', scenario.trader.actEveryMs, () => trader.act())
    often(
      'answers',
      scenario.trader.answerEveryMs,
      () => trader.answer(),
      () => true,
    )
    often('orders', scenario.trader.orderEveryMs, () => algorithm.act())
    often('jumps', scenario.time.jumpEveryMs, (own) => {
      counts.add('clock jumps')
      skewMs = own.chance(0.4) ? 0 : own.pick([-1, 1] as const) * own.pick([2_000, 40_000, 3_600_000, 90_000_000])
    })
    often('suspensions', scenario.time.suspendEveryMs, (own) => {
      counts.add('suspensions')
      desk.life.suspend(own.int(1_000, 20_000))
    })
    await drained()
    await until(() => false, scenario.faultyMs)
    endFaults()
    const refused = await settle()
    if (!broken()) {
      const gathered = gatherQuiescence(desk, broker, clock, refused)
      const state = { done: false }
      const mark = () => {
        state.done = true
      }
      gathered.then(mark, mark)
      while (!state.done) {
        clock.step()
        await drained()
      }
      oracle.check('quiescence', await gathered)
    }
  } finally {
    desk.life.end('the simulation is over')
    desk.release()
    machine.remove()
    process.off('unhandledRejection', onUnhandled)
    process.off('uncaughtException', onUnhandled)
  }

  const breach: Breach | undefined =
    oracle.breach ??
    (unhandled === undefined ? undefined : { invariant: 'ERROR', what: `nobody handled: ${describe(unhandled)}` })
  counts.add('starts', starts)
  return {
    seed,
    steps,
    virtualSeconds: Math.round(clock.monotonic() / secondMs),
    records: oracle.size,
    hash: oracle.hash,
    counts: counts.all(),
    failure: breach && {
      ...breach,
      seed,
      step: steps,
      at: new Date(clock.now()).toISOString(),
      records: [...oracle.recent],
    },
  }
}

/** Lets everything happen that waits for no clock. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? errorMessage(error)) : String(error)
}
