import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Broker, OrderReport } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { createDeskLatch } from '#engine/trading/gate/latch.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import { createOrders } from '#engine/trading/orders/orders.ts'
import { createParentOrders } from '#engine/trading/parents/parent-orders.ts'
import { applyToBook, emptyBook } from '#engine/trading/positions/book.ts'
import { createProtection } from '#engine/trading/protection/protection.ts'
import { sha256 } from '#main/compose/system.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Quote } from '#shared/domain/quote.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal, type StoreJournal } from '#store/journal.ts'
import { createQueries, deskProjections } from '#store/projections/index.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { btc, wideMandate } from '#test/builders/orders.ts'
import { createMemoryLatchStore } from '#test/fakes/memory-latch-store.ts'

export const startMs = 1_700_000_000_000
export const trader = { kind: 'human', id: 'trader' } as const

/** A market that stands at 100. */
export function quietFeed(clock: VirtualClock): Feed {
  const quote = (): Quote => ({
    instrument: btc.id,
    bid: decimal(99),
    ask: decimal(101),
    last: decimal(100),
    at: clock.now(),
  })
  return {
    name: 'Quiet',
    instruments: () => [btc],
    quote: (id) => (id === btc.id ? quote() : undefined),
    book: () => undefined,
    bars: () => [],
    start: () => () => {},
  }
}

/** An intent to buy 1 BTC/USDT, decided in the first epoch; what is given replaces it. */
export function intentOf(given: Partial<Intent> = {}): Intent {
  return {
    runId: 'run-1',
    proposalId: 'proposal-1',
    decisionId: 'decision-1',
    by: 'executor',
    instrument: btc.id,
    side: 'buy',
    quantity: decimal(1),
    limitPrice: null,
    timeInForce: 'GTC',
    reduceOnly: false,
    epoch: 1,
    ...given,
  }
}

/** What a venue says of an order of 1 BTC/USDT. */
export function reportOf(clientOrderId: string, given: Partial<OrderReport> = {}): OrderReport {
  const venueOrderId = `venue-${clientOrderId}`
  return {
    clientOrderId,
    venueOrderId,
    instrument: btc.id,
    side: 'buy',
    type: 'LIMIT',
    quantity: decimal(1),
    limitPrice: decimal(100),
    stopPrice: null,
    reduceOnly: false,
    status: 'ACCEPTED',
    filledQuantity: ZERO,
    at: 0,
    ...given,
  }
}

interface OrderDeskGiven {
  readonly clock?: VirtualClock
  readonly feed?: Feed
  readonly journal?: StoreJournal
  readonly limits?: Partial<Mandate>
  /** Decides when appended records commit; default at the end of the turn. */
  readonly schedule?: (commit: () => void) => void
}

/** Orders over a real journal in memory, with the account opened, linked to the broker; the journal outlives them. */
export function orderDesk(broker: Broker, given: OrderDeskGiven = {}) {
  const clock = given.clock ?? createVirtualClock(startMs)
  const journal =
    given.journal ??
    openJournal(journalOptions({ clock, projections: deskProjections, schedule: given.schedule ?? queueMicrotask }))
  const records: DeskRecord[] = []
  const book = emptyBook()
  journal.replay(0, (record) => applyToBook(book, record, record.at))
  journal.observe((record) => records.push(record))
  const initial: Latch = { state: 'ACTIVE', epoch: 1, level: null, by: 'system', reason: 'new', at: 0 }
  const queries = createQueries(journal.database)
  const feed = given.feed ?? quietFeed(clock)
  const mandate = { ...wideMandate, ...given.limits }
  const store = createMemoryLatchStore(initial)
  const latch = createDeskLatch({
    store,
    journal,
    clock,
    initial,
    onChange: (after, change) => {
      parents.stopAll(change.reason)
      if (after.state === 'HALTED') orders.cancelForStop(after.level ?? 2, change.by)
    },
  })
  const orders = createOrders({
    journal,
    book,
    archive: queries,
    broker,
    feed,
    latch,
    mandate,
    clock,
    sha256,
  })
  const protection = createProtection({
    journal,
    book,
    orders,
    latch,
    capabilities: broker.capabilities,
    quote: (id) => feed.quote(id),
    instrument: (id) => feed.instruments().find((instrument) => instrument.id === id),
    clock,
  })
  const parents = createParentOrders({
    journal,
    book,
    archive: queries,
    orders,
    protection,
    latch,
    mandate,
    feed,
    onMarket: (listener) => feed.start(listener),
    clock,
    sha256,
    approvalDenial: () => undefined,
  })
  if (book.account === '') {
    const system = { kind: 'system', id: 'desk' } as const
    const cash = decimal(100_000)
    void journal.append(
      { kind: 'accountOpened', data: { account: 'paper', currency: 'USDT', cash }, actor: system },
      { kind: 'dayOpened', data: { day: 1, equity: cash }, actor: system },
    )
  }
  return {
    orders,
    parents,
    protection,
    queries,
    book,
    journal,
    latch,
    latchStore: store,
    clock,
    records,
    /** The kinds of the records about orders so far. */
    kinds: () => records.map(({ kind }) => kind).filter((kind) => kind.startsWith('order')),
    stop: (level: 1 | 2 | 3) => latch.change({ state: 'HALTED', level, by: trader, reason: 'drill' }),
  }
}
