import { leastTailBars } from '#engine/portfolio/book-tail.ts'
import { usualConfidence } from '#engine/portfolio/confidence-levels.ts'
import { workingQuantity } from '#engine/trading/orders/working.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { deny } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import { absolute, add, compare, fromNumber, multiply, sign, subtract, toNumber } from '#shared/lib/decimal.ts'
import type { Check, GateContext } from './gate-context.ts'
import { netHolding, onlyReduces } from './reduce-only.ts'

/** The book's tail after the order; one that cannot be measured counts as over the limit (KS-20). */
export const checkTail: Check = (order, { book, mark, mandate, tail }) => {
  const { maximumValueAtRisk, maximumExpectedShortfall } = mandate
  if ((maximumValueAtRisk === null && maximumExpectedShortfall === null) || onlyReduces(order, book)) return undefined
  const worths = worthsAfter(order, book, mark)
  if (typeof worths === 'string') return deny('QUOTE_UNAVAILABLE', { instrument: worths })
  const after = tail(worths)
  if (after === undefined)
    return deny('VALUE_AT_RISK_UNAVAILABLE', { instruments: [...worths.keys()].join(', '), leastBars: leastTailBars })
  const stands = {
    confidence: `${100 * usualConfidence} %`,
    bars: after.bars,
    timeframe: after.timeframe,
    to: after.to,
  }
  const valueAtRisk = fromNumber(after.valueAtRisk, 2)
  if (maximumValueAtRisk !== null && compare(valueAtRisk, maximumValueAtRisk) > 0)
    return deny('VALUE_AT_RISK_EXCEEDS_MAXIMUM', { valueAtRisk, maximum: maximumValueAtRisk, ...stands })
  const expectedShortfall = fromNumber(after.expectedShortfall, 2)
  return maximumExpectedShortfall !== null && compare(expectedShortfall, maximumExpectedShortfall) > 0
    ? deny('EXPECTED_SHORTFALL_EXCEEDS_MAXIMUM', { expectedShortfall, maximum: maximumExpectedShortfall, ...stands })
    : undefined
}

/** What each instrument would be worth with the order and what works filled on the side that takes it furthest from flat. */
function worthsAfter(order: Order, book: TradingBook, mark: GateContext['mark']): ReadonlyMap<string, number> | string {
  const working = [
    order,
    ...[...book.orders.values()].filter(({ clientOrderId }) => clientOrderId !== order.clientOrderId),
  ]
  const instruments = new Set([...book.positions.keys(), ...working.map(({ instrument }) => instrument)])
  const worths = new Map<string, number>()
  for (const instrument of instruments) {
    const side = (wanted: Order['side']) =>
      workingQuantity(working.filter((other) => other.instrument === instrument && other.side === wanted))
    const held = netHolding(book, instrument)
    const [most, least] = [add(held, side('buy')), subtract(held, side('sell'))]
    const quantity = compare(absolute(most), absolute(least)) >= 0 ? most : least
    if (sign(quantity) === 0) continue
    const price = mark(instrument)
    if (price === undefined) return instrument
    worths.set(instrument, toNumber(multiply(quantity, price)))
  }
  return worths
}
