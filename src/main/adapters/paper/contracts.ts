import type { Feed } from '#engine/ports/feed.ts'
import { fundingAmount } from '#engine/trading/margin/funding.ts'
import { type MarginAccount, type MarkedContract, readMarginAccount } from '#engine/trading/margin/margin-account.ts'
import { initialMargin } from '#engine/trading/margin/margin-tiers.ts'
import { applyFill, flatPosition, signedQuantity, undoFill } from '#engine/trading/positions/positions.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import { type Instrument, isPerpetual } from '#shared/domain/instrument.ts'
import type { Fill, Side } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import { markOf } from '#shared/domain/quote.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  maximum,
  minimum,
  multiply,
  roundToStep,
  sign,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'

/** An order, as far as it may still add to a position. */
interface Addition {
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
}

/**
 * The positions in perpetuals of a paper account. `cash` is always the sum of what was paid and received with every contract
 * at its full price; the wallet is what is left of it without the contracts' cost.
 */
export interface Contracts {
  /** Books a trade, or takes it back. */
  book(fill: Fill, times: 1 | -1): void
  held(): readonly Position[]
  wallet(cash: Decimal): Decimal
  /** Undefined while the mark of what is held is missing. */
  margin(cash: Decimal): MarginAccount | undefined
  /** Why the money does not cover the initial margin of what is held, with the order and what works filled, each at its worst; undefined where it does. */
  beyond(cash: Decimal, order: Addition, working: readonly Addition[]): string | undefined
  /** The initial margin of a quantity at a price. */
  asked(instrument: Instrument, quantity: Decimal, price: Decimal): Decimal
  /** Pays what is due by now; each payment is given once. */
  settleFunding(): readonly FundingPayment[]
  /** The moments at which funding is due next. */
  nextFunding(): readonly number[]
  /** All payments so far, oldest first. */
  payments(): readonly FundingPayment[]
  /** The trade that closes the position which asks for the most; undefined where none is held, or its mark is missing. */
  liquidation(cash: Decimal, at: number): Fill | undefined
  /** Takes over what was paid before; returns what fell due meanwhile. Fills are oldest first, and booked already. */
  restore(fills: readonly Fill[], payments: readonly FundingPayment[]): readonly FundingPayment[]
}

const feeStep = decimal('0.00000001')

