import type { PaperFaults } from '#adapters/paper/link/faults.ts'
import type { SourceFaults } from '#adapters/research/unsteady-sources.ts'
import type { ExecutionWish } from '#shared/domain/parent-order.ts'
import type { Random } from '#shared/lib/random.ts'

/** How agents misbehave: shares of requests from 0 to 1. */
export interface AgentFaults {
  /** Requests that fail. */
  readonly failure: number
  /** Requests that are never answered. */
  readonly silence: number
  /** Requests that are answered seconds late. */
  readonly slowness: number
  /** Answers that ask for too much, contradict themselves, or are garbage. */
  readonly malice: number
}

/** How a process of the desk ends before its time: shares from 0 to 1. */
export interface CrashFaults {
  /** Processes that die at one of their writes. */
  readonly atWrite: number
  /** Of those, the ones that die at the write of an order's record. */
  readonly atOrder: number
  /** Processes that die some writes after a run began. */
  readonly inRun: number
  /** Processes that are killed at a random time. */
  readonly killed: number
  /** Processes that find their disk full at some commit. */
  readonly diskFull: number
  /** Starts that find the latch unreadable. */
  readonly latchUnreadable: number
}

/** What a machine does to the time of the desk that runs on it. */
export interface TimeFaults {
  /** Mean time between jumps of the wall clock, in milliseconds; null for a steady one. */
  readonly jumpEveryMs: number | null
  /** Mean time between stand-stills of the process, in milliseconds; null for none. */
  readonly suspendEveryMs: number | null
}

/** How the simulated trader goes about. Times are means in milliseconds. */
export interface TraderHabits {
  readonly actEveryMs: number
  /** Share of orders upon whose sending the trader presses Stop within milliseconds. */
  readonly ambush: number
  /** How often the trader turns to what waits for review. */
  readonly answerEveryMs: number
  /** How often the order desk beside the agents sends an order. */
  readonly orderEveryMs: number
}

/** All that happens to one simulated desk, drawn from its seed. */
export interface Scenario {
  /** UTC epoch milliseconds of the first start. */
  readonly startMs: number
  /** How long things go wrong. */
  readonly faultyMs: number
  /** A commit comes up to so many milliseconds after the first of its records. */
  readonly slowestCommitMs: number
  /** When the mandate ends, from the start; null when it does not. */
  readonly mandateEndsAfterMs: number | null
  /** Orders worth more are reviewed, in USDT; null for none. */
  readonly reviewAbove: number | null
  /** Basis points of the price's move that void a review: some of the trader's approvals come after it, or hardly any. */
  readonly reviewDriftBps: number
  readonly broker: PaperFaults
  readonly sources: SourceFaults
  readonly agents: AgentFaults
  readonly crashes: CrashFaults
  readonly time: TimeFaults
  readonly trader: TraderHabits
  /** Share of the orders beside the agents that are carried out in parts. */
  readonly inParts: number
  /** How the agents' own orders are carried out. */
  readonly algorithm: ExecutionWish
  /** Whether the trader wants the venue's own timer. */
  readonly deadManSwitch: boolean
}

const minuteMs = 60_000
const days = Array.from({ length: 28 }, (_, day) => Date.UTC(2019, 5, 1 + day, 12))

/**
 * Draws a scenario. Each family of faults is there in some seeds and absent in others (swarm testing: A. Groce and others,
 * ISSTA 2012), since faults that are always there hide what each of them would find alone.
 */
export function drawScenario(random: Random): Scenario {
  const family = (name: string) => {
    const own = random.fork(name)
    const present = own.chance(0.6)
    return (most: number) => (present ? own.float() * most : 0)
  }
  const every = (name: string, leastMs: number, mostMs: number) => {
    const own = random.fork(name)
    return own.chance(0.5) ? own.int(leastMs, mostMs) : null
  }
  const link = family('link')
  const source = family('sources')
  const agent = family('agents')
  const crash = family('crashes')
  const beforeMidnight = random.chance(0.3)
  return {
    startMs: random.pick(days) + (beforeMidnight ? 12 * 60 - 3 : 0) * minuteMs,
    faultyMs: random.int(1.5 * minuteMs, 3.5 * minuteMs),
    slowestCommitMs: random.int(0, 5),
    mandateEndsAfterMs: random.chance(0.2) ? random.int(minuteMs, 4 * minuteMs) : null,
    reviewAbove: random.fork('reviews').pick([null, 500, 4_000]),
    reviewDriftBps: random.fork('drift').pick([0.5, 50]),
    broker: {
      lostRequest: link(0.3),
      lostAcknowledgement: link(0.3),
      duplicateFill: link(0.5),
      delayedEvent: link(0.5),
      disconnectsPerHour: link(120),
      refusal: link(0.1),
      rateLimit: link(0.1),
      bust: 0,
      outagesPerHour: link(30),
      liquidationsPerHour: random.fork('liquidations').pick([0, 40]),
      skewMs: 0,
    },
    sources: { failure: source(0.3), rateLimit: source(0.2), timeout: source(0.2) },
    agents: { failure: agent(0.1), silence: agent(0.05), slowness: agent(0.2), malice: agent(0.4) },
    crashes: {
      atWrite: crash(1),
      atOrder: 0.6,
      killed: crash(0.5),
      diskFull: crash(0.15),
      latchUnreadable: crash(0.1),
      inRun: crash(1),
    },
    time: {
      jumpEveryMs: every('jumps', minuteMs / 4, 2 * minuteMs),
      suspendEveryMs: every('suspensions', minuteMs / 2, 4 * minuteMs),
    },
    trader: {
      actEveryMs: random.int(3_000, 12_000),
      ambush: random.chance(0.5) ? random.float() * 0.4 : 0,
      orderEveryMs: random.int(2_000, 8_000),
      answerEveryMs: random.fork('answers').int(1_000, 15_000),
    },
    inParts: random.fork('parts').pick([0, 0.2, 0.6]),
    algorithm: random.fork('algorithm').pick(['auto', 'auto', 'twap', 'pov', 'iceberg', 'almgren-chriss']),
    deadManSwitch: random.fork('timer').chance(0.5),
  }
}
