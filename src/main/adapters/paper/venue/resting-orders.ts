import type { Side } from '#shared/domain/order.ts'
import { compare, type Decimal, toNumber } from '#shared/lib/decimal.ts'
import { reaches } from './depth.ts'
import { createSortedList, type SortedList } from './sorted-list.ts'
import { isReached } from './stop-price.ts'
import type { Ticket } from './tickets.ts'

/** The orders that wait at a venue, found by what they wait for. Lists are of an instrument and a side. */
export interface RestingOrders {
  readonly size: number
  has(ticket: Ticket): boolean
  /** Puts it at the end of the queue, from wherever it stood. */
  add(ticket: Ticket): void
  delete(ticket: Ticket): void
  /** Takes notice of another stop price or limit of one that keeps its place. */
  refresh(ticket: Ticket): void
  /** All, older ones first. */
  all(): readonly Ticket[]
  /** Those in the book that would trade at a price: better prices first, then older ones, as a book would serve them. */
  reaching(instrument: string, side: Side, price: Decimal): readonly Ticket[]
  /** The stops that the last price has reached, and all trailing ones, which follow it; older ones first. */
  stirredBy(instrument: string, side: Side, last: Decimal): readonly Ticket[]
  /** Those that only reduce, older ones first. */
  reducing(instrument: string, side: Side): readonly Ticket[]
  /** Those whose time is over at a moment, older ones first. */
  due(now: number): readonly Ticket[]
  /** When the next one expires; undefined where none does. */
  nextExpiry(): number | undefined
}

/** A ticket where it stands: what it waits for as it was when it was put there, and its place in the queue. */
interface Place {
  readonly ticket: Ticket
  readonly seq: number
  /** The limit or the stop price that it is sorted by; null for a trailing stop. */
  readonly price: Decimal | null
  /** The same as a number: it never sorts otherwise, only less finely. */
  readonly near: number
  readonly isAsleep: boolean
}

interface SideOfMarket {
  readonly book: SortedList<Place>
  readonly stops: SortedList<Place>
  readonly trailing: SortedList<Place>
  readonly reducing: SortedList<Place>
}

const bySeq = (a: Place, b: Place) => a.seq - b.seq

function byPrice(direction: 1 | -1) {
  return (a: Place, b: Place): number => {
    if (a.near !== b.near) return direction * (a.near - b.near)
    const exactly = a.price === b.price || a.price === null || b.price === null ? 0 : compare(a.price, b.price)
    return exactly === 0 ? bySeq(a, b) : direction * exactly
  }
}

/** Creates an empty queue. What a price reaches is found by halving, and costs nothing for what it does not reach. */
export function createRestingOrders(): RestingOrders {
  const places = new Map<Ticket, Place>()
  const sides = new Map<string, SideOfMarket>()
  const expiring = createSortedList<Place>(
    (a, b) => (a.ticket.expiresAt ?? 0) - (b.ticket.expiresAt ?? 0) || a.seq - b.seq,
  )
  let seq = 0

  function sideOf(instrument: string, side: Side): SideOfMarket {
    const key = `${instrument}/${side}`
    const known = sides.get(key)
    if (known !== undefined) return known
    // Buyers stand highest first, sellers lowest first; their stops lie the other way round.
    const [better, nearer] = side === 'buy' ? ([-1, 1] as const) : ([1, -1] as const)
    const made = {
      book: createSortedList(byPrice(better)),
      stops: createSortedList(byPrice(nearer)),
      trailing: createSortedList(bySeq),
      reducing: createSortedList(bySeq),
    }
    sides.set(key, made)
    return made
  }

  function listsOf({ ticket, isAsleep }: Place): readonly SortedList<Place>[] {
    const { instrument, side, trailing, reduceOnly } = ticket.order
    const { book, stops, trailing: trailers, reducing } = sideOf(instrument, side)
    const waits = !isAsleep ? book : trailing === null ? stops : trailers
    return [waits, ...(reduceOnly ? [reducing] : []), ...(ticket.expiresAt === null ? [] : [expiring])]
  }

  function put(ticket: Ticket, at: number): void {
    const { isAsleep, limitPrice, stopPrice, order } = ticket
    const price = isAsleep ? (order.trailing === null ? stopPrice : null) : limitPrice
    const place = { ticket, seq: at, price, near: price === null ? 0 : toNumber(price), isAsleep }
    places.set(ticket, place)
    for (const list of listsOf(place)) list.insert(place)
  }

  function take(ticket: Ticket): Place | undefined {
    const place = places.get(ticket)
    if (place === undefined) return undefined
    for (const list of listsOf(place)) list.remove(place)
    places.delete(ticket)
    return place
  }

  const tickets = (found: readonly Place[]) => found.map(({ ticket }) => ticket)
  const older = (found: readonly Place[]) => tickets(found.toSorted(bySeq))

  return {
    get size() {
      return places.size
    },
    has: (ticket) => places.has(ticket),
    add(ticket) {
      take(ticket)
      put(ticket, seq++)
    },
    delete: (ticket) => void take(ticket),
    refresh(ticket) {
      const before = take(ticket)
      if (before !== undefined) put(ticket, before.seq)
    },
    all: () => older([...places.values()]),
    reaching: (instrument, side, price) =>
      tickets(sideOf(instrument, side).book.while((place) => reaches(side, place.price, price))),
    stirredBy(instrument, side, last) {
      const { stops, trailing } = sideOf(instrument, side)
      const isStirred = ({ ticket, price }: Place) => isReached({ order: ticket.order, stopPrice: price }, last)
      return older([...stops.while(isStirred), ...trailing.while(() => true)])
    },
    reducing: (instrument, side) => tickets(sideOf(instrument, side).reducing.while(() => true)),
    due: (now) => older(expiring.while(({ ticket }) => (ticket.expiresAt ?? now) <= now)),
    nextExpiry: () => expiring.first()?.ticket.expiresAt ?? undefined,
  }
}
