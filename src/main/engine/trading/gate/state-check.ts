import { deny } from '#shared/domain/denial.ts'
import type { Check } from './gate-context.ts'
import { netHolding, onlyReduces } from './reduce-only.ts'

/** What the trading state says: nothing leaves a halted desk, nothing is sent that was decided on in an earlier epoch, and a reducing desk only reduces. */
export const checkTradingState: Check = (order, { latch, book, decidedInEpoch }) => {
  if (latch.state === 'HALTED') return deny('TRADING_HALTED', { since: latch.at, reason: latch.reason })
  if (decidedInEpoch !== latch.epoch)
    return deny('STOPPED_SINCE_DECISION', { decided: decidedInEpoch, now: latch.epoch })
  if (latch.state === 'REDUCING' && !onlyReduces(order, book)) {
    return deny('TRADING_STATE_REDUCING', {
      position: netHolding(book, order.instrument),
      quantity: order.quantity,
    })
  }
  return undefined
}

/** OL-10: where more was filled than ordered nobody knows what else is wrong. What reduces passes. */
export const checkSuspended: Check = (order, { book }) =>
  book.suspended.has(order.instrument) && !onlyReduces(order, book)
    ? deny('INSTRUMENT_SUSPENDED', { instrument: order.instrument, why: 'more was filled than ordered' })
    : undefined
