import { executionWords } from './execution-words.ts'
import type { OverrideReason, ReviewOrder, ReviewStatus } from './review.ts'

/** What the statuses are called. */
export const statusWords: Readonly<Record<ReviewStatus, string>> = {
  open: 'waits for you',
  snoozed: 'snoozed',
  edited: 'edited, waits for you',
  asked: 'agents vote again',
  approved: 'approved',
  rejected: 'rejected',
  expired: 'expired: rejected',
  voided: 'void',
}

/** What the reasons for acting against the desk are called. */
export const reasonWords: Readonly<Record<OverrideReason, string>> = {
  NEWS_THE_DESK_LACKS: 'I know something the desk does not',
  EVIDENCE_DOUBTED: 'I doubt the evidence',
  SIZE_TOO_LARGE: 'Too large',
  SIZE_TOO_SMALL: 'Too small',
  PRICE_NOT_RIGHT: 'Not at this price',
  TIMING_NOT_RIGHT: 'Not now',
  RISK_NOT_WANTED: 'I do not want the risk',
  VETO_NOT_SHARED: 'I do not share the veto',
  OTHER: 'Another reason',
}

/** An order in one line: "BUY 0.0123 BTC/USDT at market", "… at 64 000 or better, by TWAP over 30 min". */
export function orderWords({ side, quantity, instrument, limitPrice, execution }: ReviewOrder): string {
  const price = limitPrice === null ? 'at market' : `at ${limitPrice} or better`
  const how = execution === undefined ? '' : `, ${executionWords(execution)}`
  return `${side.toUpperCase()} ${quantity} ${instrument} ${price}${how}`
}
