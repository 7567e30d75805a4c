import type { Confirmation, ExecutionReport } from '#shared/domain/execution-report.ts'
import { type Fill, isClosed, type Order, type OrderStatus, type Side } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import { middleOf, type Touch } from '#shared/domain/quote.ts'
import {
  compare,
  type Decimal,
  decimal,
  divide,
  maximum,
  multiply,
  negate,
  sign,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'

/** What a report is made of besides the order. */
export interface ReportContext {
  /** Every fill of the order that stands, in any order. */
  readonly fills: readonly Fill[]
  /** The market now; null where it is not known. */
  readonly market: Touch | null
  readonly now: number
  /** See BrokerCapabilities. */
  readonly settlesAfterMs: number
}

/** What of an order a report is made of. */
type Reported = Pick<
  Order,
  | 'clientOrderId'
  | 'runId'
  | 'instrument'
  | 'side'
  | 'status'
  | 'standing'
  | 'quantity'
  | 'createdAt'
  | 'venueOrderId'
  | 'benchmark'
  | 'marketAtEnd'
  | 'contingency'
>

const bps = decimal(10_000)

/**
 * What carrying the order out came to, so far or in the end. The parts of the shortfall add up to its total exactly: with
 * decision price d, arrival price a, the price e at the end, x filled of X and side s (buy 1, sell -1): delay s x (a - d),
 * trading s (paid - x a), fees, opportunity s (X - x)(e - d) (Perold 1988, "The implementation shortfall"; the delay told
 * apart as in Wagner and Edwards 1993). An exit that did not trade has missed nothing: its other leg did, or nothing was
 * left to protect.
 */
export function reportExecution(
  order: Reported,
  { fills, market, now, settlesAfterMs }: ReportContext,
): ExecutionReport {
  const { clientOrderId, runId, instrument, side, status, quantity, createdAt, venueOrderId, benchmark } = order
  const filledQuantity = sum(fills.map((fill) => fill.quantity))
  const paid = sum(fills.map((fill) => multiply(fill.quantity, fill.price)))
  const averagePrice = sign(filledQuantity) > 0 ? divide(paid, filledQuantity) : null
  const decisionPrice = middle(benchmark?.decided)
  const arrivalPrice = middle(benchmark?.arrival)
  const expectedPrice = benchmark?.expectedPrice ?? null
  const endPrice = middle(isClosed(status) ? order.marketAtEnd : market)
  const missed = order.contingency?.kind === 'OCO' ? ZERO : maximum(subtract(quantity, filledQuantity), ZERO)
  const fillTimes = fills.map(({ at }) => Math.max(0, at - createdAt))
  const settledQuantity = sum(fills.filter(({ at }) => at + settlesAfterMs <= now).map((fill) => fill.quantity))
  const delay = move(side, filledQuantity, decisionPrice, arrivalPrice)
  const trading =
    arrivalPrice === null
      ? noneOf(filledQuantity)
      : signed(side, subtract(paid, multiply(filledQuantity, arrivalPrice)))
  const fees = sum(fills.map(({ fee }) => fee))
  const opportunity = move(side, missed, decisionPrice, endPrice)
  const total =
    delay === null || trading === null || opportunity === null ? null : sum([delay, trading, fees, opportunity])
  return {
    clientOrderId,
    runId,
    instrument,
    side,
    status,
    quantity,
    filledQuantity,
    fillRate: toNumber(divide(filledQuantity, quantity)),
    averagePrice,
    decisionPrice,
    arrivalPrice,
    expectedPrice,
    slippageBps: awayBps(side, averagePrice, arrivalPrice),
    modelSlippageBps: awayBps(side, averagePrice, expectedPrice),
    shortfall: {
      delay,
      trading,
      fees,
      opportunity,
      total,
      bps:
        total === null || decisionPrice === null
          ? null
          : toNumber(multiply(divide(total, multiply(quantity, decisionPrice)), bps)),
    },
    firstFillMs: fillTimes.length === 0 ? null : Math.min(...fillTimes),
    wholeFillMs: compare(filledQuantity, quantity) >= 0 ? Math.max(...fillTimes) : null,
    confirmation: confirmationOf(order, filledQuantity),
    venueOrderId,
    settlesAfterMs,
    settledQuantity,
    unsettledQuantity: subtract(filledQuantity, settledQuantity),
  }
}

const statusOfParent: Readonly<Record<ParentOrder['status'], OrderStatus>> = {
  working: 'ACCEPTED',
  paused: 'ACCEPTED',
  filled: 'FILLED',
  expired: 'EXPIRED',
  cancelled: 'CANCELED',
  stopped: 'CANCELED',
  denied: 'DENIED',
  rejected: 'REJECTED',
}

/** What carrying out an order in parts came to, as one; `fills` are those of all of its children. */
export function reportParent(parent: ParentOrder, context: ReportContext): ExecutionReport {
  const { id, startedAt, status } = parent
  const shown = statusOfParent[status]
  const own = { clientOrderId: id, createdAt: startedAt, venueOrderId: null, contingency: null }
  return reportExecution({ ...parent, ...own, status: shown, standing: shown }, context)
}

function middle(touch: Touch | null | undefined): Decimal | null {
  return touch === null || touch === undefined ? null : middleOf(touch)
}

const signed = (side: Side, amount: Decimal) => (side === 'buy' ? amount : negate(amount))
/** Nothing costs nothing, whatever is not known. */
const noneOf = (quantity: Decimal) => (sign(quantity) === 0 ? ZERO : null)

/** What a quantity costs by the market's move from one price to another. */
function move(side: Side, quantity: Decimal, from: Decimal | null, to: Decimal | null): Decimal | null {
  if (from === null || to === null) return noneOf(quantity)
  return signed(side, multiply(quantity, subtract(to, from)))
}

/** How much worse (+) than a reference a price is, in basis points of the reference. */
function awayBps(side: Side, price: Decimal | null, reference: Decimal | null): number | null {
  if (price === null || reference === null || sign(reference) <= 0) return null
  return toNumber(signed(side, multiply(divide(subtract(price, reference), reference), bps)))
}

function confirmationOf({ standing, venueOrderId }: Reported, filled: Decimal): Confirmation {
  if (standing === 'INITIALIZED' || standing === 'DENIED') return 'notSent'
  if (sign(filled) > 0 || venueOrderId !== null) return 'confirmed'
  if (standing === 'REJECTED') return 'refused'
  return standing === 'UNKNOWN' ? 'unknown' : standing === 'SUBMITTED' ? 'awaited' : 'confirmed'
}
