import { compare, decimal, sign } from '#shared/lib/decimal.ts'
import type { Order } from './order.ts'

/** The terms of an order that have to fit each other. */
export type OrderTerms = Pick<
  Order,
  'type' | 'timeInForce' | 'limitPrice' | 'stopPrice' | 'trailing' | 'expireAt' | 'postOnly'
>

const wholeBasisPoints = decimal(10_000)

/** Why the terms do not fit each other, as a phrase; undefined when they do. What a market allows is not looked at. */
export function wrongTerms({ type, timeInForce, expireAt, postOnly, ...prices }: OrderTerms): string | undefined {
  const wrongPrice = wrongPrices(type, prices)
  if (wrongPrice !== undefined) return wrongPrice
  if ((timeInForce === 'GTD') !== (expireAt !== null)) return 'GTD, and nothing else, says when it expires'
  const rests = type === 'LIMIT' || type === 'STOP_LIMIT'
  const isAtOnce = timeInForce === 'IOC' || timeInForce === 'FOK'
  if (postOnly && (!rests || isAtOnce)) return 'post-only needs an order that can rest'
  if (isAtOnce && type !== 'MARKET' && type !== 'LIMIT')
    return `a ${type} waits for its stop and cannot be ${timeInForce}`
  return undefined
}

function wrongPrices(
  type: Order['type'],
  { limitPrice, stopPrice, trailing }: Pick<OrderTerms, 'limitPrice' | 'stopPrice' | 'trailing'>,
): string | undefined {
  const hasLimit = type === 'LIMIT' || type === 'STOP_LIMIT'
  const needsStop = type === 'STOP_MARKET' || type === 'STOP_LIMIT'
  const isTrailing = type === 'TRAILING_STOP_MARKET'
  if (hasLimit !== (limitPrice !== null)) return `a ${type} has ${hasLimit ? 'a' : 'no'} limit price`
  if (limitPrice !== null && sign(limitPrice) <= 0) return 'the limit price is not greater than zero'
  if (needsStop && stopPrice === null) return `a ${type} has a stop price`
  if (!needsStop && !isTrailing && stopPrice !== null) return `a ${type} has no stop price`
  if (stopPrice !== null && sign(stopPrice) <= 0) return 'the stop price is not greater than zero'
  if (isTrailing !== (trailing !== null)) return `a ${type} has ${isTrailing ? 'a' : 'no'} trailing offset`
  if (trailing === null) return undefined
  if (sign(trailing.offset) <= 0) return 'the trailing offset is not greater than zero'
  const isTooWide = trailing.kind === 'basisPoints' && compare(trailing.offset, wholeBasisPoints) >= 0
  return isTooWide ? 'the trailing offset is the whole price' : undefined
}
