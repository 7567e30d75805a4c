import type { KernelOptions } from '#engine/desk/kernel.ts'
import type { DeskRecord, Entry, Journal } from '#engine/journal/journal.ts'
import type { Broker, BrokerEvent } from '#engine/ports/broker.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import type { InvariantId } from '#main/simulation/invariants/index.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import { decimal, multiply, negate } from '#shared/lib/decimal.ts'

/** A mistake that an engineer could make, put into a desk by replacing one of its parts. */
export interface PlantedBug {
  readonly name: string
  /** The invariant that has to find it. */
  readonly breaks: InvariantId
  readonly tamper: (options: KernelOptions) => KernelOptions
}

function withJournal(options: KernelOptions, change: (journal: Journal) => Partial<Journal>): KernelOptions {
  return { ...options, journal: { ...options.journal, ...change(options.journal) } }
}

function withBroker(options: KernelOptions, change: (broker: Broker) => Partial<Broker>): KernelOptions {
  return { ...options, broker: { ...options.broker, ...change(options.broker) } }
}

function withLatchStore(options: KernelOptions, change: (store: LatchStore) => Partial<LatchStore>): KernelOptions {
  return { ...options, latchStore: { ...options.latchStore, ...change(options.latchStore) } }
}

/** Changes what the desk sees of its own records; what is written stays as it is. */
function seeing(options: KernelOptions, change: (record: DeskRecord) => DeskRecord | undefined): KernelOptions {
  return withJournal(options, (journal) => ({
    observe: (observer) =>
      journal.observe((record) => {
        const seen = change(record)
        if (seen !== undefined) observer(seen)
      }),
  }))
}

/** What a stop denies at the last moment is sent all the same. */
function sendWhatIsDeniedLate(options: KernelOptions): KernelOptions {
  const orders = new Map<string, Order>()
  const submitted = new Set<string>()
  return withJournal(options, (journal) => ({
    append(...entries: readonly Entry[]) {
      for (const entry of entries) {
        if (entry.kind === 'orderInitialized') orders.set(entry.data.order.clientOrderId, entry.data.order)
        if (entry.kind === 'orderSubmitted') submitted.add(entry.data.clientOrderId)
        if (entry.kind !== 'orderDenied' || !submitted.has(entry.data.clientOrderId)) continue
        const order = orders.get(entry.data.clientOrderId)
        if (order !== undefined) void options.broker.submit(order).catch(() => {})
      }
      return journal.append(...entries)
    },
  }))
}

/** The client order id holds a count, so that the same intent has another one each time. */
function mintIdsAnew(options: KernelOptions): KernelOptions {
  let minted = 0
  const isIntent = (text: string) => text.split('|').length === 4
  return {
    ...options,
    sha256: (text) => options.sha256(isIntent(text) ? `${text}|${options.ids.next(`${++minted}`)}` : text),
  }
}

/** What was appended counts as durable at once. */
function doNotWaitForCommits(options: KernelOptions): KernelOptions {
  return withJournal(options, (journal) => ({
    append(...entries: readonly Entry[]) {
      void journal.append(...entries)
      return Promise.resolve([])
    },
  }))
}

/** A closed latch is saved only some seconds after it was changed, if it still is the latest. */
function saveLatchLate(options: KernelOptions): KernelOptions {
  let latest: Latch | undefined
  return withLatchStore(options, (store) => ({
    save(latch) {
      latest = latch
      if (latch.state === 'ACTIVE') store.save(latch)
      else options.clock.after(10_000, () => latest === latch && store.save(latch))
    },
  }))
}

function forgetTrades(options: KernelOptions): KernelOptions {
  return { ...options, archive: { ...options.archive, getFill: () => undefined } }
}

/** Nothing that the broker tells late, or is asked for, becomes a fill. */
function ignoreLateFills(options: KernelOptions): KernelOptions {
  const ended = new Set<string>()
  const listen = (listener: (event: BrokerEvent) => void) => (event: BrokerEvent) => {
    if (event.kind === 'canceled' || event.kind === 'expired') ended.add(event.clientOrderId)
    if (event.kind !== 'filled' || !ended.has(event.fill.clientOrderId)) listener(event)
  }
  return withBroker(options, (broker) => ({
    connect: (listener) => broker.connect(listen(listener)),
    fills: async () => [],
  }))
}

