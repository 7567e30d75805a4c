import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import type { OrderEvent } from '#engine/trading/orders/order-transitions.ts'
import { leavesQuantity, workingQuantity } from '#engine/trading/orders/working.ts'
import type { WorkedParent } from '#engine/trading/parents/parent-order-fold.ts'
import { isOpen, type Order, type Side } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import { absolute, add, compare, type Decimal, maximum, minimum, sign, subtract, ZERO } from '#shared/lib/decimal.ts'

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

function isHeld(book: BracketedBook, { instrument, side }: Bracket): boolean {
  return sign(book.positions.get(instrument)?.quantity ?? ZERO) === (side === 'buy' ? 1 : -1)
}

/** The exits of an entry, or of all parts of one, that may still fill, the older ones first. */
export function exitsOf(book: Pick<BracketedBook, 'orders'>, parentId: string, leg?: Leg): readonly Order[] {
  return [...book.orders.values()].filter(({ contingency }) => {
    if (contingency?.kind !== 'OCO' || contingency.parentId !== parentId) return false
    return leg === undefined || contingency.leg === leg
  })
}

/** What is to be done so that the working exits are those that the brackets ask for. */
export type Duty =
  | {
      readonly kind: 'place'
      readonly bracket: Bracket
      readonly leg: Leg
      readonly quantity: Decimal
      readonly timeInForce: 'GTC' | 'IOC'
    }
  | {
      readonly kind: 'resize'
      readonly bracket: Bracket
      readonly leg: Leg
      readonly exit: Order
      readonly quantity: Decimal
    }
  | { readonly kind: 'cancel'; readonly bracket: Bracket; readonly leg: Leg; readonly exit: Order }

/** What exits follow from beside the account. */
export interface ExitRules {
  readonly capabilities: BrokerCapabilities
  /** True while the exits of an instrument step aside for another way out. */
  readonly stepAside: (instrument: string) => boolean
  /** True while the market offers the target, and it can be taken: asked where the stop and the target cannot both rest. */
  readonly isTargetOffered: (bracket: Bracket) => boolean
  /** True for what the venue would not take as an order of its own. */
  readonly isTooSmall: (bracket: Bracket, leg: Leg, quantity: Decimal) => boolean
}

/** Where no order can be changed an exit grows by others beside it: so many of a leg, since venues bound them by market. */
const mostBesideEachOther = 3

/**
 * What brackets ask for now: of every entry a stop and a target that cover what is filled of it and not exited yet, and
 * of an exited one none. Together they never cover more than is held: what was sold otherwise is taken off the newest
 * brackets. Where the venue cannot change an order, what an exit lacks is put beside it, and what is too much is taken away
 * first. Where it holds what is for sale the stop rests alone, and makes way for the target while that is offered. It looks
 * only at how things stand, so that a restart, a lost message or a refusal leaves nothing behind.
 */
export function bracketDuties(book: BracketedBook, rules: ExitRules): readonly Duty[] {
  const left = new Map([...book.positions].map(([instrument, { quantity }]) => [instrument, absolute(quantity)]))
  const duties: Duty[] = []
  for (const bracket of book.brackets.values()) {
    const open = maximum(subtract(bracket.filled, bracket.exited), ZERO)
    const there = isHeld(book, bracket) ? (left.get(bracket.instrument) ?? ZERO) : ZERO
    const covered = minimum(open, there)
    left.set(bracket.instrument, subtract(left.get(bracket.instrument) ?? ZERO, covered))
    const wanted = rules.stepAside(bracket.instrument) ? ZERO : covered
    for (const leg of ['stop', 'target'] as const) duties.push(...legDuties(book, bracket, leg, wanted, rules))
  }
  return duties
}

function legDuties(
  book: BracketedBook,
  bracket: Bracket,
  leg: Leg,
  covered: Decimal,
  rules: ExitRules,
): readonly Duty[] {
  const exits = exitsOf(book, bracket.parentId, leg)
  const alone = legThatRestsAlone(bracket, rules)
  if (covered === ZERO || (alone ?? leg) !== leg) return exits.flatMap((exit) => cancelDuty(bracket, leg, exit))
  const mayPlace =
    isWanted(bracket, leg) && (alone === undefined || exitsOf(book, bracket.parentId).length === exits.length)
  // A target in the place of a stop is taken at once or not at all.
  const timeInForce = alone === 'target' && isWanted(bracket, 'stop') ? 'IOC' : 'GTC'
  const place = (quantity: Decimal): readonly Duty[] =>
    mayPlace ? [{ kind: 'place', bracket, leg, quantity, timeInForce }] : []
  if (exits.length === 0) return place(covered)
  if (rules.capabilities.replace) return changedExits(bracket, leg, exits, covered)

  // What stands stays, so that nothing is unprotected while it grows; the change to come is made by one at a time.
  if (exits.some(({ status }) => status === 'PENDING_CANCEL')) return []
  const missing = subtract(covered, workingQuantity(exits))
  if (missing === ZERO) return []
  if (sign(missing) < 0) return exits.slice(-1).flatMap((exit) => cancelDuty(bracket, leg, exit))
  if (!mayPlace) return []
  if (exits.length < mostBesideEachOther && !rules.isTooSmall(bracket, leg, missing)) return place(missing)
  // What is missing joins the smallest of them, which is taken away for that: the others protect meanwhile.
  const [smallest] = exits.toSorted((a, b) => compare(leavesQuantity(a), leavesQuantity(b)))
  return smallest === undefined ? [] : cancelDuty(bracket, leg, smallest)
}

/** One exit, changed to what is covered: its old quantity is in force until the venue has taken the new one. */
function changedExits(bracket: Bracket, leg: Leg, exits: readonly Order[], covered: Decimal): readonly Duty[] {
  const [exit, ...more] = exits
  const surplus = more.flatMap((each) => cancelDuty(bracket, leg, each))
  if (exit === undefined) return surplus
  const quantity = add(exit.filledQuantity, covered)
  if (exit.quantity === quantity || !isOpen(exit.status)) return surplus
  return [{ kind: 'resize', bracket, leg, exit, quantity }, ...surplus]
}

function cancelDuty(bracket: Bracket, leg: Leg, exit: Order): readonly Duty[] {
  const cannot = exit.status === 'PENDING_CANCEL' || exit.status === 'INITIALIZED'
  return cannot ? [] : [{ kind: 'cancel', bracket, leg, exit }]
}

/** The leg that works where two would need the position twice; undefined where both can. */
function legThatRestsAlone(bracket: Bracket, { capabilities, isTargetOffered }: ExitRules): Leg | undefined {
  if (capabilities.reduceOnly && !capabilities.holdsForSale) return undefined
  if (!isWanted(bracket, 'target')) return 'stop'
  return !isWanted(bracket, 'stop') || isTargetOffered(bracket) ? 'target' : 'stop'
}

function isWanted({ stopPrice, targetPrice, released }: Bracket, leg: Leg): boolean {
  return (leg === 'stop' ? stopPrice : targetPrice) !== null && !released.includes(leg)
}
