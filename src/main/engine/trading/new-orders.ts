import type { Sha256 } from '#engine/ports.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { type Fill, type Order, plainTerms, type Side } from '#shared/domain/order.ts'
import { type Decimal, ZERO } from '#shared/lib/decimal.ts'

/** What is to be sent, and what it follows from: the client order id is derived from it (OL-1). */
export interface Intent {
  /** Null for an order that a person gave by hand. */
  readonly runId: string | null
  readonly proposalId: string | null
  /** The decision that it carries out, or the key of what a person asked for. */
  readonly decisionId: string
  readonly by: string
  /** Who is recorded as having given it, and why; default the agent in "by" (KS-6). */
  readonly actor?: Actor
  readonly reason?: string
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
  /** Null for a market order. */
  readonly limitPrice: Decimal | null
  readonly timeInForce: Order['timeInForce']
  readonly reduceOnly: boolean
  /** The epoch of the trading state that it was decided under. */
  readonly epoch: number
}

/** The client order id of an intent: the same intent always has the same id. 20 characters of [0-9a-z], short enough for every venue. */
export function clientOrderIdOf(intent: Intent, sha256: Sha256): string {
  const { decisionId, proposalId, instrument, side } = intent
  return `p${sha256([decisionId, proposalId, instrument, side].join('|')).slice(0, 19)}`
}

/** The order of an intent before anything has happened to it. */
export function orderOfIntent(intent: Intent, clientOrderId: string, nowMs: number): Order {
  const { instrument, side, timeInForce, quantity, limitPrice, reduceOnly, by, runId, proposalId, decisionId } = intent
  return {
    ...plainTerms,
    clientOrderId,
    venueOrderId: null,
    instrument,
    side,
    type: limitPrice === null ? 'MARKET' : 'LIMIT',
    timeInForce,
    quantity,
    limitPrice,
    reduceOnly,
    status: 'INITIALIZED',
    filledQuantity: ZERO,
    averagePrice: null,
    by,
    runId,
    proposalId,
    decisionId,
    createdAt: nowMs,
    updatedAt: nowMs,
    reason: null,
  }
}

/** An order that was not ours and traded on our account all the same (OL-11). */
export function externalOrder({ clientOrderId, instrument, side, quantity, at }: Fill): Order {
  return {
    ...plainTerms,
    clientOrderId,
    venueOrderId: null,
    instrument,
    side,
    type: 'MARKET',
    timeInForce: 'GTC',
    quantity,
    limitPrice: null,
    reduceOnly: false,
    status: 'INITIALIZED',
    filledQuantity: ZERO,
    averagePrice: null,
    by: 'external',
    runId: null,
    proposalId: null,
    decisionId: null,
    createdAt: at,
    updatedAt: at,
    reason: 'Traded on the account from outside the desk',
  }
}
