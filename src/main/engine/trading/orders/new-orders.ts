import type { Sha256 } from '#engine/ports/sha256.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { type Contingency, type Fill, type Order, plainTerms, type Side, type Trailing } from '#shared/domain/order.ts'
import type { ExecutionChoice } from '#shared/domain/parent-order.ts'
import type { Touch } from '#shared/domain/quote.ts'
import { type Decimal, ZERO } from '#shared/lib/decimal.ts'

/** What is to be sent, and what it follows from: the client order id is derived from it (OL-1). */
export interface Intent {
  /** Null for an order that a person gave by hand. */
  readonly runId: string | null
  readonly proposalId: string | null
  /** The decision that it carries out, or the key of what a person asked for. */
  readonly decisionId: string | null
  readonly by: string
  /** Who is recorded as having given it, and why; default the agent in "by" (KS-6). */
  readonly actor?: Actor
  readonly reason?: string
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
  /** With neither price nor trailing offset it is a market order; with both a stop-limit order. */
  readonly limitPrice: Decimal | null
  readonly stopPrice?: Decimal | null
  readonly trailing?: Trailing
  readonly timeInForce: Order['timeInForce']
  /** Epoch milliseconds; for GTD. */
  readonly expireAt?: number
  readonly postOnly?: boolean
  readonly reduceOnly: boolean
  /** What is to protect an entry once it is filled. */
  readonly exits?: { readonly stopPrice: Decimal | null; readonly targetPrice: Decimal | null }
  /** The entry that it is an exit of; the number tells later ones of the same leg apart. */
  readonly exitOf?: { readonly parentId: string; readonly leg: 'stop' | 'target'; readonly number: number }
  /** The parent order that it is a part of, and the look of its schedule that sends it. */
  readonly sliceOf?: NonNullable<Order['sliceOf']>
  /** How the trader approved that it is carried out: so or not at all. */
  readonly execution?: ExecutionChoice
  /** The market when it was decided on, where that was not just now. */
  readonly decided?: Touch | null
  /** The epoch of the trading state that it was decided under. */
  readonly epoch: number
}

/** The client order id of an intent: the same intent always has the same id. 20 characters of [0-9a-z], short enough for every venue. */
export function clientOrderIdOf(intent: Intent, sha256: Sha256): string {
  const { decisionId, proposalId, instrument, side, exitOf, sliceOf } = intent
  if (exitOf !== undefined) return exitIdOf(exitOf, sha256)
  if (sliceOf !== undefined) return idOf([sliceOf.parentId, 'slice', String(sliceOf.index)], sha256)
  return idOf([decisionId ?? '', proposalId ?? '', instrument, side], sha256)
}

function exitIdOf({ parentId, leg, number }: NonNullable<Intent['exitOf']>, sha256: Sha256): string {
  return idOf([parentId, leg, String(number)], sha256)
}

function idOf(parts: readonly string[], sha256: Sha256): string {
  return `p${sha256(parts.join('|')).slice(0, 19)}`
}

/** The order of an intent before anything has happened to it. */
export function orderOfIntent(intent: Intent, clientOrderId: string, nowMs: number, sha256: Sha256): Order {
  const { instrument, side, timeInForce, quantity, limitPrice, reduceOnly, by, runId, proposalId, decisionId } = intent
  return {
    ...plainTerms,
    clientOrderId,
    venueOrderId: null,
    instrument,
    side,
    type: typeOf(intent),
    timeInForce,
    quantity,
    limitPrice,
    stopPrice: intent.stopPrice ?? null,
    trailing: intent.trailing ?? null,
    expireAt: intent.expireAt ?? null,
    postOnly: intent.postOnly ?? false,
    reduceOnly,
    contingency: contingencyOf(intent, clientOrderId, sha256),
    sliceOf: intent.sliceOf ?? null,
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

function typeOf({ limitPrice, stopPrice = null, trailing }: Intent): Order['type'] {
  if (trailing !== undefined) return 'TRAILING_STOP_MARKET'
  if (stopPrice !== null) return limitPrice === null ? 'STOP_MARKET' : 'STOP_LIMIT'
  return limitPrice === null ? 'MARKET' : 'LIMIT'
}

function contingencyOf({ exits, exitOf, sliceOf }: Intent, clientOrderId: string, sha256: Sha256): Contingency | null {
  if (exitOf !== undefined) {
    const leg = exitOf.leg === 'stop' ? 'target' : 'stop'
    return { kind: 'OCO', ...exitOf, linkedIds: [exitIdOf({ ...exitOf, leg }, sha256)] }
  }
  if (exits === undefined || (exits.stopPrice === null && exits.targetPrice === null)) return null
  const legs = [
    ...(exits.stopPrice === null ? [] : (['stop'] as const)),
    ...(exits.targetPrice === null ? [] : (['target'] as const)),
  ]
  const parentId = sliceOf?.parentId ?? clientOrderId
  const linkedIds = legs.map((leg) => exitIdOf({ parentId, leg, number: 0 }, sha256))
  return { kind: 'OTO', ...exits, ...(sliceOf !== undefined && { parentId }), linkedIds }
}

/** An order that was not ours and traded on our account all the same (OL-11). */
export function externalOrder({ clientOrderId, instrument, side, quantity, at, liquidation }: Fill): Order {
  const isLiquidation = liquidation === true
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
    reduceOnly: isLiquidation,
    status: 'INITIALIZED',
    filledQuantity: ZERO,
    averagePrice: null,
    by: isLiquidation ? 'venue' : 'external',
    runId: null,
    proposalId: null,
    decisionId: null,
    createdAt: at,
    updatedAt: at,
    reason: isLiquidation
      ? 'Closed by the venue: the margin of what was held was used up'
      : 'Traded on the account from outside the desk',
  }
}
