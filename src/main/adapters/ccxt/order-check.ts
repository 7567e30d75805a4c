import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Order } from '#shared/domain/order.ts'
import { wrongTerms } from '#shared/domain/order-terms.ts'
import { compare, type Decimal, multiply, roundToStep, sign } from '#shared/lib/decimal.ts'

/** Why an order is not sent: the venue has nothing of the kind, or this one is wrong. */
export interface Objection {
  readonly code: 'ORDER_NOT_SUPPORTED' | 'ORDER_REJECTED'
  readonly reason: string
}

/**
 * Why an order cannot be sent as it is; undefined when it can. It is looked at before sending because the library rounds
 * what is off the step without a word, and the exchange would get another order than was decided.
 */
export function objectionTo(
  order: Order,
  instrument: Instrument | undefined,
  rules: BrokerCapabilities,
): Objection | undefined {
  const missing = missingIn(rules, order)
  if (missing !== undefined) return { code: 'ORDER_NOT_SUPPORTED', reason: `the exchange takes no ${missing}` }
  const reason = wrongTerms(order) ?? wrongId(order, rules) ?? wrongAmounts(order, instrument)
  return reason === undefined ? undefined : { code: 'ORDER_REJECTED', reason }
}

function missingIn(rules: BrokerCapabilities, { type, timeInForce, postOnly, reduceOnly }: Order): string | undefined {
  if (!rules.orderTypes.includes(type)) return `${type} orders`
  if (!rules.timesInForce.includes(timeInForce)) return `${timeInForce} orders`
  // A stop that is to rest would have to be both.
  if (postOnly && (!rules.postOnly || type !== 'LIMIT')) return `post-only ${type} orders`
  return reduceOnly && !rules.reduceOnly ? 'reduce-only orders' : undefined
}

function wrongId({ clientOrderId: id }: Order, { clientOrderId }: BrokerCapabilities): string | undefined {
  return canBeId(id, clientOrderId) ? undefined : `the exchange takes no id like ${id}`
}

/** True for an id that the exchange could have taken (OL-2). */
export function canBeId(id: string, rule: BrokerCapabilities['clientOrderId']): boolean {
  return id.length <= rule.maximumLength && rule.pattern.test(id)
}

function wrongAmounts(order: Order, instrument: Instrument | undefined): string | undefined {
  if (instrument === undefined) return `${order.instrument} is not traded here`
  const { quantity, limitPrice, stopPrice } = order
  const { quantityStep, priceStep, minimumNotional } = instrument
  if (sign(quantity) <= 0) return `the quantity ${quantity} is not greater than zero`
  if (!isOn(quantity, quantityStep)) return `the quantity ${quantity} is not a multiple of ${quantityStep}`
  for (const price of [limitPrice, stopPrice]) {
    if (price !== null && !isOn(price, priceStep)) return `the price ${price} is not a multiple of ${priceStep}`
  }
  const price = limitPrice ?? stopPrice
  if (price === null) return undefined
  const notional = multiply(price, quantity)
  return compare(notional, minimumNotional) < 0
    ? `${notional} is under the smallest order of ${minimumNotional}`
    : undefined
}

function isOn(value: Decimal, step: Decimal): boolean {
  return roundToStep(value, step, 'down') === value
}
