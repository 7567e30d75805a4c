import type { Broker, BrokerEvent, OrderReport } from '#engine/ports/broker.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import { deny } from '#shared/domain/denial.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import { type Fill, isInFlight, isOpen, type Order } from '#shared/domain/order.ts'
import { type Clock, sleep } from '#shared/lib/clock.ts'
import { comparePositions } from './position-differences.ts'

/** The link to the broker. */
export interface BrokerLink {
  readonly connected: boolean
  /** False while something may have happened at the venue that was not compared yet (OL-13). */
  readonly compared: boolean
  readonly latencyMs: number | null
}

/** What comparing with the venue needs from those who keep the orders. */
export interface ReconciliationOptions {
  readonly broker: Pick<Broker, 'openOrders' | 'fills' | 'funding' | 'positions'>
  readonly clock: Clock
  /** Ends all comparing. */
  readonly signal: AbortSignal
  readonly book: TradingBook
  readonly find: (clientOrderId: string) => Order | undefined
  /** Books a fill; false when it was booked before. */
  readonly bookFill: (fill: Fill) => boolean
  /** Books a payment of funding; false when it was booked before. */
  readonly bookFunding: (payment: FundingPayment) => boolean
  /** Brings our order to the report; false while not all of it could be taken over. */
  readonly bringTo: (report: OrderReport) => Promise<boolean>
  readonly followUp: (clientOrderId: string) => void
  readonly record: (event: DeskEvent, about?: Order) => Promise<unknown>
}

interface OrdersCompared {
  readonly matched: number
  readonly adjusted: readonly string[]
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

/** The venue's clock and ours may differ by so much. */
export const clocksDifferMs = 60_000
const retryMs = 2_000
const dayMs = 86_400_000
/** How often a link that stands is not taken at its word: longer than a venue takes to tell of what it did (OL-18). */
const everyMs = 60_000

/**
 * Creates what compares fills and working orders with the venue (OL-13): when asked, and after every loss of the link,
 * again and again until it succeeds; and every minute besides (OL-18). What was filled is booked, and what funding was
 * paid; what the venue does not list as open is followed up.
 */
export function createReconciliation(options: ReconciliationOptions): Reconciliation {
  const { broker, clock, signal, book, find, bookFill, bookFunding, bringTo, followUp, record } = options
  let connected = false
  let latencyMs: number | null = null
  /** Counts the times that the link was lost. */
  let losses = 0
  /** What happened at the venue since this moment was not compared yet; undefined when all was. */
  let uncomparedSince: number | undefined = 0
  let comparing = false
  /** True once a comparison was asked for: it may have come before the first link. */
  let wasAsked = false

  async function compareUntilDone(): Promise<void> {
    if (comparing) return
    comparing = true
    while (uncomparedSince !== undefined && !signal.aborted) {
      try {
        await compareOnce(uncomparedSince)
      } catch {
        // The next link comes here again.
        if (!connected) break
        await sleep(clock, retryMs, signal).catch(() => {})
      }
    }
    comparing = false
  }

  async function compareOnce(since: number): Promise<OrdersCompared> {
    const lossesBefore = losses
    const compared = await compareWithVenue(Math.max(0, since - clocksDifferMs))
    if (losses === lossesBefore) uncomparedSince = undefined
    return compared
  }

  /** Compares now and then although nothing was lost: a stream can be silent about what happened. */
  async function compareNowAndThen(): Promise<void> {
    let comparedAt = clock.now()
    for (;;) {
      await sleep(clock, everyMs, signal)
      if (!connected || comparing || uncomparedSince !== undefined) continue
      const startedAt = clock.now()
      try {
        await compareWithVenue(Math.max(0, Math.min(comparedAt, startedAt) - clocksDifferMs), true)
        comparedAt = startedAt
      } catch {
        // Whatever it was, it is tried again.
      }
    }
  }

  async function compareWithVenue(sinceMs: number, onlyNews = false): Promise<OrdersCompared> {
    const reports = new Map((await broker.openOrders()).map((report) => [report.clientOrderId, report]))
    const fills = await broker.fills(sinceMs)
    const adjusted = fills.filter(bookFill).map(({ clientOrderId, tradeId }) => `fill ${tradeId} of ${clientOrderId}`)
    const payments = (await broker.funding?.(sinceMs)) ?? []
    adjusted.push(...payments.filter(bookFunding).map(({ id }) => `funding ${id}`))
    for (const clientOrderId of reports.keys()) {
      if (find(clientOrderId) === undefined) adjusted.push(`working order ${clientOrderId}, which is not ours`)
    }
    let matched = 0
    for (const order of book.orders.values()) {
      if (order.status === 'INITIALIZED') denyForgotten(order)
      else if (await isMatched(reports.get(order.clientOrderId))) matched += 1
      // What is not among the open ones has ended, or has not arrived yet: it is asked after by its id (OL-16).
      else followUp(order.clientOrderId)
    }
    if (!onlyNews || adjusted.length > 0) await record({ kind: 'ordersReconciled', data: { matched, adjusted } })
    return { matched, adjusted }
  }

  async function isMatched(report: OrderReport | undefined): Promise<boolean> {
    if (report === undefined || !(await bringTo(report))) return false
    const order = find(report.clientOrderId)
    return order !== undefined && isOpen(order.status)
  }

  /** Recorded and never sent: the process ended in between, and its moment has passed. */
  function denyForgotten(order: Order): void {
    const denial = deny('STOPPED_SINCE_DECISION', { reason: 'the desk was restarted' })
    void record({ kind: 'orderDenied', data: { clientOrderId: order.clientOrderId, denial } }, order)
  }

  return {
    onLink(link) {
      if (connected && !link.connected) {
        losses += 1
        uncomparedSince ??= clock.now()
      }
      const isBack = link.connected && !connected && (losses > 0 || wasAsked)
      connected = link.connected
      latencyMs = link.latencyMs
      if (isBack) void compareUntilDone()
    },
    answeredIn(ms) {
      latencyMs = ms
    },
    async reconcile() {
      if (!wasAsked) void compareNowAndThen().catch(() => {})
      wasAsked = true
      try {
        await compareOnce(uncomparedSince ?? clock.now())
      } catch (error) {
        void compareUntilDone()
        throw error
      }
    },
    async compare() {
      const { matched, adjusted } = await compareOnce(Math.min(uncomparedSince ?? Infinity, clock.now() - dayMs))
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
    },
    link: () => ({ connected, compared: uncomparedSince === undefined, latencyMs }),
    stop() {
      connected = false
    },
  }
}