function raiseLimits({ mandate, ...options }: KernelOptions): KernelOptions {
  const { maximumExposure, maximumOrderNotional } = mandate
  const more = decimal(10)
  return {
    ...options,
    mandate: {
      ...mandate,
      maximumExposure: multiply(maximumExposure, more),
      maximumOrderNotional: multiply(maximumOrderNotional, more),
    },
  }
}

/** Turning to REDUCING is written down and otherwise forgotten. */
function reduceInNameOnly(options: KernelOptions): KernelOptions {
  return withJournal(options, (journal) => ({
    append(...entries: readonly Entry[]) {
      const late = entries.filter((entry) => {
        return entry.kind === 'orderDenied' && entry.data.denial.code === 'TRADING_STATE_REDUCING'
      })
      const rest = entries.filter((entry) => !late.includes(entry))
      const submits = late.map((entry): Entry => {
        const { clientOrderId } = entry.data as { readonly clientOrderId: string }
        return { kind: 'orderSubmitted', data: { clientOrderId }, actor: entry.actor }
      })
      return journal.append(...rest, ...submits)
    },
  }))
}

function sendReviews(options: KernelOptions): KernelOptions {
  return seeing(options, (record) => {
    if (record.kind !== 'decisionMade' || record.data.decision.action === 'hold') return record
    return { ...record, data: { decision: { ...record.data.decision, status: 'agreed' } } }
  })
}

/** What an approval is bound to says nothing of how much is bought. */
function bindToLess(options: KernelOptions): KernelOptions {
  const withoutQuantity = (text: string) => text.replace(/"quantity":"[^"]*"/, '')
  return { ...options, sha256: (text) => options.sha256(withoutQuantity(text)) }
}

function overlookDrift({ reviewPolicy, ...options }: KernelOptions): KernelOptions {
  return { ...options, reviewPolicy: { ...reviewPolicy, driftLimitBps: 10_000 } }
}

function waitTooLong({ reviewPolicy, ...options }: KernelOptions): KernelOptions {
  return { ...options, reviewPolicy: { ...reviewPolicy, expiresAfterSeconds: { paper: 3_600, live: 3_600 } } }
}

function coolDownByWallClock(options: KernelOptions): KernelOptions {
  const { clock } = options
  let last = clock.now()
  let passedMs = clock.monotonic()
  const monotonic = () => {
    const now = clock.now()
    passedMs += Math.max(0, now - last)
    last = now
    return passedMs
  }
  return { ...options, clock: { ...clock, monotonic } }
}

/** A number of the account is moved without a record. */
function moveWithoutRecord(options: KernelOptions): KernelOptions {
  const { book, clock } = options
  clock.after(20_000, () => {
    book.dayStartEquity = multiply(book.dayStartEquity, decimal('1.01'))
  })
  return options
}

function overlookOutsideStops(options: KernelOptions): KernelOptions {
  return withLatchStore(options, () => ({ stopRequested: () => undefined }))
}

function forgetCancels(options: KernelOptions): KernelOptions {
  return withBroker(options, () => ({ cancel: () => Promise.resolve() }))
}

/** Who is long receives what he has to pay. */
function payFundingBackwards(options: KernelOptions): KernelOptions {
  return seeing(options, (record) => {
    if (record.kind !== 'fundingPaid') return record
    const { payment } = record.data
    return { ...record, data: { payment: { ...payment, amount: negate(payment.amount) } } }
  })
}

/** Of what the venue closes by itself the desk is not told, and it does not ask. */
function overlookLiquidations(options: KernelOptions): KernelOptions {
  const listen = (listener: (event: BrokerEvent) => void) => (event: BrokerEvent) => {
    if (event.kind !== 'filled' || event.fill.liquidation !== true) listener(event)
  }
  return withBroker(options, (broker) => ({
    connect: (listener) => broker.connect(listen(listener)),
    fills: async (sinceMs) => (await broker.fills(sinceMs)).filter(({ liquidation }) => liquidation !== true),
  }))
}

