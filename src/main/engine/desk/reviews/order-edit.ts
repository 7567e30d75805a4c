import type { ExecutionChoice } from '#shared/domain/parent-order.ts'
import type { ReviewOrder } from '#shared/domain/review.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** What of an order the trader may change. */
export interface ReviewEdit {
  readonly quantity: Decimal
  /** Null for a market order. */
  readonly limitPrice: Decimal | null
  /** As it is where nothing is said. */
  readonly execution?: ExecutionChoice | undefined
}

/** The order as the trader changes it. */
export function edited(
  { execution: before, ...order }: ReviewOrder,
  { quantity, limitPrice, execution = before }: ReviewEdit,
): ReviewOrder {
  const type = limitPrice === null ? 'MARKET' : 'LIMIT'
  const changed = { ...order, quantity, limitPrice, type } as const
  if (execution === undefined || execution.algorithm === 'auto') return changed
  // At once there is nothing else to choose.
  return { ...changed, execution: execution.algorithm === 'at-once' ? { algorithm: 'at-once' } : execution }
}

/** Why an order cannot be changed so, in words that go on a sentence; undefined where it can. */
export function wrongEdit(
  { reduceOnly, execution }: ReviewOrder,
  price: Decimal | undefined,
  isTheSame: boolean,
): string | undefined {
  if (price === undefined) return 'there is no price to judge it by'
  if (reduceOnly && execution?.algorithm === 'iceberg')
    return 'what reduces must not wait in the book, as an iceberg does'
  return isTheSame ? 'it is the order that is there already' : undefined
}
