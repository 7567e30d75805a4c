import { deny } from '#shared/domain/denial.ts'
import { wrongTerms } from '#shared/domain/order-terms.ts'
import { roundToStep, sign } from '#shared/lib/decimal.ts'
import type { Check } from './gate-context.ts'

/** What is said to an order that was sent before. */
export const checkDuplicate: Check = (order, { book, isChange }) => {
  if (isChange) return undefined
  const known = book.orders.get(order.clientOrderId)
  const sentBefore = book.closed.has(order.clientOrderId) || (known !== undefined && known.status !== 'INITIALIZED')
  return sentBefore ? deny('DUPLICATE_INTENT', { clientOrderId: order.clientOrderId }) : undefined
}

/** What is said to an order in what the feed or the mandate does not have, or off the instrument's steps. */
export const checkInstrument: Check = (order, { instrument, mandate }) => {
  if (instrument === undefined) return deny('INSTRUMENT_NOT_FOUND', { instrument: order.instrument })
  if (mandate.instruments.length > 0 && !mandate.instruments.includes(order.instrument)) {
    return deny('INSTRUMENT_NOT_IN_MANDATE', { instrument: order.instrument })
  }
  if (sign(order.quantity) <= 0) return deny('QUANTITY_NOT_POSITIVE', { quantity: order.quantity })
  if (roundToStep(order.quantity, instrument.quantityStep, 'down') !== order.quantity) {
    return deny('QUANTITY_NOT_ON_STEP', { quantity: order.quantity, step: instrument.quantityStep })
  }
  const { priceStep } = instrument
  const price = [order.limitPrice, order.stopPrice].find(
    (each) => each !== null && roundToStep(each, priceStep, 'down') !== each,
  )
  return price === undefined || price === null ? undefined : deny('PRICE_NOT_ON_STEP', { price, step: priceStep })
}

/** Terms that do not fit each other, or the venue (OL-2). */
export const checkTerms: Check = (order, { capabilities, isChange }) => {
  const { type, timeInForce, postOnly, reduceOnly, clientOrderId } = order
  const wrong = wrongTerms(order)
  if (wrong !== undefined) return deny('ORDER_TERMS_INVALID', { wrong })
  const { maximumLength, pattern } = capabilities.clientOrderId
  if (clientOrderId.length > maximumLength || !pattern.test(clientOrderId))
    return deny('ORDER_ID_INVALID', { clientOrderId, maximumLength })
  const unable = !capabilities.orderTypes.includes(type)
    ? type
    : !capabilities.timesInForce.includes(timeInForce)
      ? timeInForce
      : postOnly && !capabilities.postOnly
        ? 'post-only'
        : reduceOnly && !capabilities.reduceOnly
          ? 'reduce-only'
          : isChange && !capabilities.replace
            ? 'a change'
            : undefined
  return unable === undefined ? undefined : deny('ORDER_NOT_SUPPORTED', { unable })
}
