import type { OrderStatus } from '#shared/domain/order.ts'
import type { Tone } from './status-dot.tsx'

/** How an order's status is shown: a shape with a tone, a word, and what it means. */
export interface OrderLook {
  readonly tone: Tone
  readonly word: string
  readonly meaning: string
  /** Told apart from other looks of the same tone by a border: solid or dashed. */
  readonly edge?: 'solid' | 'dashed'
}

const looks: Readonly<Record<OrderStatus, OrderLook>> = {
  INITIALIZED: { tone: 'off', word: 'Prepared', meaning: 'Created here, not sent yet.' },
  DENIED: { tone: 'bad', word: 'Denied', meaning: 'Denied by our gate; never sent.' },
  SUBMITTED: { tone: 'busy', word: 'Sent', meaning: 'Sent; the broker has not answered.' },
  ACCEPTED: { tone: 'good', word: 'Working', meaning: 'Accepted and working at the broker.' },
  REJECTED: { tone: 'bad', word: 'Rejected', meaning: 'Refused by the broker.' },
  TRIGGERED: { tone: 'good', word: 'Triggered', meaning: 'Its stop price was reached; it is working in the market.' },
  PENDING_UPDATE: {
    tone: 'warn',
    word: 'Change sent',
    meaning: 'A change was sent; the old terms apply until the broker confirms it.',
    edge: 'solid',
  },
  PENDING_CANCEL: {
    tone: 'warn',
    word: 'Cancel sent',
    meaning: 'The desk accepted the cancel; it is not in effect yet, and the order may still be filled.',
    edge: 'solid',
  },
  PARTIALLY_FILLED: { tone: 'good', word: 'Part filled', meaning: 'Working; some of it is filled.' },
  FILLED: { tone: 'good', word: 'Filled', meaning: 'Completely filled.' },
  CANCELED: { tone: 'off', word: 'Cancelled', meaning: 'The broker confirmed the cancel.' },
  EXPIRED: { tone: 'off', word: 'Expired', meaning: 'Its time in force ended at the broker.' },
  UNKNOWN: {
    tone: 'bad',
    word: 'Unknown',
    meaning: 'Sent, but the outcome is not known; the desk keeps asking the broker.',
  },
}

/** The look of an order; `cancelAsked` while a cancel was asked for here and is not acknowledged (UX-4). */
export function orderLook(status: OrderStatus, cancelAsked: boolean): OrderLook {
  if (cancelAsked && status !== 'CANCELED' && status !== 'PENDING_CANCEL') {
    return {
      tone: 'busy',
      word: 'Cancel requested',
      meaning: 'Waiting for the desk to accept the cancel.',
      edge: 'dashed',
    }
  }
  return looks[status]
}
