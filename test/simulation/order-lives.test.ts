import { describe, expect, it } from 'vitest'
import { createPaperBroker, type PaperBroker } from '#adapters/paper/broker.ts'
import { noFaults, type PaperFaults } from '#adapters/paper/link/faults.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import { isInFlight, isOpen } from '#shared/domain/order.ts'
import type { Book, Quote } from '#shared/domain/quote.ts'
import { sleep } from '#shared/lib/clock.ts'
import { decimal, fromNumber, multiply, roundToStep } from '#shared/lib/decimal.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { intentOf, orderDesk, startMs, trader } from '#test/builders/order-desk.ts'
import { btc } from '#test/builders/orders.ts'
import { pass, settle } from '#test/conformance/settle.ts'
import { expectNoneLostNoneTwice, type VenueAccount } from './order-outcomes.ts'

/** As many as are asked for: ORDER_SEEDS=10000 npx vitest run --project simulation test/simulation/order-lives.test.ts */
const seeds = Number(process.env['ORDER_SEEDS'] ?? 60)
const ordersEach = 15
const most = decimal(1_000_000_000)
/** No limit of the mandate stands between an intent and the venue. */
const limits = {
  maximumOrderNotional: most,
  maximumExposure: most,
  maximumDailyLoss: most,
  ordersPerMinute: 1_000,
  priceCollar: 1,
}
/** How many records of each kind there were in all runs. */
const seen = new Map<string, number>()

