import { fundingAmount } from '#engine/trading/margin/funding.ts'
import { signedQuantity } from '#engine/trading/positions/positions.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill } from '#shared/domain/order.ts'
import { type Decimal, sign, sum, ZERO } from '#shared/lib/decimal.ts'
import { type Contracts, heldContracts, listed } from './contracts.ts'

/** Pays what is due by now; each payment is given once. */
export function settleFunding(contracts: Contracts): readonly FundingPayment[] {
  const { feed, settledUntil } = contracts
  return heldContracts(contracts).flatMap(({ instrument, quantity }) => {
    const due = feed.funding?.(instrument, settledUntil.get(instrument) ?? 0) ?? []
    return due.map((time) => {
      settledUntil.set(instrument, time.at)
      return pay(contracts, instrument, quantity, time)
    })
  })
}

/** The moments at which funding is due next, in epoch milliseconds. */
export function nextFunding(contracts: Contracts): readonly number[] {
  return heldContracts(contracts).flatMap(
    ({ instrument }) => contracts.feed.quote(instrument)?.perpetual?.fundingAt ?? [],
  )
}

/** All payments so far, oldest first. */
export function fundingPaid({ paid }: Contracts): readonly FundingPayment[] {
  return [...paid].sort((a, b) => a.at - b.at)
}

/** Takes over what was paid before; returns what fell due meanwhile. Fills are oldest first, and booked already. */
export function restoreFunding(
  contracts: Contracts,
  fills: readonly Fill[],
  payments: readonly FundingPayment[],
): readonly FundingPayment[] {
  contracts.paid.push(...payments)
  const known = new Set(payments.map(({ id }) => id))
  return [...contracts.positions.keys()].flatMap((instrument) => {
    const own = fills.filter((fill) => fill.instrument === instrument)
    const due = fundingDue(contracts, instrument, own, payments)
    const last = due.at(-1)
    if (last !== undefined) contracts.settledUntil.set(instrument, last.at)
    return due.flatMap((time) => {
      const quantity = sum(own.filter(({ at }) => at < time.at).map(signedQuantity))
      const isDue = sign(quantity) !== 0 && !known.has(paymentId(instrument, time.at))
      return isDue ? [pay(contracts, instrument, quantity, time)] : []
    })
  })
}

function pay(
  { paid }: Contracts,
  instrument: string,
  quantity: Decimal,
  time: { readonly at: number; readonly rate: Decimal; readonly mark: Decimal },
): FundingPayment {
  const { at, rate, mark } = time
  const amount = fundingAmount(quantity, mark, rate)
  const payment: FundingPayment = { id: paymentId(instrument, at), instrument, at, quantity, mark, rate, amount }
  paid.push(payment)
  return payment
}

function paymentId(instrument: string, at: number): string {
  return `${instrument}@${at}`
}

/** The funding times that may not be paid for: those since the last one that was, as long as something was held. */
function fundingDue(
  { feed, positions }: Contracts,
  instrument: string,
  own: readonly Fill[],
  payments: readonly FundingPayment[],
) {
  const [first, last] = [own[0]?.at, own.at(-1)?.at]
  const every = listed(feed, instrument)?.perpetual?.fundingIntervalMs
  if (first === undefined || last === undefined || every === undefined) return []
  const paidUntil = Math.max(first, ...payments.filter((one) => one.instrument === instrument).map(({ at }) => at))
  const isFlat = sign(positions.get(instrument)?.quantity ?? ZERO) === 0
  const isOver = isFlat && Math.floor(last / every) <= Math.floor(paidUntil / every)
  return isOver ? [] : (feed.funding?.(instrument, paidUntil) ?? [])
}
