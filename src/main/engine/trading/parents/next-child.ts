import { povSchedule } from '#engine/portfolio/execution-schedule.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { isClosed, type TimeInForce } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { Touch } from '#shared/domain/quote.ts'
import {
  add,
  compare,
  type Decimal,
  fromNumber,
  maximum,
  minimum,
  multiply,
  roundToStep,
  sign,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import type { ChildOrder, WorkedParent } from './parent-order-fold.ts'

/** What the next part of a parent order depends on. */
export interface ParentNow {
  readonly worked: WorkedParent
  /** Since it was started. */
  readonly elapsedMs: number
  readonly instrument: Instrument
  /** The market; null while it is not known or too old to act on. */
  readonly touch: Touch | null
  /** What others have traded since so much of it was filled: a POV follows that. */
  readonly others: { readonly volume: number; readonly sinceFilled: Decimal }
}

/** What is to be done about a parent order now. */
export type NextChild =
  | { readonly do: 'wait'; readonly untilMs: number }
  | {
      readonly do: 'send'
      readonly index: number
      readonly quantity: Decimal
      readonly limitPrice: Decimal | null
      readonly timeInForce: TimeInForce
    }
  | { readonly do: 'cancel'; readonly child: ChildOrder }
  | { readonly do: 'end'; readonly status: 'filled' | 'expired' | 'cancelled' | 'rejected'; readonly reason: string }

/** A venue that has refused so many parts one after another will refuse the next. */
const mostRejections = 3
/** What was missed is caught up with, but never more than this many of the largest planned parts at once. */
const mostAtOnce = 2

/**
 * What a parent order needs now: at each look at most one child, none while another may still fill, together never more
 * than the whole; what is due by the look and not filled yet is caught up with. After the last look nothing is sent, what
 * rests is cancelled, and what is unfilled is said. It looks only at how things stand, so that a restart, a lost message or
 * a refusal needs nothing special.
 */
export function nextChild(now: ParentNow): NextChild {
  const { worked, elapsedMs, instrument } = now
  const { parent, children } = worked
  const { due, intervalMs, algorithm } = parent.schedule
  const filled = sum(children.map((child) => child.filled))
  const open = children.find(({ status }) => !isClosed(status))
  const left = maximum(subtract(parent.quantity, filled), ZERO)
  const look = Math.floor(elapsedMs / intervalMs)
  const isOver = look >= due.length
  const nextLook = { do: 'wait', untilMs: (look + 1) * intervalMs } as const

  if (open !== undefined) {
    if (algorithm !== 'iceberg' || open.status === 'PENDING_CANCEL' || open.status === 'INITIALIZED') return nextLook
    const isLeftBehind = look > open.index && open.limitPrice !== restingPrice(parent, now)
    return isOver || isLeftBehind ? { do: 'cancel', child: open } : nextLook
  }
  if (sign(left) === 0) return { do: 'end', status: 'filled', reason: 'All of it is filled.' }
  const unfilled = `${filled} of ${parent.quantity} is filled, ${left} is not.`
  if (children.some(({ cancelledByTrader }) => cancelledByTrader))
    return { do: 'end', status: 'cancelled', reason: `The trader cancelled a part of it: ${unfilled}` }
  const lastOnes = children.slice(-mostRejections)
  if (lastOnes.length === mostRejections && lastOnes.every(({ status }) => status === 'REJECTED'))
    return { do: 'end', status: 'rejected', reason: `The venue refused ${mostRejections} parts of it: ${unfilled}` }
  if (isOver) return { do: 'end', status: 'expired', reason: `Its time is over: ${unfilled}` }
  if (now.touch === null) return nextLook

  const price = parent.limitPrice ?? (parent.side === 'buy' ? now.touch.ask : now.touch.bid)
  const canBeSent = (quantity: Decimal) =>
    sign(quantity) > 0 && (parent.reduceOnly || compare(multiply(quantity, price), instrument.minimumNotional) >= 0)
  const whole = roundToStep(left, instrument.quantityStep, 'down')
  if (!canBeSent(whole)) return { do: 'end', status: 'expired', reason: `The rest is too small to send: ${unfilled}` }
  if ((children.at(-1)?.index ?? -1) >= look) return nextLook
  const wanted = minimum(wantedNow(now, look, filled), left)
  const part = roundToStep(maximum(wanted, ZERO), instrument.quantityStep, 'down')
  // A rest that could not be sent by itself goes with this part.
  const quantity = sign(part) > 0 && !canBeSent(subtract(whole, part)) ? whole : part
  if (!canBeSent(quantity)) return nextLook
  return algorithm === 'iceberg'
    ? { do: 'send', index: look, quantity, limitPrice: restingPrice(parent, now), timeInForce: 'GTC' }
    : { do: 'send', index: look, quantity, limitPrice: parent.limitPrice, timeInForce: 'IOC' }
}

/** An iceberg waits at its limit, or where the others of its side wait. */
function restingPrice({ limitPrice, side }: ParentOrder, { touch }: ParentNow): Decimal | null {
  return limitPrice ?? (side === 'buy' ? touch?.bid : touch?.ask) ?? null
}

/** How much is to be traded by now and is not. */
function wantedNow({ worked, others }: ParentNow, look: number, filled: Decimal): Decimal {
  const { quantity, schedule } = worked.parent
  const { due, participation, displayed } = schedule
  if (displayed !== null) return displayed
  if (participation !== null) {
    const part = toNumber(subtract(quantity, others.sinceFilled))
    const [followed = 0] = povSchedule(part, participation, Float64Array.of(others.volume))
    return subtract(add(others.sinceFilled, fromNumber(followed, 12)), filled)
  }
  const planned = due.map((share, index) => share - (due[index - 1] ?? 0))
  const most = multiply(quantity, fromNumber(Math.min(1, mostAtOnce * Math.max(...planned)), 12))
  const missing = subtract(multiply(quantity, fromNumber(due[look] ?? 1, 12)), filled)
  return minimum(missing, most)
}