/** Creates the contracts of an account that holds none, at the leverage that its positions are opened at. */
export function createContracts(feed: Feed, leverage: number): Contracts {
  const positions = new Map<string, Position>()
  const paid: FundingPayment[] = []
  /** Funding up to this moment is paid, by instrument. */
  const settledUntil = new Map<string, number>()
  let liquidations = 0

  const instrumentOf = (id: string) => feed.instruments().find((instrument) => instrument.id === id)
  const held = () => [...positions.values()].filter(({ quantity }) => sign(quantity) !== 0)

  function markOfInstrument(id: string): Decimal | undefined {
    const quote = feed.quote(id)
    return quote && markOf(quote)
  }

  function marked({ instrument, quantity, averagePrice }: Position): MarkedContract | undefined {
    const mark = markOfInstrument(instrument)
    const tiers = instrumentOf(instrument)?.perpetual?.tiers
    if (mark === undefined || tiers === undefined || averagePrice === null) return undefined
    return { instrument, quantity, averagePrice, mark, tiers }
  }

  function wallet(cash: Decimal): Decimal {
    return add(cash, sum(held().map(({ quantity, averagePrice }) => multiply(quantity, averagePrice ?? ZERO))))
  }

  function margin(cash: Decimal): MarginAccount | undefined {
    const contracts = held().map(marked)
    return contracts.some((contract) => contract === undefined)
      ? undefined
      : readMarginAccount(wallet(cash), contracts as readonly MarkedContract[], leverage)
  }

  function asked({ perpetual }: Instrument, quantity: Decimal, price: Decimal): Decimal {
    return initialMargin(perpetual?.tiers ?? [], multiply(quantity, price), leverage)
  }

  /** The largest that a position can become, either way. */
  function worst(id: string, additions: readonly Addition[]): Decimal {
    const now = positions.get(id)?.quantity ?? ZERO
    const of = (side: Side) =>
      sum(additions.filter((each) => each.instrument === id && each.side === side).map(({ quantity }) => quantity))
    return maximum(absolute(add(now, of('buy'))), absolute(subtract(now, of('sell'))))
  }

  function pay(instrument: string, quantity: Decimal, time: { at: number; rate: Decimal; mark: Decimal }) {
    const { at, rate, mark } = time
    const amount = fundingAmount(quantity, mark, rate)
    const payment: FundingPayment = { id: `${instrument}@${at}`, instrument, at, quantity, mark, rate, amount }
    paid.push(payment)
    return payment
  }

  /** The funding times that may not be paid for: those since the last one that was, as long as something was held. */
  function fundingDue(instrument: string, own: readonly Fill[], payments: readonly FundingPayment[]) {
    const [first, last] = [own[0]?.at, own.at(-1)?.at]
    const every = instrumentOf(instrument)?.perpetual?.fundingIntervalMs
    if (first === undefined || last === undefined || every === undefined) return []
    const paidUntil = Math.max(first, ...payments.filter((one) => one.instrument === instrument).map(({ at }) => at))
    const isFlat = sign(positions.get(instrument)?.quantity ?? ZERO) === 0
    const isOver = isFlat && Math.floor(last / every) <= Math.floor(paidUntil / every)
    return isOver ? [] : (feed.funding?.(instrument, paidUntil) ?? [])
  }

  return {
    book(fill, times) {
      const { instrument, at } = fill
      const before = positions.get(instrument) ?? flatPosition(instrument, at)
      if (sign(before.quantity) === 0) {
        const now = feed.quote(instrument)?.at ?? at
        settledUntil.set(instrument, Math.max(settledUntil.get(instrument) ?? 0, now, at))
      }
      positions.set(instrument, times === 1 ? applyFill(before, fill) : undoFill(before, fill, at))
    },
    held,
    wallet,
    margin,
    asked,
    beyond(cash, order, working) {
      const additions = [...working, order]
      const before = absolute(positions.get(order.instrument)?.quantity ?? ZERO)
      if (compare(worst(order.instrument, additions), before) <= 0) return undefined
      const ids = new Set([...positions.keys(), ...additions.map(({ instrument }) => instrument)].filter(isPerpetual))
      let required = ZERO
      for (const id of ids) {
        const instrument = instrumentOf(id)
        const mark = markOfInstrument(id)
        if (instrument === undefined || mark === undefined) return `there is no mark of ${id}`
        required = add(required, asked(instrument, worst(id, additions), mark))
      }
      const balance = margin(cash)?.balance ?? ZERO
      return compare(required, balance) > 0 ? `it needs ${required} of margin, and there are ${balance}` : undefined
    },
    settleFunding() {
      return held().flatMap(({ instrument, quantity }) => {
        const due = feed.funding?.(instrument, settledUntil.get(instrument) ?? 0) ?? []
        return due.map((time) => {
          settledUntil.set(instrument, time.at)
          return pay(instrument, quantity, time)
        })
      })
    },
    nextFunding: () => held().flatMap(({ instrument }) => feed.quote(instrument)?.perpetual?.fundingAt ?? []),
    payments: () => [...paid].sort((a, b) => a.at - b.at),
    liquidation(cash, at) {
      const account = margin(cash)
      const [most] = [...(account?.contracts ?? [])].sort((a, b) => compare(b.maintenance, a.maintenance))
      const position = most && positions.get(most.instrument)
      const terms = most && instrumentOf(most.instrument)?.perpetual
      const mark = most && markOfInstrument(most.instrument)
      if (account === undefined || position === undefined || terms === undefined || mark === undefined) return undefined
      liquidations += 1
      const quantity = absolute(position.quantity)
      const left = account.balance
      // What the account cannot pay its venue's insurance fund bears: the price is the one at which nothing is left.
      const isOwing = sign(left) < 0
      const bankrupt = subtract(mark, divide(left, position.quantity))
      const price = isOwing ? roundToStep(bankrupt, feeStep, sign(position.quantity) > 0 ? 'up' : 'down') : mark
      const fee = roundToStep(multiply(multiply(quantity, price), terms.liquidationFee), feeStep, 'up')
      const id = `liquidation-${liquidations}-${at}`
      return {
        tradeId: id,
        clientOrderId: id,
        instrument: position.instrument,
        side: sign(position.quantity) > 0 ? 'sell' : 'buy',
        quantity,
        price,
        fee: minimum(fee, maximum(ZERO, left)),
        at,
        liquidation: true,
      }
    },
    restore(fills, payments) {
      paid.push(...payments)
      const known = new Set(payments.map(({ id }) => id))
      return [...positions.keys()].flatMap((instrument) => {
        const own = fills.filter((fill) => fill.instrument === instrument)
        const due = fundingDue(instrument, own, payments)
        const last = due.at(-1)
        if (last !== undefined) settledUntil.set(instrument, last.at)
        return due.flatMap((time) => {
          const quantity = sum(own.filter(({ at }) => at < time.at).map(signedQuantity))
          const isDue = sign(quantity) !== 0 && !known.has(`${instrument}@${time.at}`)
          return isDue ? [pay(instrument, quantity, time)] : []
        })
      })
    },
  }
}
