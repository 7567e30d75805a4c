import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import { leavesQuantity, workingQuantity } from '#engine/trading/orders/working.ts'
import { isOpen, type Order } from '#shared/domain/order.ts'
import { absolute, add, compare, type Decimal, maximum, minimum, sign, subtract, ZERO } from '#shared/lib/decimal.ts'
import { type Bracket, type BracketedBook, exitsOf, isHeld, type Leg } from './brackets.ts'

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
