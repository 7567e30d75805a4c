import type { OrderEvent } from '#engine/trading/orders/order-transitions.ts'
import type { WorkedParent } from '#engine/trading/parents/parent-order-fold.ts'
import type { Order, Side } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import { add, compare, type Decimal, sign, subtract, ZERO } from '#shared/lib/decimal.ts'

export type Leg = 'stop' | 'target'

/**
 * What protects the fills of one entry, as the journal tells it (FIX: one triggers others, of which one cancels the other).
 * An order that is carried out in parts has one for all of them.
 */
export interface Bracket {
  /** The client order id of the entry, or the id of the parent order. */
  readonly parentId: string
  readonly instrument: string
  /** The entry's side. */
  readonly side: Side
  readonly stopPrice: Decimal | null
  readonly targetPrice: Decimal | null
  readonly by: string
  readonly runId: string | null
  readonly proposalId: string | null
  readonly decisionId: string | null
  /** What of the entry is filled, and what its exits have closed of it. */
  readonly filled: Decimal
  readonly exited: Decimal
  /** How many exits were made of each leg. */
  readonly made: Readonly<Record<Leg, number>>
  /** Legs that the trader has taken away by hand: the desk puts no other there. */
  readonly released: readonly Leg[]
}

/** What of the account brackets follow from. */
export interface BracketedBook {
  readonly orders: ReadonlyMap<string, Order>
  readonly positions: ReadonlyMap<string, Position>
  readonly brackets: Map<string, Bracket>
  readonly parents: ReadonlyMap<string, WorkedParent>
}

/** Folds an event of an order into the brackets of its instrument, in place; `before` and `after` are the order around it. */
export function foldBrackets(book: BracketedBook, event: OrderEvent, before: Order | undefined, after: Order): void {
  const { contingency } = after
  const newlyFilled = subtract(after.filledQuantity, before?.filledQuantity ?? ZERO)
  if (contingency?.kind === 'OTO' && newlyFilled !== ZERO) {
    const bracket = bracketOf(book, after)
    book.brackets.set(bracket.parentId, { ...bracket, filled: add(bracket.filled, newlyFilled) })
  }
  if (contingency?.kind === 'OCO') {
    const bracket = book.brackets.get(contingency.parentId)
    if (bracket !== undefined) book.brackets.set(bracket.parentId, withExit(bracket, event, newlyFilled, after))
  }
  letGo(book, after.instrument)
}

/** Lets go of the brackets of an instrument that are over, in place. */
export function letGo(book: BracketedBook, instrument: string): void {
  for (const bracket of book.brackets.values()) {
    if (bracket.instrument === instrument && isOver(book, bracket)) book.brackets.delete(bracket.parentId)
  }
}

/** The bracket that the fills of an entry, or of a part of one, belong to. */
function bracketOf({ brackets }: BracketedBook, order: Order): Bracket {
  const { clientOrderId, instrument, side, by, runId, proposalId, decisionId, contingency } = order
  const { stopPrice, targetPrice } = contingency?.kind === 'OTO' ? contingency : { stopPrice: null, targetPrice: null }
  const parentId = contingency?.parentId ?? clientOrderId
  const known = brackets.get(parentId)
  if (known !== undefined) return known
  return {
    parentId,
    instrument,
    side,
    stopPrice,
    targetPrice,
    by,
    runId,
    proposalId,
    decisionId,
    filled: ZERO,
    exited: ZERO,
    made: { stop: 0, target: 0 },
    released: [],
  }
}

function withExit(bracket: Bracket, event: OrderEvent, newlyFilled: Decimal, exit: Order): Bracket {
  if (exit.contingency?.kind !== 'OCO') return bracket
  const { leg, number } = exit.contingency
  const isReleased = event.kind === 'orderPendingCancel' && event.data.byTrader === true
  return {
    ...bracket,
    ...movedPrices(leg, event),
    exited: add(bracket.exited, newlyFilled),
    made: { ...bracket.made, [leg]: Math.max(bracket.made[leg], number + 1) },
    released: isReleased && !bracket.released.includes(leg) ? [...bracket.released, leg] : bracket.released,
  }
}

/** Where an exit was moved to: what takes its place later is sent there too. */
function movedPrices(leg: Leg, event: OrderEvent): Partial<Pick<Bracket, 'stopPrice' | 'targetPrice'>> {
  if (event.kind !== 'orderUpdated') return {}
  const { stopPrice, limitPrice } = event.data
  if (leg === 'stop') return stopPrice === null ? {} : { stopPrice }
  return limitPrice === null ? {} : { targetPrice: limitPrice }
}

/** True once nothing is left to protect, and nothing that could protect it works. */
function isOver(book: BracketedBook, bracket: Bracket): boolean {
  if (mayStillEnter(book, bracket)) return false
  if (exitsOf(book, bracket.parentId).length > 0) return false
  return compare(bracket.exited, bracket.filled) >= 0 || !isHeld(book, bracket)
}

function mayStillEnter({ orders, parents }: BracketedBook, { parentId }: Bracket): boolean {
  if (orders.has(parentId) || parents.has(parentId)) return true
  return [...orders.values()].some(
    ({ contingency }) => contingency?.kind === 'OTO' && contingency.parentId === parentId,
  )
}

/** True while a position is held on the side of the entry. */
export function isHeld(book: Pick<BracketedBook, 'positions'>, { instrument, side }: Bracket): boolean {
  return sign(book.positions.get(instrument)?.quantity ?? ZERO) === (side === 'buy' ? 1 : -1)
}

/** The exits of an entry, or of all parts of one, that may still fill, the older ones first. */
export function exitsOf(book: Pick<BracketedBook, 'orders'>, parentId: string, leg?: Leg): readonly Order[] {
  return [...book.orders.values()].filter(({ contingency }) => {
    if (contingency?.kind !== 'OCO' || contingency.parentId !== parentId) return false
    return leg === undefined || contingency.leg === leg
  })
}
