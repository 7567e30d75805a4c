import { feeOf, smallestAmount } from '#adapters/paper/fees.ts'
import { isLiquidated } from '#engine/trading/margin/margin-account.ts'
import type { Fill } from '#shared/domain/order.ts'
import {
  absolute,
  compare,
  type Decimal,
  divide,
  maximum,
  minimum,
  roundToStep,
  sign,
  subtract,
  ZERO,
} from '#shared/lib/decimal.ts'
import { contractsMargin } from './contract-margin.ts'
import { type Contracts, contractMark, listed } from './contracts.ts'

/** True while the money covers what the contracts ask for, or their marks are missing. */
export function isCovered(contracts: Contracts, cash: Decimal): boolean {
  const margin = contractsMargin(contracts, cash)
  return margin === undefined || !isLiquidated(margin)
}

/** The trade that closes the position which asks for the most; undefined where none is held, or its mark is missing. */
export function nextLiquidation(contracts: Contracts, cash: Decimal, at: number): Fill | undefined {
  const account = contractsMargin(contracts, cash)
  const [most] = [...(account?.contracts ?? [])].sort((a, b) => compare(b.maintenance, a.maintenance))
  const position = most && contracts.positions.get(most.instrument)
  const terms = most && listed(contracts.feed, most.instrument)?.perpetual
  const mark = most && contractMark(contracts, most.instrument)
  if (account === undefined || position === undefined || terms === undefined || mark === undefined) return undefined
  contracts.liquidations += 1
  const quantity = absolute(position.quantity)
  const left = account.balance
  // What the account cannot pay its venue's insurance fund bears: the price is the one at which nothing is left.
  const isOwing = sign(left) < 0
  const bankrupt = subtract(mark, divide(left, position.quantity))
  const price = isOwing ? roundToStep(bankrupt, smallestAmount, sign(position.quantity) > 0 ? 'up' : 'down') : mark
  const id = `liquidation-${contracts.liquidations}-${at}`
  return {
    tradeId: id,
    clientOrderId: id,
    instrument: position.instrument,
    side: sign(position.quantity) > 0 ? 'sell' : 'buy',
    quantity,
    price,
    fee: minimum(feeOf(quantity, price, terms.liquidationFee), maximum(ZERO, left)),
    at,
    liquidation: true,
  }
}
