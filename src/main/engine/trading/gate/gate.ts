import type { Denial } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import { checkExposure } from './exposure-check.ts'
import type { Check, GateContext } from './gate-context.ts'
import { checkMandate, checkRate } from './limits-check.ts'
import { checkNotional } from './notional-check.ts'
import { checkQuote } from './price-check.ts'
import { checkReduceOnly } from './reduce-only.ts'
import { checkSuspended, checkTradingState } from './state-check.ts'
import { checkTail } from './tail-check.ts'
import { checkDuplicate, checkInstrument, checkTerms } from './terms-check.ts'

/** What is asked of every order, in this order: the first denial is the answer. */
const checks: readonly Check[] = [
  checkTradingState,
  checkDuplicate,
  checkInstrument,
  checkTerms,
  checkSuspended,
  checkReduceOnly,
  checkQuote,
  checkNotional,
  checkExposure,
  checkTail,
  checkMandate,
  checkRate,
]

/** The pre-trade gate: undefined lets the order out, a denial says which rule holds it back and by which values. */
export function checkOrder(order: Order, context: GateContext): Denial | undefined {
  for (const check of checks) {
    const denial = check(order, context)
    if (denial !== undefined) return denial
  }
  return undefined
}
