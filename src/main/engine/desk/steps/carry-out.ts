import type { OrderToSchedule, ScheduledOrder } from '#engine/agents/seats/schedule-order.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import { barSeries, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { executionWords } from '#shared/domain/execution-words.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import { type ExecutionChoice, isAsChosen, type ParentOrder } from '#shared/domain/parent-order.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { errorCode, ParleyError } from '#shared/lib/error.ts'

/** What carrying an intent out came to. */
export interface CarriedOut {
  /** The client order id, or the id of the parent order. */
  readonly clientOrderId: string
  readonly status: string
  readonly text: string
}

/** What carrying out asks of the run that it is for. */
export interface CarryOutRun {
  /** Asks the executor how to do it. */
  readonly choose: () => Promise<ScheduledOrder>
  /** Says in the conversation how it is done. */
  readonly say: (text: string) => Promise<unknown>
}

/** A market order is filled within seconds; what is not by then is left to the order's own life. */
const orderTakesMs = 60_000

/**
 * Carries an intent out: in parts where the executor chooses so, else as one order. Taken up by a new process, it goes on
 * with what was sent already. Rejects with EXECUTION_NOT_AS_APPROVED where it cannot be carried out as the trader approved. When the signal aborts, what is carried out in parts is ended.
 */
export async function carryOut(
  parts: DeskParts,
  intent: Intent,
  signal: AbortSignal,
  run: CarryOutRun,
): Promise<CarriedOut> {
  const { parentOrders, orders } = parts
  let parent = parentOrders.of(intent)
  if (parent === undefined && orders.of(intent) === undefined) {
    const { schedule, why } = await chosen(run)
    signal.throwIfAborted()
    // Protection steps aside for a part that reduces: such a part must not wait in the book.
    const isUsable = schedule !== null && !(intent.reduceOnly && schedule.algorithm === 'iceberg')
    const { execution } = intent
    if (execution !== undefined && !isAsChosen(isUsable ? schedule : null, execution)) {
      throw new ParleyError(
        'EXECUTION_NOT_AS_APPROVED',
        `Nothing is sent: it was approved to go out ${executionWords(execution)}, which cannot be done now. ${why}`.trim(),
        { retry: 'definitive', wayOut: 'Have the desk decide again, and let the executor choose or choose otherwise.' },
      )
    }
    if (isUsable) {
      await run.say(why)
      signal.throwIfAborted()
      parent = await parentOrders.begin(intent, schedule)
    }
  }
  if (parent !== undefined) return inParts(parts, parent, signal)
  const order = await inTime(parts.clock, signal, (soon) => asOne(parts, intent, soon))
  const { clientOrderId, status, side, filledQuantity, quantity, averagePrice, reason, instrument } = order
  const text =
    status === 'FILLED'
      ? `Filled: ${side} ${filledQuantity} ${instrument} at ${averagePrice}.`
      : `The order ended ${status} with ${filledQuantity} of ${quantity} filled${reason === null ? '' : `: ${reason}`}.`
  return { clientOrderId, status, text }
}

/** An executor that fails or says nonsense keeps nobody from an order that was decided on. */
async function chosen({ choose }: CarryOutRun): Promise<ScheduledOrder> {
  try {
    return await choose()
  } catch (error) {
    if (errorCode(error) === 'ANSWER_LATE') throw error
    return { schedule: null, why: '' }
  }
}

async function inParts({ parentOrders }: DeskParts, { id }: ParentOrder, signal: AbortSignal): Promise<CarriedOut> {
  try {
    const { status, reason, side, quantity, instrument } = await parentOrders.ended(id, signal)
    return {
      clientOrderId: id,
      status,
      text: `The order in parts to ${side} ${quantity} ${instrument} is ${status}. ${reason}`,
    }
  } catch (error) {
    await parentOrders.cancel(id, { kind: 'system', id: 'executions' }, 'The run that it was for was ended.')
    throw error
  }
}

/** What exits protect is closed without them: they are taken away first, and come back for what is left. */
async function asOne(parts: DeskParts, intent: Intent, signal: AbortSignal): Promise<Order> {
  const protectAgain = intent.reduceOnly ? await parts.protection.standDown(intent.instrument, signal) : () => {}
  try {
    const sent = await parts.orders.submit(intent)
    return isClosed(sent.status) ? sent : await parts.orders.closed(sent.clientOrderId, signal)
  } finally {
    protectAgain()
  }
}

async function inTime<T>(clock: Clock, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const patience = new AbortController()
  const forget = clock.after(orderTakesMs, () =>
    patience.abort(
      new ParleyError(
        'STEP_TIMED_OUT',
        `The order is not filled within ${orderTakesMs / 1_000} s: it goes on by itself.`,
      ),
    ),
  )
  try {
    return await work(AbortSignal.any([signal, patience.signal]))
  } finally {
    forget()
  }
}

const timeframe: Timeframe = '1h'
const barsAsked = 14 * 24
/** An approval or a plan must not run out while the last part is on its way. */
const spareMs = 10_000
const dayMs = 86_400_000

/** What the executor is told about the intent; `endsBy` is when the approval or the plan ends, in epoch milliseconds. */
export function orderToSchedule(
  { feed, clock, mandate, planning }: DeskParts,
  intent: Intent,
  wish: ExecutionChoice | undefined,
  endsBy: number | null,
): OrderToSchedule {
  const instrument = feed.instruments().find(({ id }) => id === intent.instrument)
  if (instrument === undefined) {
    throw new ParleyError('INSTRUMENT_NOT_FOUND', `${intent.instrument} is not traded here.`)
  }
  const now = Math.floor(clock.now())
  const bars = feed.bars(instrument.id, timeframe, barsAsked).filter(({ time }) => time + timeframeMs[timeframe] <= now)
  return {
    instrument,
    side: intent.side,
    quantity: intent.quantity,
    reduceOnly: intent.reduceOnly,
    // Those that reduce have the position's exits come back after each part.
    isProtected: intent.reduceOnly || intent.exits !== undefined,
    book: feed.book(instrument.id) ?? null,
    bars: barSeries(bars),
    timeframe,
    now,
    mostMs: endsBy === null ? dayMs : Math.max(0, endsBy - spareMs - now),
    ordersPerMinute: mandate.ordersPerMinute,
    wish: wish?.algorithm ?? planning.execution.algorithm,
    terms: {
      ...planning.execution,
      ...(wish?.minutes !== undefined && { leastMinutes: wish.minutes, mostMinutes: wish.minutes }),
      ...(wish?.participation !== undefined && { participation: wish.participation }),
    },
  }
}
