import type { MarginTier } from '#shared/domain/instrument.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  sign,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'
import { liquidationPrice } from './liquidation-price.ts'
import { initialMargin, maintenanceMargin } from './margin-tiers.ts'

/** A position in a linear perpetual beside its mark; long is positive. */
export interface MarkedContract {
  readonly instrument: string
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  readonly mark: Decimal
  readonly tiers: readonly MarginTier[]
}

/** What one position asks of its margin, in the quote currency. */
export interface ContractMargin {
  readonly instrument: string
  readonly quantity: Decimal
  /** Gross, at the mark. */
  readonly notional: Decimal
  readonly unrealised: Decimal
  readonly initial: Decimal
  readonly maintenance: Decimal
  /** The mark at which the venue closes it, the other positions standing as they do; null where no price does. */
  readonly liquidationPrice: Decimal | null
}

/** Money that stands behind all contracts together (cross margin), in their quote currency. */
export interface MarginAccount {
  /** What is there apart from gains not yet realised. */
  readonly wallet: Decimal
  /** The wallet and the unrealised gains: what can be lost before the venue is owed. */
  readonly balance: Decimal
  /** The contracts' worth, gross, at their marks. */
  readonly notional: Decimal
  /** What the positions hold of it, at the leverage asked for. */
  readonly initial: Decimal
  readonly maintenance: Decimal
  /** What is left to open more with; never less than zero. */
  readonly free: Decimal
  /** Maintenance margin over balance: the venue liquidates at 1. Null where nothing is left of the balance. */
  readonly ratio: Decimal | null
  /** Gross worth over balance; null where nothing is left of the balance. */
  readonly leverage: Decimal | null
  readonly contracts: readonly ContractMargin[]
}

/** The account as a venue with cross margin in one currency reckons it. Positions without quantity are passed over. */
export function readMarginAccount(
  wallet: Decimal,
  positions: readonly MarkedContract[],
  leverage: number,
): MarginAccount {
  const plain = positions
    .filter(({ quantity }) => sign(quantity) !== 0)
    .map((position) => {
      const notional = multiply(absolute(position.quantity), position.mark)
      return {
        position,
        notional,
        unrealised: multiply(position.quantity, subtract(position.mark, position.averagePrice)),
        initial: initialMargin(position.tiers, notional, leverage),
        maintenance: maintenanceMargin(position.tiers, notional),
      }
    })
  const total = (of: (each: (typeof plain)[number]) => Decimal) => sum(plain.map(of))
  const notional = total((each) => each.notional)
  const initial = total((each) => each.initial)
  const maintenance = total((each) => each.maintenance)
  const balance = add(
    wallet,
    total(({ unrealised }) => unrealised),
  )
  const left = subtract(balance, initial)
  const overBalance = (value: Decimal) => (sign(balance) > 0 ? divide(value, balance) : null)
  return {
    wallet,
    balance,
    notional,
    initial,
    maintenance,
    free: sign(left) > 0 ? left : ZERO,
    ratio: overBalance(maintenance),
    leverage: overBalance(notional),
    contracts: plain.map(({ position, ...each }) => {
      const { instrument, quantity } = position
      const others = subtract(subtract(balance, each.unrealised), subtract(maintenance, each.maintenance))
      return { instrument, quantity, ...each, liquidationPrice: liquidationPrice(position, others) }
    }),
  }
}

/** True once the venue closes positions: what is left no longer covers the maintenance margin of what is held. */
export function isLiquidated({ balance, maintenance, contracts }: MarginAccount): boolean {
  return contracts.length > 0 && compare(balance, maintenance) <= 0
}
