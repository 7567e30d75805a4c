import type { DeskEvent } from '#shared/domain/event.ts'
import type { Side } from '#shared/domain/order.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  maximum,
  multiply,
  negate,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'

/** An order as a bookkeeper sees it: how much of it is still to come. */
export interface LedgerOrder {
  readonly clientOrderId: string
  readonly instrument: string
  readonly side: Side
  quantity: Decimal
  readonly limitPrice: Decimal | null
  /** The stop that an entry brings; null without one, and of any other order. */
  readonly stop: Decimal | null
  /** The entry that it is an exit of, and whether as its stop or its target; undefined for any other. */
  readonly exit: { readonly of: string; readonly leg: 'stop' | 'target' } | undefined
  /** The parent order that it is a part of; undefined for any other. */
  readonly partOf: string | undefined
  filled: Decimal
  ended: boolean
  cancelAsked: boolean
}

/**
 * A second set of books, kept from the same records by other rules: fills are summed, each trade once, and an order works
 * until a record ends it. It shares nothing with the engine's folds, so that both have to be wrong alike to agree.
 */
export interface Ledger {
  readonly orders: ReadonlyMap<string, LedgerOrder>
  readonly trades: ReadonlySet<string>
  cash(): Decimal
  /** The sum of all fills, positive when long. */
  position(instrument: string): Decimal
  /** Instruments that were ever traded. */
  instruments(): readonly string[]
  fold(event: DeskEvent): void
}

/** Opens empty books. */
export function openLedger(): Ledger {
  const orders = new Map<string, LedgerOrder>()
  const trades = new Set<string>()
  const funded = new Set<string>()
  const bought = new Map<string, Decimal>()
  let opening = ZERO
  let spent = ZERO

  function end(clientOrderId: string): void {
    const order = orders.get(clientOrderId)
    if (order !== undefined) order.ended = true
  }

  return {
    orders,
    trades,
    cash: () => subtract(opening, spent),
    position: (instrument) => bought.get(instrument) ?? ZERO,
    instruments: () => [...bought.keys()],
    fold(event) {
      switch (event.kind) {
        case 'accountOpened':
          opening = event.data.cash
          return
        case 'orderInitialized': {
          const { clientOrderId, instrument, side, quantity, limitPrice, contingency, sliceOf } = event.data.order
          const exit = contingency?.kind === 'OCO' ? { of: contingency.parentId, leg: contingency.leg } : undefined
          const partOf = sliceOf?.parentId
          const stop = contingency?.kind === 'OTO' ? contingency.stopPrice : null
          const known = { clientOrderId, instrument, side, quantity, limitPrice, stop, exit, partOf }
          orders.set(clientOrderId, { ...known, filled: ZERO, ended: false, cancelAsked: false })
          return
        }
        case 'orderFilled': {
          const { tradeId, clientOrderId, instrument, side, quantity, price, fee } = event.data.fill
          if (trades.has(tradeId)) return
          trades.add(tradeId)
          const signed = side === 'buy' ? quantity : negate(quantity)
          bought.set(instrument, add(bought.get(instrument) ?? ZERO, signed))
          spent = add(spent, add(multiply(signed, price), fee))
          const order = orders.get(clientOrderId)
          if (order === undefined) return
          order.filled = add(order.filled, quantity)
          if (compare(order.filled, order.quantity) >= 0) order.ended = true
          return
        }
        case 'fundingPaid': {
          const { id, quantity, mark, rate } = event.data.payment
          if (funded.has(id)) return
          funded.add(id)
          // Who is long pays a positive rate.
          spent = add(spent, multiply(multiply(quantity, mark), rate))
          return
        }
        case 'orderPendingCancel': {
          const order = orders.get(event.data.clientOrderId)
          if (order !== undefined) order.cancelAsked = true
          return
        }
        case 'orderUpdated': {
          const order = orders.get(event.data.clientOrderId)
          if (order === undefined) return
          order.quantity = event.data.quantity
          order.ended = compare(order.filled, order.quantity) >= 0
          return
        }
        case 'orderDenied':
        case 'orderRejected':
        case 'orderCanceled':
        case 'orderExpired':
          end(event.data.clientOrderId)
          return
        default:
      }
    },
  }
}

/** What the working orders of one side of an instrument may still trade; of a stop and a target of one entry the larger. */
export function workingInLedger(ledger: Ledger, instrument: string, side: Side): Decimal {
  const working = [...ledger.orders.values()].filter(
    (order) => !order.ended && order.instrument === instrument && order.side === side,
  )
  const left = (orders: readonly LedgerOrder[]) => sum(orders.map(({ quantity, filled }) => subtract(quantity, filled)))
  const entries = new Set(working.map(({ exit }) => exit?.of))
  return sum(
    [...entries].map((entry) => {
      const own = working.filter(({ exit }) => exit?.of === entry)
      if (entry === undefined) return left(own)
      const legs = (['stop', 'target'] as const).map((leg) => left(own.filter(({ exit }) => exit?.leg === leg)))
      return legs.reduce(maximum)
    }),
  )
}

/** The largest gross exposure that the working orders can lead to, over all instruments; undefined while a price is missing. */
export function largestExposure(
  ledger: Ledger,
  price: (instrument: string) => Decimal | undefined,
): Decimal | undefined {
  const instruments = new Set([
    ...ledger.instruments(),
    ...[...ledger.orders.values()].map((order) => order.instrument),
  ])
  let total = ZERO
  for (const instrument of instruments) {
    const position = ledger.position(instrument)
    const ifBought = absolute(add(position, workingInLedger(ledger, instrument, 'buy')))
    const ifSold = absolute(subtract(position, workingInLedger(ledger, instrument, 'sell')))
    const most = maximum(absolute(position), maximum(ifBought, ifSold))
    if (most === ZERO) continue
    const mark = price(instrument)
    if (mark === undefined) return undefined
    total = add(total, multiply(most, mark))
  }
  return total
}
