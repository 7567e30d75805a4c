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
  INITIALIZED: { tone: 'off', word: 'Prepared', meaning: 'Made here, not sent yet.' },
  DENIED: { tone: 'bad', word: 'Denied', meaning: 'Our gate said no; it never left.' },
  SUBMITTED: { tone: 'busy', word: 'Sent', meaning: 'Sent; the broker has not answered.' },
  ACCEPTED: { tone: 'good', word: 'Working', meaning: 'Accepted and working at the broker.' },
  REJECTED: { tone: 'bad', word: 'Rejected', meaning: 'The broker said no.' },
  TRIGGERED: { tone: 'good', word: 'Triggered', meaning: 'Its stop price was reached; it works in the market.' },
  PENDING_UPDATE: {
    tone: 'warn',
    word: 'Change sent',
    meaning: 'A change was sent; until the broker confirms it the old terms are in force.',
    edge: 'solid',
  },
  PENDING_CANCEL: {
    tone: 'warn',
    word: 'Cancel sent',
    meaning: 'The desk took the cancel; it is not effective yet and the order may still be filled.',
    edge: 'solid',
  },
  PARTIALLY_FILLED: { tone: 'good', word: 'Part filled', meaning: 'Working; some of it is filled.' },
  FILLED: { tone: 'good', word: 'Filled', meaning: 'All of it is filled.' },
  CANCELED: { tone: 'off', word: 'Cancelled', meaning: 'The broker confirmed the cancel.' },
  EXPIRED: { tone: 'off', word: 'Expired', meaning: 'Its time ran out at the broker.' },
  UNKNOWN: { tone: 'bad', word: 'Unknown', meaning: 'Sent, but what became of it is not known; the desk is asking.' },
}

/** The look of an order; `cancelAsked` while a cancel was asked for here and is not acknowledged (UX-4). */
export function orderLook(status: OrderStatus, cancelAsked: boolean): OrderLook {
  if (cancelAsked && status !== 'CANCELED' && status !== 'PENDING_CANCEL') {
    return { tone: 'busy', word: 'Cancel asked', meaning: 'Waiting for the desk to take the cancel.', edge: 'dashed' }
  }
  return looks[status]
}
