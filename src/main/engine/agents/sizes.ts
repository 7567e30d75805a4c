import { tierOf } from '#engine/trading/margin/margin-tiers.ts'
import { type Instrument, isPerpetual, type PerpetualTerms } from '#shared/domain/instrument.ts'
import type { Action } from '#shared/domain/proposal.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  minimum,
  multiply,
  roundToStep,
  sign,
  subtract,
  ZERO,
} from '#shared/lib/decimal.ts'
import type { Briefing } from './seat.ts'

/** One thing that holds an entry's size down, with the most it allows (in the base currency, 0 or more). */
export interface SizeCap {
  readonly name: string
  readonly quantity: Decimal
}

/** What is left free on top of the price for fees, so that they never overdraw the account. */
const feeRoom = decimal('1.001')

/** What is left free below a limit that the gate keeps: the price moves on between a proposal and its order. */
const driftRoom = decimal('1.005')

/** What of the account tells what is held. */
export interface Held {
  readonly account: Pick<Briefing['account'], 'position'>
}

/** What is held, below zero for a short position; 0 for none. */
export function positionOf({ account }: Held): Decimal {
  return account.position?.quantity ?? ZERO
}

/** The long quantity held; 0 for none. */
export function heldQuantity(briefing: Held): Decimal {
  const quantity = positionOf(briefing)
  return sign(quantity) > 0 ? quantity : ZERO
}

/** True for a trade that opens a position or adds to it: a purchase, and of a perpetual, which can be sold short, a sale too. */
export function isEntry({ action, instrument }: { action: Action; instrument: string }, position: Decimal): boolean {
  if (action === 'hold') return false
  if (!isPerpetual(instrument)) return action === 'buy'
  return action === 'buy' ? sign(position) >= 0 : sign(position) <= 0
}

/** 1 for what gains as the price rises, -1 for what gains as it falls, 0 for neither. */
export function directionOf(action: Action): 1 | -1 | 0 {
  return action === 'hold' ? 0 : action === 'buy' ? 1 : -1
}

/** What a position loses for each coin between two prices; below zero where it gains. */
export function lossBetween(action: Action, entry: Decimal, level: Decimal): Decimal {
  return action === 'sell' ? subtract(level, entry) : subtract(entry, level)
}

/** What the venue takes of a price for what protects an entry: the stop no nearer than meant, the target no further. */
export function exitPrice(action: Action, price: Decimal, { priceStep }: Pick<Instrument, 'priceStep'>): Decimal {
  return roundToStep(price, priceStep, action === 'sell' ? 'up' : 'down')
}

/** The caps on an entry with a stop on its losing side. Null where the equity is unavailable. */
export function entryCaps(
  briefing: Briefing,
  action: 'buy' | 'sell',
  entry: Decimal,
  stop: Decimal,
): readonly SizeCap[] | null {
  const { account, profile, mandate } = briefing
  const { equity, cash } = account
  const distance = lossBetween(action, entry, stop)
  if (equity === null || sign(distance) <= 0 || sign(entry) <= 0) return null
  const worth = multiply(absolute(positionOf(briefing)), entry)
  const share = (part: number) => multiply(equity, decimal(part))
  const forMoney = (money: Decimal, price: Decimal) => (sign(money) > 0 ? divide(money, price) : ZERO)
  const riskRoom = action === 'buy' ? account.riskRoom : account.shortRoom
  const { perpetual } = briefing.instrument
  const dearest = multiply(entry, driftRoom)
  return [
    ...(riskRoom === null ? [] : [{ name: "the book's value at risk", quantity: forMoney(riskRoom, dearest) }]),
    { name: 'the risk per trade', quantity: forMoney(share(profile.riskPerTrade), distance) },
    { name: 'the largest position', quantity: forMoney(subtract(share(profile.maximumPosition), worth), entry) },
    ...(perpetual === undefined
      ? [{ name: 'the cash', quantity: forMoney(cash, multiply(dearest, feeRoom)) }]
      : contractCaps(briefing, perpetual, action, entry, distance)),
    { name: "the mandate's largest order", quantity: forMoney(mandate.maximumOrderNotional, dearest) },
    { name: "the mandate's exposure", quantity: forMoney(subtract(mandate.maximumExposure, worth), dearest) },
  ]
}

/**
 * Of a perpetual what the free margin opens, and what keeps the stop before the liquidation price with the mandate's buffer
 * to spare: free / quantity - entry x rate, the way there for each coin, is at least distance / (1 - buffer), of a short
 * position that and its margin. The rate is that of the largest position that the mandate allows.
 */
function contractCaps(
  { account, mandate }: Briefing,
  { tiers }: PerpetualTerms,
  action: 'buy' | 'sell',
  entry: Decimal,
  distance: Decimal,
): readonly SizeCap[] {
  const most = decimal(mandate.maximumLeverage)
  const free = sign(account.cash) > 0 ? divide(account.cash, most) : ZERO
  const { maintenanceRate } = tierOf(tiers, mandate.maximumExposure)
  const way = divide(distance, decimal(1 - mandate.liquidationBuffer))
  // The margin that must stay grows with the price: a rise takes a short position there sooner.
  const wayThere = action === 'buy' ? way : multiply(way, add(decimal(1), maintenanceRate))
  return [
    { name: 'the margin', quantity: divide(multiply(free, most), multiply(entry, feeRoom)) },
    {
      name: 'the distance to liquidation',
      quantity: divide(free, add(wayThere, multiply(entry, add(maintenanceRate, subtract(feeRoom, decimal(1)))))),
    },
  ]
}

/** The tightest of some caps. */
export function tightest(caps: readonly SizeCap[]): SizeCap | undefined {
  return caps.reduce<SizeCap | undefined>((least, cap) => {
    return least === undefined || compare(cap.quantity, least.quantity) < 0 ? cap : least
  }, undefined)
}

/** What the position is worth after a trade, below zero for a short one: what reduces it never turns it round. */
export function worthAfter(
  briefing: Pick<Briefing, 'instrument'> & Held,
  action: Action,
  quantity: Decimal,
  price: Decimal,
): Decimal {
  const position = positionOf(briefing)
  const traded = isEntry({ action, instrument: briefing.instrument.id }, position)
    ? quantity
    : minimum(quantity, absolute(position))
  const after = action === 'hold' ? position : action === 'buy' ? add(position, traded) : subtract(position, traded)
  return multiply(after, price)
}
