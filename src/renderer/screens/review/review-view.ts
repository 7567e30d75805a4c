import { formatDecimal, formatDuration, formatMoney, formatPercent } from '#renderer/ui/format.ts'
import type { ReviewItem } from '#shared/contract/reviews.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import { isClosedReview, type Override, type ReviewOrder } from '#shared/domain/review.ts'
import { absolute, add, type Decimal, sign, ZERO } from '#shared/lib/decimal.ts'

/** How long is left, in words that do not hurry: "12 min 05 s left", "less than 10 s left". */
export function leftWords(leftMs: number): string {
  if (leftMs <= 0) return 'no time left'
  return leftMs < 10_000 ? 'less than 10 s left' : `${formatDuration(leftMs)} left`
}

/** Those that wait, the first to expire first, and those that are closed, newest first. */
export function sortReviews(reviews: readonly ReviewItem[]): { waiting: ReviewItem[]; past: ReviewItem[] } {
  const waiting = reviews.filter(({ status }) => !isClosedReview(status))
  return {
    waiting: waiting.toSorted((a, b) => a.leftMs - b.leftMs),
    past: reviews.filter(({ status }) => isClosedReview(status)),
  }
}

/** How old a finding is at a moment: "3 min 05 s old"; what could not be had says so. */
export function ageWords(evidence: Evidence, now: number): string {
  if (evidence.status === 'unavailable') return 'unavailable'
  return `${formatDuration(Math.max(0, now - evidence.asOf))} old`
}

/** A limit and how much of it is used: "12 000.00 of 60 000.00 USDT (20 %)". */
export function limitUseWords(value: Decimal | null, maximum: Decimal, currency: string): string {
  const used = `${formatDecimal(value, { places: 2 })} of ${formatMoney(maximum, currency)}`
  if (value === null) return used
  return `${used} (${formatPercent(Number(value) / Number(maximum), 0, false)})`
}

/** A signed quantity as traders say it: "long 0.25", "short 0.25", or "none". */
export function positionWords(quantity: Decimal): string {
  const side = sign(quantity)
  if (side === 0) return 'none'
  return `${side > 0 ? 'long' : 'short'} ${absolute(quantity)}`
}

/** What protects an order once it is filled: "a stop at 61 200, a target at 68 400". */
export function exitWords({ stopPrice, targetPrice }: NonNullable<ReviewOrder['exits']>): string {
  const priceWords = (price: Decimal) => formatDecimal(price, { places: price.split('.')[1]?.length ?? 0 })
  const words = [
    ...(stopPrice === null ? [] : [`a stop at ${priceWords(stopPrice)}`]),
    ...(targetPrice === null ? [] : [`a target at ${priceWords(targetPrice)}`]),
  ]
  return words.length === 0 ? 'nothing' : words.join(', ')
}

/** What all measured overrides came to together; null where none is measured. */
export function overrideSum(overrides: readonly Override[]): { count: number; desk: Decimal; trader: Decimal } | null {
  const measured = overrides.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]))
  if (measured.length === 0) return null
  return {
    count: measured.length,
    desk: measured.reduce((total, { desk }) => add(total, desk), ZERO),
    trader: measured.reduce((total, { trader }) => add(total, trader), ZERO),
  }
}
