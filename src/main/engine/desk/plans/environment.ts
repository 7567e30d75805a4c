import { percent } from '#engine/agents/wording.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { equity } from '#engine/trading/positions/book.ts'
import { closedBars } from '#engine/trading/positions/closed-bars.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Regime } from '#shared/domain/situation.ts'
import { compare, type Decimal, decimal, maximum, multiply, sign, toNumber, ZERO } from '#shared/lib/decimal.ts'

/** Something that happened at an instrument, in a sentence. */
export interface Sighting {
  readonly kind: 'regimeChange' | 'stopMoved'
  readonly instrument: string
  readonly why: string
}

/** What goes on around the desk, as the environment watcher sees it. */
export interface Environment {
  /** Looks around. To be called often. */
  look(): void
  /** What has happened since this was last asked. */
  sightings(): readonly Sighting[]
  /** How far the equity is below its highest, as a share of that; undefined (unavailable) without a price. */
  drawdown(): number | undefined
  /** How far an instrument's price is from where it was at most so many milliseconds ago, as a share with its sign; the widest. */
  priceMove(instrument: string, withinMs: number): number
}

const system: Actor = { kind: 'system', id: 'environment' }
/** A regime that is less probable than this is no change yet. */
const sureEnough = 0.6
/** Prices are kept this long, one in so many milliseconds, of the desk's time. */
const keptMs = 3_600_000
const everyMs = 10_000
const recordedAbove = decimal('1.001')

/** Creates the environment watcher; `regimes` are those that it saw last. Held instruments are looked at for a change of regime. */
export function createEnvironment(
  { journal, feed, book, clock, readRegime }: Pick<DeskParts, 'journal' | 'feed' | 'book' | 'clock' | 'readRegime'>,
  { regimes, timeScale }: { readonly regimes: ReadonlyMap<string, Regime>; readonly timeScale: number },
): Environment {
  const seen = new Map(regimes)
  const lastBar = new Map<string, number>()
  const prices = new Map<string, { readonly at: number; readonly price: number }[]>()
  const stops = new Map<string, Decimal>()
  let sighted: Sighting[] = []
  let highest: Decimal | undefined

  const isStop = ({ reduceOnly, stopPrice }: Order) => reduceOnly && stopPrice !== null
  const keepStop = (order: Order) => {
    if (isStop(order) && order.stopPrice !== null) stops.set(order.clientOrderId, order.stopPrice)
  }
  for (const order of book.orders.values()) keepStop(order)

  journal.observe((record) => {
    if (record.kind === 'orderInitialized') keepStop(record.data.order)
    if (record.kind === 'orderUpdated') {
      const { clientOrderId, stopPrice } = record.data
      const before = stops.get(clientOrderId)
      const instrument = (book.orders.get(clientOrderId) ?? book.closed.get(clientOrderId))?.instrument
      if (before === undefined || stopPrice === null || before === stopPrice || instrument === undefined) return
      stops.set(clientOrderId, stopPrice)
      sighted.push({
        kind: 'stopMoved',
        instrument,
        why: `The stop of the position in ${instrument} was moved from ${before} to ${stopPrice}.`,
      })
    }
    if (record.kind === 'regimeChanged') {
      const { instrument, before, after, confidence } = record.data
      seen.set(instrument, after)
      if (before === null) return
      const why = `The market of ${instrument} turned from ${before} to ${after} (${percent(confidence, 0)} sure).`
      sighted.push({ kind: 'regimeChange', instrument, why })
    }
  })

  /** The regime changes with closed bars alone: it is read once for each. */
  function lookAtRegime(instrument: string): void {
    const bars = barSeries(closedBars(feed, [instrument], Math.floor(clock.now())).bars.get(instrument) ?? [])
    const newest = bars.time.at(-1)
    if (newest === undefined || lastBar.get(instrument) === newest) return
    lastBar.set(instrument, newest)
    readRegime(instrument, bars)
      .then((read) => {
        const before = seen.get(instrument) ?? null
        if (read === null || read.regime === before || read.confidence < sureEnough) return
        const data = { instrument, before, after: read.regime, confidence: read.confidence }
        return journal.append({ kind: 'regimeChanged', data, actor: system })
      })
      // What cannot be computed now is tried again with the next bar.
      .catch(() => {})
  }

  function lookAtPrice(instrument: string): void {
    const last = feed.quote(instrument)?.last
    if (last === undefined) return
    const kept = prices.get(instrument) ?? []
    const now = clock.now()
    while (kept[0] !== undefined && kept[0].at < now - keptMs * timeScale) kept.shift()
    if ((kept.at(-1)?.at ?? Number.NEGATIVE_INFINITY) <= now - everyMs * timeScale)
      kept.push({ at: now, price: toNumber(last) })
    prices.set(instrument, kept)
  }

  const worth = () => equity(book, marksOf(feed))

  /** The highest of this life and of all that is recorded. */
  const peak = () =>
    [highest, book.highest?.equity, book.dayStartEquity].reduce<Decimal>(
      (most, one) => (one === undefined ? most : maximum(most, one)),
      ZERO,
    )

  /** The peak outlives the process: it is recorded whenever it is a thousandth above what the journal has. */
  function lookAtEquity(): void {
    const now = worth()
    if (now === undefined || compare(now, peak()) <= 0) return
    highest = now
    const recorded = book.highest?.equity ?? ZERO
    if (compare(now, multiply(recorded, recordedAbove)) <= 0) return
    // What cannot be recorded now is tried again with the next peak.
    void journal.append({ kind: 'equityPeaked', data: { equity: now }, actor: system }).catch(() => {})
  }

  return {
    look() {
      for (const { id } of feed.instruments()) lookAtPrice(id)
      for (const { instrument, quantity } of book.positions.values()) if (sign(quantity) !== 0) lookAtRegime(instrument)
      lookAtEquity()
    },
    sightings() {
      const all = sighted
      sighted = []
      return all
    },
    drawdown() {
      const now = worth()
      const most = peak()
      if (now === undefined || sign(most) <= 0) return undefined
      return Math.max(0, 1 - toNumber(now) / toNumber(most))
    },
    priceMove(instrument, withinMs) {
      const last = feed.quote(instrument)?.last
      const from = clock.now() - withinMs * timeScale
      const moves = (prices.get(instrument) ?? []).flatMap(({ at, price }) =>
        last === undefined || at < from ? [] : [toNumber(last) / price - 1],
      )
      return moves.reduce((widest, move) => (Math.abs(move) > Math.abs(widest) ? move : widest), 0)
    },
  }
}
