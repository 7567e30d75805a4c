import { workingQuantity } from '#engine/trading/orders/working.ts'
import { type TradingBook, walletOf } from '#engine/trading/positions/book.ts'
import { isPerpetual, type PerpetualTerms } from '#shared/domain/instrument.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Order, Side } from '#shared/domain/order.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  minimum,
  multiply,
  sign,
  subtract,
  ZERO,
} from '#shared/lib/decimal.ts'
import { feeAllowance } from './fee-allowance.ts'
import { type MarginAccount, type MarkedContract, readMarginAccount } from './margin-account.ts'

/** What the margin of a book is read by. */
export interface MarginReading {
  readonly book: TradingBook
  readonly mandate: Pick<Mandate, 'maximumLeverage'>
  readonly mark: (instrument: string) => Decimal | undefined
  readonly terms: (instrument: string) => PerpetualTerms | undefined
}

/** An order that is not in the book yet, and the price that it is measured by. */
export interface PlannedOrder {
  readonly order: Order
  readonly price: Decimal
}

/** The account as its perpetuals are held now; undefined while a mark or the terms of what is held are missing. */
export function marginOf({ book, mandate, mark, terms }: MarginReading): MarginAccount | undefined {
  const contracts: MarkedContract[] = []
  for (const { instrument, quantity, averagePrice } of book.positions.values()) {
    if (!isPerpetual(instrument) || averagePrice === null) continue
    const [price, perpetual] = [mark(instrument), terms(instrument)]
    if (price === undefined || perpetual === undefined) return undefined
    contracts.push({ instrument, quantity, averagePrice, mark: price, tiers: perpetual.tiers })
  }
  return readMarginAccount(walletOf(book), contracts, mandate.maximumLeverage)
}

/**
 * The account once the planned order and all that works in perpetuals is filled on the side that takes each of them furthest
 * from flat, fees paid. The instrument whose mark or terms are missing otherwise.
 */
export function marginAfter(reading: MarginReading, planned?: PlannedOrder): MarginAccount | string {
  const { book, mandate, mark, terms } = reading
  const working = [...book.orders.values()].filter(
    ({ instrument, clientOrderId }) => isPerpetual(instrument) && clientOrderId !== planned?.order.clientOrderId,
  )
  const orders = planned === undefined ? working : [...working, planned.order]
  const ids = new Set([...book.positions.keys(), ...orders.map(({ instrument }) => instrument)].filter(isPerpetual))
  const contracts: MarkedContract[] = []
  let cash = book.cash
  for (const instrument of ids) {
    const own = orders.filter((order) => order.instrument === instrument)
    const held = book.positions.get(instrument)?.quantity ?? ZERO
    const quantity = furthest(held, own)
    if (sign(held) === 0 && sign(quantity) === 0) continue
    const [now, perpetual] = [mark(instrument), terms(instrument)]
    if (now === undefined || perpetual === undefined) return instrument
    const price = planned?.order.instrument === instrument ? planned.price : now
    const change = subtract(quantity, held)
    cash = subtract(cash, multiply(price, add(change, multiply(absolute(change), feeAllowance))))
    const averagePrice = averageAfter(held, book.positions.get(instrument)?.averagePrice ?? price, quantity, price)
    cash = add(cash, multiply(quantity, averagePrice))
    contracts.push({ instrument, quantity, averagePrice, mark: now, tiers: perpetual.tiers })
  }
  return readMarginAccount(cash, contracts, mandate.maximumLeverage)
}

/**
 * Money that nothing held or working in perpetuals stands on, and that no loss of theirs has used up; the perpetual whose
 * mark or terms are missing otherwise. Working orders on spot are not taken off.
 */
export function freeCash(reading: MarginReading): Decimal | { readonly unpriced: string } {
  const account = marginAfter(reading)
  if (typeof account === 'string') return { unpriced: account }
  return subtract(minimum(account.wallet, account.balance), account.initial)
}

function furthest(held: Decimal, orders: readonly Order[]): Decimal {
  const of = (wanted: Side) => workingQuantity(orders.filter(({ side }) => side === wanted))
  const [most, least] = [add(held, of('buy')), subtract(held, of('sell'))]
  return compare(absolute(most), absolute(least)) >= 0 ? most : least
}

function averageAfter(held: Decimal, average: Decimal, quantity: Decimal, price: Decimal): Decimal {
  if (sign(held) !== sign(quantity)) return price
  if (compare(absolute(quantity), absolute(held)) <= 0) return average
  const cost = add(multiply(held, average), multiply(subtract(quantity, held), price))
  return divide(cost, quantity)
}