/** The parts of an order do not say that they belong together. */
function protectPartsAlone(options: KernelOptions): KernelOptions {
  const alone = (entry: Entry): Entry => {
    if (entry.kind !== 'orderInitialized' || entry.data.order.contingency?.kind !== 'OTO') return entry
    const { parentId: _parentId, ...contingency } = entry.data.order.contingency
    return { ...entry, data: { order: { ...entry.data.order, contingency } } }
  }
  return withJournal(options, (journal) => ({ append: (...entries) => journal.append(...entries.map(alone)) }))
}

/** What protects a short sale is put where it would protect a purchase. */
function stopShortsBelow(options: KernelOptions): KernelOptions {
  const below = (entry: Entry): Entry => {
    if (entry.kind !== 'orderInitialized') return entry
    const { order } = entry.data
    const { contingency } = order
    if (contingency?.kind !== 'OTO' || contingency.stopPrice === null || order.side !== 'sell') return entry
    const stopPrice = multiply(contingency.stopPrice, decimal('0.9'))
    return { ...entry, data: { order: { ...order, contingency: { ...contingency, stopPrice } } } }
  }
  return withJournal(options, (journal) => ({ append: (...entries) => journal.append(...entries.map(below)) }))
}

/** Funding that came while the desk was not linked is never asked for. */
function overlookFunding(options: KernelOptions): KernelOptions {
  return withBroker(options, () => ({ funding: async () => [] }))
}

/** The bank of planted bugs, each with the invariant that has to find it. */
export const plantedBugs: readonly PlantedBug[] = [
  { name: 'the late look at the latch is left out', breaks: 'I1', tamper: sendWhatIsDeniedLate },
  { name: 'the client order id is minted anew on every try', breaks: 'I2', tamper: mintIdsAnew },
  { name: 'fills that come after the end of an order are ignored', breaks: 'I3', tamper: ignoreLateFills },
  { name: 'a fill that is told twice is booked twice', breaks: 'I4', tamper: forgetTrades },
  { name: 'funding is paid the wrong way round', breaks: 'I4', tamper: payFundingBackwards },
  { name: 'funding is only booked where it is told', breaks: 'I4', tamper: overlookFunding },
  { name: 'a liquidation by the venue is overlooked', breaks: 'I3', tamper: overlookLiquidations },
  { name: 'the limits are ten times what the mandate says', breaks: 'I5', tamper: raiseLimits },
  { name: 'REDUCING holds nothing back', breaks: 'I6', tamper: reduceInNameOnly },
  { name: 'an order is sent before its record is durable', breaks: 'I7', tamper: doNotWaitForCommits },
  { name: 'a decision that went to review is carried out', breaks: 'I8', tamper: sendReviews },
  { name: 'an approval is not bound to the quantity', breaks: 'I8', tamper: bindToLess },
  { name: 'an approval outlives every move of the price', breaks: 'I8', tamper: overlookDrift },
  { name: 'an approval is given after its time', breaks: 'I13', tamper: waitTooLong },
  { name: 'the latch is saved after the stop was acknowledged', breaks: 'I10', tamper: saveLatchLate },
  { name: 'a stop from outside the process is overlooked', breaks: 'I1', tamper: overlookOutsideStops },
  { name: 'a number of the account is moved without a record', breaks: 'I12', tamper: moveWithoutRecord },
  { name: 'every part of an order gets a stop and a target of its own', breaks: 'I15', tamper: protectPartsAlone },
  { name: 'the stop of a short sale is put below its entry', breaks: 'I15', tamper: stopShortsBelow },
  { name: 'cancels are recorded and never sent', breaks: 'LIVE', tamper: forgetCancels },
  { name: 'the cool-down follows the wall clock', breaks: 'I13', tamper: coolDownByWallClock },
]
