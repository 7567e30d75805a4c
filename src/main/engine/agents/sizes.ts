import { type Instrument, isPerpetual } from '#shared/domain/instrument.ts'
import {
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

/** One thing that holds a buy's size down, with the most it allows (in the base currency, 0 or more). */
export interface SizeCap {
  readonly name: string
  readonly quantity: Decimal
}

/** What is left free on top of the price, so that fees never overdraw the account. */
const feeRoom = decimal('1.001')

/** The long quantity held; 0 for none. */
export function heldQuantity({ account }: Pick<Briefing, 'account'>): Decimal {
  const quantity = account.position?.quantity ?? ZERO
  return sign(quantity) > 0 ? quantity : ZERO
}

/** The caps on buying at `entry` with a stop below it. Null where the equity is unavailable. */
export function buyCaps(briefing: Briefing, entry: Decimal, stop: Decimal): readonly SizeCap[] | null {
  const { account, profile, mandate } = briefing
  const { equity, cash } = account
  const distance = subtract(entry, stop)
  if (equity === null || sign(distance) <= 0 || sign(entry) <= 0) return null
  const worth = multiply(heldQuantity(briefing), entry)
  const share = (part: number) => multiply(equity, decimal(part))
  const forMoney = (money: Decimal, price: Decimal) => (sign(money) > 0 ? divide(money, price) : ZERO)
  const { riskRoom } = account
  return [
    ...(riskRoom === null ? [] : [{ name: "the book's value at risk", quantity: forMoney(riskRoom, entry) }]),
    { name: 'the risk per trade', quantity: forMoney(share(profile.riskPerTrade), distance) },
    { name: 'the largest position', quantity: forMoney(subtract(share(profile.maximumPosition), worth), entry) },
    {
      name: isPerpetual(briefing.instrument.id) ? 'the margin' : 'the cash',
      quantity: forMoney(cash, multiply(entry, feeRoom)),
    },
    { name: "the mandate's largest order", quantity: forMoney(mandate.maximumOrderNotional, entry) },
    { name: "the mandate's exposure", quantity: forMoney(subtract(mandate.maximumExposure, worth), entry) },
  ]
}

/** The tightest of some caps. */
export function tightest(caps: readonly SizeCap[]): SizeCap | undefined {
  return caps.reduce<SizeCap | undefined>((least, cap) => {
    return least === undefined || compare(cap.quantity, least.quantity) < 0 ? cap : least
  }, undefined)
}

/** The quantity rounded down to the lot; 0 where it would be worth less than the venue takes. */
export function tradable(quantity: Decimal, price: Decimal, instrument: Instrument): Decimal {
  const lots = roundToStep(quantity, instrument.quantityStep, 'down')
  return sign(lots) > 0 && compare(multiply(lots, price), instrument.minimumNotional) >= 0 ? lots : ZERO
}

/** What a long position of the quantity more or less is worth after the order. */
export function worthAfter(held: Decimal, action: 'buy' | 'sell' | 'hold', quantity: Decimal, price: Decimal): Decimal {
  if (action === 'hold') return multiply(held, price)
  const after = action === 'buy' ? add(held, quantity) : subtract(held, minimum(held, quantity))
  return multiply(after, price)
}
