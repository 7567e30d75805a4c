import type { Instrument } from '#shared/domain/instrument.ts'
import type { Fill } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  divide,
  multiply,
  negate,
  roundToStep,
  sign,
  subtract,
  sum,
} from '#shared/lib/decimal.ts'

/** What a close would do, before it is sent; null where it is unavailable. */
export interface CloseEstimate {
  readonly side: 'buy' | 'sell'
  readonly quantity: Decimal
  /** At the last price, in the quote currency. */
  readonly worth: Decimal | null
  /** At the rate that earlier fills of the instrument paid. */
  readonly fee: Decimal | null
  /** Signed, as positions are. */
  readonly after: Decimal
}

/** What was typed as the quantity to close: the quantity, or why it cannot be closed. */
export function readQuantity(
  typed: string,
  position: Pick<PositionView, 'quantity'>,
  instrument: Pick<Instrument, 'base' | 'quantityStep'>,
): { readonly quantity: Decimal; readonly problem: null } | { readonly quantity: null; readonly problem: string } {
  const wrong = (problem: string) => ({ quantity: null, problem })
  const plain = typed.replaceAll(/[\s\u202f]/g, '')
  if (!/^\d*\.?\d+$/.test(plain)) return wrong('Enter a quantity, such as 0.5.')
  const quantity = decimal(plain)
  if (sign(quantity) <= 0) return wrong('Enter more than zero.')
  const held = absolute(position.quantity)
  if (compare(quantity, held) > 0) return wrong(`Only ${held} ${instrument.base} is held.`)
  if (quantity !== held && roundToStep(quantity, instrument.quantityStep, 'down') !== quantity)
    return wrong(`${instrument.base} trades in steps of ${instrument.quantityStep}.`)
  return { quantity, problem: null }
}

/** What closing a quantity (greater than zero) of a position comes to. */
export function closeEstimate(position: PositionView, quantity: Decimal, fills: readonly Fill[]): CloseEstimate {
  const isLong = sign(position.quantity) > 0
  const worth = position.mark === null ? null : multiply(quantity, position.mark)
  const rate = feeRate(fills.filter(({ instrument }) => instrument === position.instrument))
  return {
    side: isLong ? 'sell' : 'buy',
    quantity,
    worth,
    fee: worth === null || rate === null ? null : multiply(worth, rate),
    after: subtract(position.quantity, isLong ? quantity : negate(quantity)),
  }
}

function feeRate(fills: readonly Fill[]): Decimal | null {
  const notional = sum(fills.map(({ price, quantity }) => multiply(price, quantity)))
  return sign(notional) === 0 ? null : divide(sum(fills.map(({ fee }) => fee)), notional)
}
