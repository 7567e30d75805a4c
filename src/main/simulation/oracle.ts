import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Broker, BrokerEvent } from '#engine/ports/broker.ts'
import type { EventKind } from '#shared/domain/event.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Order, OrderStatus } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { Latch, TradingState } from '#shared/domain/trading-state.ts'
import { type Decimal, maximum, ZERO } from '#shared/lib/decimal.ts'
import { errorCode } from '#shared/lib/error.ts'
import { keepApprovals } from './approvals.ts'
import type { Counts } from './counts.ts'
import { canOnlyReduce } from './invariants/exposure-within-mandate.ts'
import { type InvariantId, invariants, type Observation } from './invariants/index.ts'
import { type Ledger, largestExposure, openLedger, workingInLedger } from './ledger.ts'
import type { Told } from './observation.ts'

/** An invariant that did not hold. */
export interface Breach {
  readonly invariant: InvariantId
  readonly what: string
}

/** Rows of the journal file, as they are on the disk at this moment. */
export interface StoredRows {
  after(seq: number): readonly { readonly body: string; readonly hash: string }[]
}

/** What of the machine the oracle may look at. */
export interface OracleOptions {
  readonly mandate: Mandate
  readonly price: (instrument: string) => Decimal | undefined
  /** The last price, by which reviews are shown: of a perpetual not its mark. */
  readonly lastPrice: (instrument: string) => Decimal | undefined
  readonly savedLatch: () => Latch | undefined
  readonly stopRequested: () => string | undefined
  readonly counts: Counts
  /** Milliseconds that run evenly, outside of the desk. */
  readonly elapsedMs: () => number
  readonly coolDownMs: number
  /** How long reviews may wait, and how far the price may move from them. */
  readonly reviews: { readonly lifetimeMs: number; readonly driftLimitBps: number }
}

/**
 * Stands between the desk and the world and believes nothing: it reads the journal file itself, keeps its own books, and
 * holds every occasion against the invariants. The first breach is kept.
 */
export interface Oracle {
  readonly breach: Breach | undefined
  readonly told: Told
  /** The last durable records, oldest first. */
  readonly recent: readonly DeskRecord[]
  readonly size: number
  readonly hash: string
  /** The trader was told, or does not know any more. */
  tell(state: Told): void
  check<Occasion extends keyof Observation>(occasion: Occasion, seen: Observation[Occasion]): void
  /** Takes over the journal of a new process. */
  watch(rows: StoredRows, statusOf: (clientOrderId: string) => OrderStatus | undefined): void
  /** The journal of this process can no longer be written. */
  journalFails(): void
  /** Told of each record in the turn in which it is appended. */
  see(record: DeskRecord): void
  /** Reads what has become durable since the last look. */
  look(): void
  /** Compares the desk's own books with the oracle's. */
  compare(positions: ReadonlyMap<string, Decimal>, cash: Decimal): void
  /** Stands between the desk and a broker. */
  beside(broker: Broker): Broker
}

const recentKept = 20

