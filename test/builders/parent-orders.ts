import type { ChildOrder } from '#engine/trading/parents/parent-order-fold.ts'
import type { ExecutionSchedule, ParentOrder } from '#shared/domain/parent-order.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { btc } from './orders.ts'

/** Four looks, a minute apart, an even quarter each; what is given replaces it. */
export function scheduleOf(given: Partial<ExecutionSchedule> = {}): ExecutionSchedule {
  return {
    algorithm: 'twap',
    why: 'for the test',
    intervalMs: 60_000,
    due: [0.25, 0.5, 0.75, 1],
    participation: null,
    displayed: null,
    expectedBps: null,
    ...given,
  }
}

/** An order to buy 4 BTC/USDT in parts that nothing has happened to; what is given replaces it. */
export function parentOf(given: Partial<ParentOrder> = {}): ParentOrder {
  return {
    id: 'parent-1',
    runId: 'run-1',
    proposalId: 'proposal-1',
    decisionId: 'decision-1',
    by: 'executor',
    instrument: btc.id,
    side: 'buy',
    type: 'MARKET',
    quantity: decimal(4),
    limitPrice: null,
    timeInForce: 'IOC',
    reduceOnly: false,
    exits: null,
    epoch: 1,
    schedule: scheduleOf(),
    startedAt: 0,
    endsAt: 240_000,
    benchmark: { decided: null, arrival: null, expectedPrice: null },
    status: 'working',
    reason: null,
    marketAtEnd: null,
    updatedAt: 0,
    ...given,
  }
}

/** A part of 1 BTC; what is given replaces it. */
export function childOf(given: Partial<ChildOrder> = {}): ChildOrder {
  return {
    clientOrderId: `child-${given.index ?? 0}`,
    index: 0,
    quantity: decimal(1),
    filled: ZERO,
    status: 'SUBMITTED',
    limitPrice: null,
    cancelledByTrader: false,
    ...given,
  }
}
