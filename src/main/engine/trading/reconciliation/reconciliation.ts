import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { OrdersState } from '#engine/trading/orders/orders-state.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import { isInFlight } from '#shared/domain/order.ts'
import { sleep } from '#shared/lib/clock.ts'
import { comparePositions } from './position-differences.ts'
import { compareWithVenue, type OrdersCompared } from './venue-comparison.ts'
import { clocksDifferMs } from './venue-reports.ts'

/** The link to the broker. */
export interface BrokerLink {
  readonly connected: boolean
  /** False while something may have happened at the venue that was not compared yet (OL-13). */
  readonly compared: boolean
  readonly latencyMs: number | null
}

/** The link to the broker, and the comparing with it that every link begins with. */
export interface Reconciliation {
  onLink(link: Extract<BrokerEvent, { kind: 'link' }>): void
  /** Told how long the broker took to answer. */
  answeredIn(ms: number): void
  /** Compares as far back as was not compared yet. Rejects when that fails, and is then tried again by itself. */
  reconcile(): Promise<void>
  /** Compares the last day and the positions, because a person asks. Rejects with the broker's error when that fails. */
  compare(): Promise<Comparison>
  link(): BrokerLink
  stop(): void
}

const retryMs = 2_000
const dayMs = 86_400_000
/** How often a link that stands is not taken at its word: longer than a venue takes to tell of what it did (OL-18). */
const compareEveryMs = 60_000

/** How far comparing has come. */
interface Progress {
  connected: boolean
  latencyMs: number | null
  /** Counts the times that the link was lost. */
  losses: number
  /** What happened at the venue since this moment was not compared yet; undefined when all was. */
  uncomparedSince: number | undefined
  comparing: boolean
  /** True once a comparison was asked for: it may have come before the first link. */
  wasAsked: boolean
}

/**
 * Creates what compares fills and working orders with the venue (OL-13): when asked, and after every loss of the link,
 * again and again until it succeeds; and every minute besides (OL-18). What was filled is booked, and what funding was
 * paid; what the venue does not list as open is followed up.
 */
export function createReconciliation(state: OrdersState): Reconciliation {
  const { clock } = state
  const progress: Progress = {
    connected: false,
    latencyMs: null,
    losses: 0,
    uncomparedSince: 0,
    comparing: false,
    wasAsked: false,
  }

  return {
    onLink(link) {
      if (progress.connected && !link.connected) {
        progress.losses += 1
        progress.uncomparedSince ??= clock.now()
      }
      const isBack = link.connected && !progress.connected && (progress.losses > 0 || progress.wasAsked)
      progress.connected = link.connected
      progress.latencyMs = link.latencyMs
      if (isBack) void compareUntilDone(state, progress)
    },
    answeredIn(ms) {
      progress.latencyMs = ms
    },
    async reconcile() {
      if (!progress.wasAsked) void compareNowAndThen(state, progress).catch(() => {})
      progress.wasAsked = true
      try {
        await compareOnce(state, progress, progress.uncomparedSince ?? clock.now())
      } catch (error) {
        void compareUntilDone(state, progress)
        throw error
      }
    },
    compare: () => compareForPerson(state, progress),
    link: () => ({
      connected: progress.connected,
      compared: progress.uncomparedSince === undefined,
      latencyMs: progress.latencyMs,
    }),
    stop() {
      progress.connected = false
    },
  }
}

async function compareUntilDone(state: OrdersState, progress: Progress): Promise<void> {
  if (progress.comparing) return
  progress.comparing = true
  while (progress.uncomparedSince !== undefined && !state.life.aborted) {
    try {
      await compareOnce(state, progress, progress.uncomparedSince)
    } catch {
      // The next link comes here again.
      if (!progress.connected) break
      await sleep(state.clock, retryMs, state.life).catch(() => {})
    }
  }
  progress.comparing = false
}

async function compareOnce(state: OrdersState, progress: Progress, since: number): Promise<OrdersCompared> {
  const lossesBefore = progress.losses
  const compared = await compareWithVenue(state, Math.max(0, since - clocksDifferMs))
  if (progress.losses === lossesBefore) progress.uncomparedSince = undefined
  return compared
}

/** Compares now and then although nothing was lost: a stream can be silent about what happened. */
async function compareNowAndThen(state: OrdersState, progress: Progress): Promise<void> {
  const { clock, life } = state
  let comparedAt = clock.now()
  for (;;) {
    await sleep(clock, compareEveryMs, life)
    if (!progress.connected || progress.comparing || progress.uncomparedSince !== undefined) continue
    const startedAt = clock.now()
    try {
      await compareWithVenue(state, Math.max(0, Math.min(comparedAt, startedAt) - clocksDifferMs), true)
      comparedAt = startedAt
    } catch {
      // Whatever it was, it is tried again.
    }
  }
}

async function compareForPerson(state: OrdersState, progress: Progress): Promise<Comparison> {
  const { broker, book, clock } = state
  const since = Math.min(progress.uncomparedSince ?? Infinity, clock.now() - dayMs)
  const { matched, adjusted } = await compareOnce(state, progress, since)
  // That it cannot be told makes positions unknown, and nothing else (OL-15).
  const held = await broker.positions().catch(() => null)
  const inDoubt = [...book.orders.values()].filter(({ status }) => isInFlight(status))
  return {
    at: Math.floor(clock.now()),
    matched,
    adjusted: [...adjusted],
    inDoubt: inDoubt.map(({ clientOrderId }) => clientOrderId),
    positions: held && comparePositions(book.positions, held),
  }
}