/** Creates an oracle to a machine. */
export function createOracle(options: OracleOptions): Oracle {
  const { mandate, price, savedLatch, stopRequested, counts, elapsedMs, coolDownMs } = options
  const approvals = keepApprovals(options.reviews, elapsedMs, options.lastPrice)
  let breach: Breach | undefined
  let told: Told = 'ACTIVE'
  let journalFailed = false
  /** The books of all that was appended, durable or not, in the process that lives. */
  let ledger = openLedger()
  let rows: StoredRows | undefined
  let statusOf: (clientOrderId: string) => OrderStatus | undefined = () => undefined
  let size = 0
  let hash = ''
  // What the process has seen, and what of it a crash cannot take back.
  let lastDay = 0
  let lastDurableDay = 0
  let mandateEnded = false
  let mandateEndedDurably = false
  let haltedAtMs = Number.NEGATIVE_INFINITY
  const stored: DeskRecord[] = []
  const kinds = new Map<string, Set<EventKind>>()
  const statuses = new Map<string, OrderStatus>()
  const decisions = new Map<string, 'agreed' | 'noTrade' | 'review'>()
  const intents = new Map<string, Set<string>>()
  const parents = new Map<string, ParentOrder>()
  const partsLeft = new Map<string, Set<string>>()
  const tradesTold = new Set<string>()

  function check<Occasion extends keyof Observation>(occasion: Occasion, seen: Observation[Occasion]): void {
    for (const [invariant, holds] of invariants[occasion]) {
      const what = breach === undefined ? holds(seen) : undefined
      if (what !== undefined) breach = { invariant, what }
    }
  }

  function look(): void {
    const touched = new Map<string, boolean>()
    for (const { body, hash: own } of rows?.after(size) ?? []) {
      const record = { ...JSON.parse(body), hash: own } as DeskRecord
      check('storedRecord', { record, body, hash: own, hashBefore: hash === '' ? undefined : hash, seqBefore: size })
      size = record.seq
      hash = own
      stored.push(record)
      if (stored.length > recentKept) stored.shift()
      index(record)
      counts.record(record)
      const about = orderOf(record)
      if (about !== undefined) touched.set(about, record.kind === 'orderFilled' || (touched.get(about) ?? false))
    }
    for (const [clientOrderId, filled] of touched) {
      const after = statusOf(clientOrderId)
      if (after === undefined) continue
      check('statusChange', { clientOrderId, before: statuses.get(clientOrderId), after, filled })
      statuses.set(clientOrderId, after)
    }
  }

  const hasEnded = (atMs: number) => mandate.expiresAt !== null && atMs >= mandate.expiresAt

  function index(record: DeskRecord): void {
    approvals.fold(record)
    if (record.kind === 'dayOpened') lastDurableDay = record.data.day
    if (hasEnded(record.at)) mandateEndedDurably = true
    if (record.kind === 'parentOrderStarted') parents.set(record.data.parent.id, record.data.parent)
    if (record.kind === 'decisionMade') decisions.set(record.data.decision.id, record.data.decision.status)
    const about = orderOf(record)
    if (about === undefined) return
    const known = kinds.get(about) ?? new Set()
    kinds.set(about, known.add(record.kind))
  }

  function see(record: DeskRecord): void {
    if (hasEnded(record.at)) mandateEnded = true
    const before = record.kind === 'orderFilled' ? ledger.position(record.data.fill.instrument) : undefined
    const isNew = record.kind === 'orderFilled' && !ledger.trades.has(record.data.fill.tradeId)
    ledger.fold(record)
    if (record.kind === 'tradingStateChanged') turn(record.data.after.state)
    if (record.kind === 'orderSubmitted') admit(record.data.clientOrderId)
    if (record.kind === 'orderFilled' && before !== undefined && isNew) {
      const { fill } = record.data
      const cancelAsked = ledger.orders.get(fill.clientOrderId)?.cancelAsked ?? false
      check('booking', { fill, told, before, after: ledger.position(fill.instrument), cancelAsked })
    }
    if (record.kind === 'dayOpened') {
      check('dayOpening', { day: record.data.day, lastDay })
      lastDay = record.data.day
    }
  }

  function turn(state: TradingState): void {
    told = state
    if (state === 'HALTED') haltedAtMs = elapsedMs()
    if (state === 'ACTIVE') check('rearming', { haltedForMs: elapsedMs() - haltedAtMs, coolDownMs })
  }

  function admit(clientOrderId: string): void {
    const order = ledger.orders.get(clientOrderId)
    if (order === undefined) return
    check('admission', {
      order,
      told,
      position: ledger.position(order.instrument),
      workingOnSide: workingInLedger(ledger, order.instrument, order.side),
      exposure: largestExposure(ledger, price),
      maximumExposure: mandate.maximumExposure,
    })
  }

  function departing(order: Order, mode: string): void {
    look()
    const { clientOrderId, decisionId, proposalId, instrument, side, contingency } = order
    const exit = contingency?.kind === 'OCO' ? [contingency.parentId, contingency.leg, contingency.number] : []
    const { sliceOf } = order
    const part = sliceOf === null ? [] : [sliceOf.parentId, sliceOf.index]
    const intent = [decisionId, proposalId, instrument, side, ...exit, ...part].join('|')
    const parts = partsLeft.get(sliceOf?.parentId ?? '') ?? new Set()
    if (sliceOf !== null) partsLeft.set(sliceOf.parentId, parts)
    const leftBefore = intents.get(intent) ?? new Set()
    intents.set(intent, leftBefore)
    check('departure', {
      order,
      told,
      savedState: savedLatch()?.state,
      stopRequested: stopRequested(),
      leftBefore: [...leftBefore],
      recorded: kinds.get(clientOrderId) ?? new Set(),
      decision: decisions.get(decisionId ?? ''),
      approval: approvals.of(order),
      mode,
      mandateEnded,
      onlyReduces: canOnlyReduce({
        order,
        position: ledger.position(instrument),
        workingOnSide: workingInLedger(ledger, instrument, side),
      }),
      whole: parents.get(sliceOf?.parentId ?? ''),
      partsTaken: [...parts].filter((other) => other !== clientOrderId).map(taken),
      besideIt: besides(order),
      stop: ledger.orders.get(clientOrderId)?.stop ?? null,
      price: options.lastPrice(instrument),
    })
    leftBefore.add(clientOrderId)
    parts.add(clientOrderId)
    counts.add('orders sent')
  }

  function besides({ clientOrderId, contingency }: Order): readonly string[] {
    if (contingency?.kind !== 'OCO') return []
    const wholeOf = (entry: string) => ledger.orders.get(entry)?.partOf ?? entry
    const others = [...ledger.orders.values()].filter(
      (other) =>
        other.clientOrderId !== clientOrderId &&
        !other.ended &&
        other.exit?.leg === contingency.leg &&
        wholeOf(other.exit.of) === wholeOf(contingency.parentId),
    )
    return others.map((other) => other.clientOrderId)
  }

  function taken(clientOrderId: string): Decimal {
    const order = ledger.orders.get(clientOrderId)
    if (order === undefined) return ZERO
    return order.ended ? order.filled : maximum(order.quantity, order.filled)
  }

  function onEvent(event: BrokerEvent): void {
    if (event.kind === 'link' && !event.connected) counts.add('links lost')
    if (event.kind !== 'filled') return
    if (tradesTold.has(event.fill.tradeId)) counts.add('fills told twice')
    tradesTold.add(event.fill.tradeId)
  }

  async function counted<T>(call: Promise<T>): Promise<T> {
    try {
      return await call
    } catch (error) {
      if (errorCode(error) === 'BROKER_NO_ANSWER') counts.add('messages lost')
      throw error
    }
  }

  return {
    get breach() {
      return breach
    },
    get told() {
      return told
    },
    recent: stored,
    get size() {
      return size
    },
    get hash() {
      return hash
    },
    tell(state) {
      told = state
    },
    check,
    watch(next, status) {
      journalFailed = false
      rows = next
      statusOf = status
      look()
      ledger = copyOf(rows)
      lastDay = lastDurableDay
      mandateEnded = mandateEndedDurably
    },
    journalFails() {
      journalFailed = true
    },
    see,
    look,
    compare(positions, cash) {
      for (const instrument of new Set([...positions.keys(), ...ledger.instruments()])) {
        const desk = positions.get(instrument) ?? ZERO
        check('balance', { what: `the position in ${instrument}`, desk, ledger: ledger.position(instrument) })
      }
      check('balance', { what: 'the cash', desk: cash, ledger: ledger.cash() })
    },
    beside: (broker) => ({
      name: broker.name,
      mode: broker.mode,
      capabilities: broker.capabilities,
      connect: (listener) =>
        broker.connect((event) => {
          onEvent(event)
          listener(event)
        }),
      submit(order) {
        departing(order, broker.mode)
        return counted(broker.submit(order))
      },
      cancel(clientOrderId) {
        look()
        check('cancelRequest', { clientOrderId, journalFailed, recorded: kinds.get(clientOrderId) ?? new Set() })
        counts.add('cancels sent')
        return counted(broker.cancel(clientOrderId))
      },
      query: (clientOrderId) => counted(broker.query(clientOrderId)),
      openOrders: () => counted(broker.openOrders()),
      fills: (sinceMs) => counted(broker.fills(sinceMs)),
      funding: async (sinceMs) => await counted(broker.funding?.(sinceMs) ?? Promise.resolve([])),
      deadManSwitch: (afterMs) => counted(broker.deadManSwitch?.(afterMs) ?? Promise.resolve()),
      replace: (clientOrderId, change) => counted(broker.replace(clientOrderId, change)),
      positions: () => counted(broker.positions()),
      balances: () => counted(broker.balances()),
    }),
  }
}

function copyOf(rows: StoredRows): Ledger {
  const ledger = openLedger()
  for (const { body } of rows.after(0)) ledger.fold(JSON.parse(body))
  return ledger
}

function orderOf(record: DeskRecord): string | undefined {
  if (!record.kind.startsWith('order') || record.kind === 'ordersReconciled') return undefined
  if (record.kind === 'orderInitialized') return record.data.order.clientOrderId
  if (record.kind === 'orderFilled') return record.data.fill.clientOrderId
  return 'clientOrderId' in record.data ? record.data.clientOrderId : undefined
}