/** A market that walks by the seed, every quarter of a second, with three thin levels on each side. */
function walkingFeed(clock: VirtualClock, random: Random): Feed & { readonly close: () => void } {
  const listeners = new Set<(update: MarketUpdate) => void>()
  const { id, priceStep } = btc
  const rounded = (value: number) => roundToStep(fromNumber(value, 8), priceStep, 'nearest')
  let last = 100
  let isTrading = true
  let quote: Quote
  let book: Book
  function move(): void {
    last *= 1 + (random.float() - 0.5) / 100
    const side = (direction: number) =>
      [1, 2, 3].map((level) => ({
        price: rounded(last * (1 + (direction * level) / 1_000)),
        quantity: decimal(random.pick(['0.2', '0.5', '1'])),
      }))
    book = { instrument: id, bids: side(-1), asks: side(1), at: clock.now() }
    const [bid = rounded(last), ask = rounded(last)] = [book.bids[0]?.price, book.asks[0]?.price]
    quote = { instrument: id, bid, ask, last: rounded(last), at: clock.now() }
    for (const listener of listeners) {
      listener({ kind: 'quote', quote })
      listener({ kind: 'trade', trade: { instrument: id, at: clock.now(), price: Number(quote.last), quantity: 0.3 } })
    }
    if (isTrading) clock.after(250, move)
  }
  move()
  return {
    close() {
      isTrading = false
    },
    name: 'Walk',
    instruments: () => [btc],
    quote: (asked) => (asked === id ? quote : undefined),
    book: (asked) => (asked === id ? book : undefined),
    bars: () => [],
    start(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** What goes wrong in one run; busts are left out, since a venue tells of one once and lists it nowhere. */
function drawFaults(random: Random): PaperFaults {
  const share = () => random.pick([0, 0.05, 0.15, 0.4])
  return {
    ...noFaults,
    lostRequest: share(),
    lostAcknowledgement: share(),
    duplicateFill: share(),
    delayedEvent: share(),
    refusal: random.pick([0, 0.1]),
    rateLimit: random.pick([0, 0.1]),
    outagesPerHour: random.pick([0, 120]),
    disconnectsPerHour: random.pick([0, 0, 240]),
    skewMs: random.pick([0, 0, 20_000, -20_000]),
  }
}

function drawIntent(random: Random, feed: Feed, index: number) {
  const { last = decimal(100) } = feed.quote(btc.id) ?? {}
  const at = (share: string) => roundToStep(multiply(last, decimal(share)), btc.priceStep, 'nearest')
  // What is sold has to be held.
  const side = index < 4 ? 'buy' : random.pick(['buy', 'sell'] as const)
  const kind = random.pick(['market', 'limit', 'limit', 'limit', 'stop'] as const)
  return intentOf({
    decisionId: `decision-${index}`,
    side,
    quantity: decimal(random.pick(['0.2', '0.4', '2'])),
    limitPrice: kind === 'limit' ? at(random.pick(['0.97', '0.99', '1', '1.01', '1.03'])) : null,
    ...(kind === 'stop' && { stopPrice: at(side === 'buy' ? '1.01' : '0.99') }),
    timeInForce: kind === 'stop' ? 'GTC' : random.pick(['GTC', 'GTC', 'IOC'] as const),
  })
}

/** One life of an account: orders, cancels and changes while things go wrong, a restart or a stop in some, then quiet. */
async function live(seed: number) {
  const random = createRandom(seed)
  const clock = createVirtualClock(startMs)
  const feed = walkingFeed(clock, random.fork('market'))
  const faults: { -readonly [Name in keyof PaperFaults]: PaperFaults[Name] } = drawFaults(random)
  const broker = createPaperBroker({ mode: 'paper', feed, clock, random: random.fork('venue'), cash: most, faults })
  let desk = orderDesk(broker, { clock, feed, limits })
  await settle(clock, desk.orders.connect())
  void desk.orders.reconcile().catch(() => {})
  const ids: string[] = []
  const restartAt = random.chance(0.5) ? random.int(3, ordersEach) : -1
  for (let index = 0; index < ordersEach; index++) {
    if (index === restartAt) desk = await restarted(desk)
    // What is under way at a restart belongs to a desk that is no more.
    void desk.orders.submit(drawIntent(random, feed, index)).then(
      ({ clientOrderId }) => ids.push(clientOrderId),
      () => {},
    )
    await pass(clock, random.int(0, 1_500))
    const id = ids[random.int(0, ids.length)]
    const order = id === undefined ? undefined : desk.book.orders.get(id)
    if (order === undefined) continue
    const act = random.pick(['cancel', 'change', 'wait'] as const)
    if (act === 'cancel') void desk.orders.cancel(order.clientOrderId, trader)
    else if (act === 'change' && isOpen(order.status)) {
      const quantity = decimal(random.pick(['0.3', '1', '3']))
      void desk.orders.replace(order.clientOrderId, { quantity }, trader, 1).catch(() => {})
    }
  }
  const isStopped = random.chance(0.4)
  if (isStopped) desk.stop(3)
  await pass(clock, random.int(0, 5_000))
  Object.assign(faults, noFaults)
  const isSure = () =>
    desk.orders.link().connected &&
    desk.orders.link().compared &&
    [...desk.book.orders.values()].every(({ status }) => !isInFlight(status) && status !== 'INITIALIZED')
  for (let waited = 0; !isSure() && waited < 300; waited++) await pass(clock, 1_000)
  // A minute is how long the desk takes at most to look again by itself (OL-18).
  await pass(clock, 61_000)
  for (let waited = 0; !isSure() && waited < 300; waited++) await pass(clock, 1_000)
  expect(isSure(), 'nothing is in doubt in the end').toBe(true)
  // Nothing trades between the two looks.
  feed.close()
  await pass(clock, 2_000)
  const account = await settle(clock, accountAt(broker, desk, clock))
  desk.orders.stop()
  for (const record of desk.records) {
    const what = record.kind === 'orderDenied' ? `denied ${record.data.denial.code}` : record.kind
    seen.set(what, (seen.get(what) ?? 0) + 1)
  }
  return { desk: { ...desk, instrument: btc.id, isStopped }, account }

  /** The process dies between two turns, and another begins on what it left behind. */
  async function restarted(before: typeof desk): Promise<typeof desk> {
    before.orders.stop()
    await before.journal.settled()
    await pass(clock, random.int(0, 20_000))
    const next = orderDesk(broker, { clock, feed, limits, journal: before.journal })
    next.records.unshift(...before.records)
    await settle(clock, next.orders.connect())
    void next.orders.reconcile().catch(() => {})
    return next
  }
}

/** What the paper venue has, by asking it for every order that is known, is open or has traded. */
async function accountAt(
  broker: PaperBroker,
  desk: ReturnType<typeof orderDesk>,
  clock: VirtualClock,
): Promise<VenueAccount> {
  /** An outage that was drawn before things went right may still come. */
  async function answered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      const answer = await ask().catch(() => null)
      if (answer !== null) return answer
      await sleep(clock, 1_000)
    }
  }
  const fills = await answered(() => broker.fills(0))
  const open = await answered(() => broker.openOrders())
  const ids = new Set([
    ...desk.book.orders.keys(),
    ...desk.book.closed.keys(),
    ...open.map(({ clientOrderId }) => clientOrderId),
    ...fills.map(({ clientOrderId }) => clientOrderId),
  ])
  const orders = []
  for (const id of ids) {
    const report = await answered(() => broker.query(id))
    if (report === undefined || report.status === 'REJECTED') continue
    orders.push({ id, filled: Number(report.filledQuantity), isWorking: isOpen(report.status) })
  }
  const bought = fills.reduce((sum, { side, quantity }) => sum + (side === 'buy' ? 1 : -1) * Number(quantity), 0)
  return { orders, bought }
}

describe('OL-1, OL-3, OL-9, OL-17 orders at a venue that misbehaves, on virtual time', () => {
  it(
    `none is lost and none is sent twice in ${seeds} seeded runs`,
    async () => {
      const failures: string[] = []
      for (let seed = 1; seed <= seeds && failures.length < 5; seed++) {
        try {
          const { desk, account } = await live(seed)
          expectNoneLostNoneTwice(desk, account)
        } catch (error) {
          failures.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
      expect(failures).toEqual([])
    },
    30_000 + seeds * 200,
  )

  it('things did go wrong', () => {
    const kinds = ['orderUnknown', 'orderRejected', 'orderFilled', 'orderCanceled', 'orderTriggered', 'orderUpdated']
    for (const kind of kinds) expect(seen.get(kind), kind).toBeGreaterThan(0)
    if (seeds >= 1_000) console.log(Object.fromEntries([...seen].toSorted(([a], [b]) => a.localeCompare(b))))
  })
})
