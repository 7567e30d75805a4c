import { tierOf } from '#engine/trading/margin-tiers.ts'
import type { Instrument, PerpetualTerms } from '#shared/domain/instrument.ts'
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
  const { perpetual } = briefing.instrument
  return [
    ...(riskRoom === null ? [] : [{ name: "the book's value at risk", quantity: forMoney(riskRoom, entry) }]),
    { name: 'the risk per trade', quantity: forMoney(share(profile.riskPerTrade), distance) },
    { name: 'the largest position', quantity: forMoney(subtract(share(profile.maximumPosition), worth), entry) },
    ...(perpetual === undefined
      ? [{ name: 'the cash', quantity: forMoney(cash, multiply(entry, feeRoom)) }]
      : contractCaps(briefing, perpetual, entry, distance)),
    { name: "the mandate's largest order", quantity: forMoney(mandate.maximumOrderNotional, entry) },
    { name: "the mandate's exposure", quantity: forMoney(subtract(mandate.maximumExposure, worth), entry) },
  ]
}

/**
 * Of a perpetual what the free margin opens, and what keeps the stop before the liquidation price with the mandate's buffer
 * to spare: free / quantity - entry x rate, the way there for each coin, is at least distance / (1 - buffer). The rate is that
 * of the largest position that the mandate allows.
 */
function contractCaps(
  { account, mandate }: Briefing,
  { tiers }: PerpetualTerms,
  entry: Decimal,
  distance: Decimal,
): readonly SizeCap[] {
  const most = decimal(mandate.maximumLeverage)
  const free = sign(account.cash) > 0 ? divide(account.cash, most) : ZERO
  const { maintenanceRate } = tierOf(tiers, mandate.maximumExposure)
  const wayThere = divide(distance, decimal(1 - mandate.liquidationBuffer))
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
