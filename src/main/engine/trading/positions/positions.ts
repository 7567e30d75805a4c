import type { Fill } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  minimum,
  multiply,
  negate,
  sign,
  subtract,
  ZERO,
} from '#shared/lib/decimal.ts'

/** A position before its first fill. */
export function flatPosition(instrument: string, at: number): Position {
  return { instrument, quantity: ZERO, averagePrice: null, realised: ZERO, fees: ZERO, updatedAt: at }
}

/** What a fill adds to a position: positive for a buy, negative for a sell. */
export function signedQuantity(fill: Pick<Fill, 'side' | 'quantity'>): Decimal {
  return fill.side === 'buy' ? fill.quantity : negate(fill.quantity)
}

/** The position after a fill, at average cost; a fill that crosses zero realises the old side and opens the new one. */
export function applyFill(position: Position, fill: Fill): Position {
  const change = signedQuantity(fill)
  const quantity = add(position.quantity, change)
  const held = position.averagePrice ?? fill.price
  const adds = sign(position.quantity) === 0 || sign(position.quantity) === sign(change)
  const closed = adds ? ZERO : minimum(absolute(position.quantity), fill.quantity)
  const gain = multiply(
    multiply(closed, subtract(fill.price, held)),
    position.quantity.startsWith('-') ? negate(one) : one,
  )
  return {
    ...position,
    quantity,
    averagePrice: averageAfter(position, fill, quantity, adds),
    realised: add(position.realised, gain),
    fees: add(position.fees, fill.fee),
    updatedAt: fill.at,
  }
}

/**
 * The position without a fill that was booked before (a trade bust). Quantity, fees and equity are exactly as if it had
 * never been; how the gain divides into realised and unrealised may differ where positions were closed since, for at
 * average cost the order of fills matters and is not kept.
 */
export function undoFill(position: Position, fill: Fill, at: number): Position {
  const fees = subtract(position.fees, fill.fee)
  const isSameSide = sign(position.quantity) === sign(signedQuantity(fill))
  const left = subtract(absolute(position.quantity), fill.quantity)
  if (!isSameSide || sign(left) <= 0 || position.averagePrice === null) {
    const opposite = { ...fill, side: fill.side === 'buy' ? 'sell' : 'buy', fee: ZERO } as const
    return { ...applyFill(position, opposite), fees, updatedAt: at }
  }
  const cost = multiply(absolute(position.quantity), position.averagePrice)
  const averagePrice = divide(subtract(cost, multiply(fill.quantity, fill.price)), left)
  const quantity = subtract(position.quantity, signedQuantity(fill))
  return { ...position, quantity, averagePrice, fees, updatedAt: at }
}

const one = '1' as Decimal

function averageAfter(position: Position, fill: Fill, quantity: Decimal, adds: boolean): Decimal | null {
  if (sign(quantity) === 0) return null
  if (adds) {
    const cost = add(
      multiply(absolute(position.quantity), position.averagePrice ?? ZERO),
      multiply(fill.quantity, fill.price),
    )
    return divide(cost, absolute(quantity))
  }
  const flipped = compare(fill.quantity, absolute(position.quantity)) > 0
  return flipped ? fill.price : position.averagePrice
}

/** What a fill does to cash in the quote currency: -price x quantity - fee for a buy, +price x quantity - fee for a sell. */
export function cashChange(fill: Fill): Decimal {
  return subtract(negate(multiply(signedQuantity(fill), fill.price)), fill.fee)
}

/** Gain or loss of what is held at a mark, before fees. */
export function unrealised(position: Position, mark: Decimal): Decimal {
  return position.averagePrice === null ? ZERO : multiply(position.quantity, subtract(mark, position.averagePrice))
}
