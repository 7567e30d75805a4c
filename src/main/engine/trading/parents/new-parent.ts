import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { Order } from '#shared/domain/order.ts'
import type { ExecutionSchedule, ParentOrder } from '#shared/domain/parent-order.ts'
import { middleOf, type Touch } from '#shared/domain/quote.ts'
import { add, type Decimal, fromNumber, multiply } from '#shared/lib/decimal.ts'

const bps = 10_000

/** The parent order of an intent that begins at a moment; `whole` is the order that it would be in one. */
export function newParent(
  { epoch, decided }: Intent,
  whole: Order,
  schedule: ExecutionSchedule,
  arrival: Touch | null,
  at: number,
): ParentOrder {
  const { clientOrderId, runId, proposalId, decisionId, by, instrument, side, type, quantity } = whole
  const { limitPrice, timeInForce, reduceOnly, contingency } = whole
  return {
    id: clientOrderId,
    runId,
    proposalId,
    decisionId,
    by,
    instrument,
    side,
    type,
    quantity,
    limitPrice,
    timeInForce,
    reduceOnly,
    exits:
      contingency?.kind === 'OTO' ? { stopPrice: contingency.stopPrice, targetPrice: contingency.targetPrice } : null,
    epoch,
    schedule,
    startedAt: at,
    endsAt: at + schedule.due.length * schedule.intervalMs,
    benchmark: {
      decided: decided === undefined ? arrival : decided,
      arrival,
      expectedPrice: arrival === null ? null : expectedPriceOf(arrival, side, schedule.expectedBps),
    },
    status: 'working',
    reason: null,
    marketAtEnd: null,
    updatedAt: at,
  }
}

/** The average price by the expected cost against the mid price. */
function expectedPriceOf(arrival: Touch, side: ParentOrder['side'], expectedBps: number | null): Decimal | null {
  if (expectedBps === null) return null
  const middle = middleOf(arrival)
  const worse = (side === 'buy' ? expectedBps : -expectedBps) / bps
  return add(middle, multiply(middle, fromNumber(worse, 12)))
}
