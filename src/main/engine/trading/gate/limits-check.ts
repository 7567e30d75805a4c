import { rateWindowMs } from '#engine/trading/positions/book.ts'
import { deny } from '#shared/domain/denial.ts'
import { compare, subtract } from '#shared/lib/decimal.ts'
import type { Check } from './gate-context.ts'
import { onlyReduces } from './reduce-only.ts'

/** What is said once the mandate has expired, or the day has cost more than it allows. */
export const checkMandate: Check = (order, { mandate, book, equity, now }) => {
  if (onlyReduces(order, book)) return undefined
  if (mandate.expiresAt !== null && Math.max(now, book.latestAt) >= mandate.expiresAt)
    return deny('MANDATE_EXPIRED', { expired: mandate.expiresAt })
  // A loss that cannot be computed counts as a breach (KS-20).
  if (equity === undefined || book.day === 0) return deny('DAILY_LOSS_EXCEEDED', { equity: 'unavailable' })
  const loss = subtract(book.dayStartEquity, equity)
  return compare(loss, mandate.maximumDailyLoss) > 0
    ? deny('DAILY_LOSS_EXCEEDED', { loss, maximum: mandate.maximumDailyLoss })
    : undefined
}

/** What reduces may use as much again: entries must not use up the room of their own protection. */
export const checkRate: Check = (order, { book, mandate, now }) => {
  const sent = book.sentAt.filter((at) => at > now - rateWindowMs).length
  const maximum = mandate.ordersPerMinute * (order.reduceOnly && onlyReduces(order, book) ? 2 : 1)
  return sent >= maximum ? deny('RATE_LIMIT_EXCEEDED', { sent, maximum }) : undefined
}
