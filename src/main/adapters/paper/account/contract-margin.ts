import { type MarginAccount, type MarkedContract, readMarginAccount } from '#engine/trading/margin/margin-account.ts'
import { initialMargin } from '#engine/trading/margin/margin-tiers.ts'
import { type Instrument, isPerpetual } from '#shared/domain/instrument.ts'
import type { Side } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import { absolute, add, compare, type Decimal, maximum, multiply, subtract, sum, ZERO } from '#shared/lib/decimal.ts'
import { type Contracts, contractMark, heldContracts, listed } from './contracts.ts'

// `cash` is always the sum of what was paid and received with every contract at its full price; the wallet is what is left of
// it without the contracts' cost.

/** An order, as far as it may still add to a position. */
interface Addition {
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
}

/** The money that is there, without the price of contracts, which is not paid but held on margin. */
export function contractsWallet(contracts: Contracts, cash: Decimal): Decimal {
  const costs = heldContracts(contracts).map(({ quantity, averagePrice }) => multiply(quantity, averagePrice ?? ZERO))
  return add(cash, sum(costs))
}

/** What stands behind the contracts and what they ask for; undefined while the mark of what is held is missing. */
export function contractsMargin(contracts: Contracts, cash: Decimal): MarginAccount | undefined {
  const held = heldContracts(contracts).map((position) => marked(contracts, position))
  return held.some((contract) => contract === undefined)
    ? undefined
    : readMarginAccount(contractsWallet(contracts, cash), held as readonly MarkedContract[], contracts.leverage)
}

function marked(contracts: Contracts, { instrument, quantity, averagePrice }: Position): MarkedContract | undefined {
  const mark = contractMark(contracts, instrument)
  const tiers = listed(contracts.feed, instrument)?.perpetual?.tiers
  if (mark === undefined || tiers === undefined || averagePrice === null) return undefined
  return { instrument, quantity, averagePrice, mark, tiers }
}

/** The initial margin of a quantity at a price. */
export function initialMarginOf(
  { leverage }: Pick<Contracts, 'leverage'>,
  { perpetual }: Instrument,
  quantity: Decimal,
  price: Decimal,
): Decimal {
  return initialMargin(perpetual?.tiers ?? [], multiply(quantity, price), leverage)
}

/**
 * Why the money does not cover the initial margin of what is held, with the order and what works filled, each at its worst;
 * undefined where it does.
 */
export function beyondInitialMargin(
  contracts: Contracts,
  cash: Decimal,
  order: Addition,
  working: readonly Addition[],
): string | undefined {
  const { positions, feed } = contracts
  const additions = [...working, order]
  const before = absolute(positions.get(order.instrument)?.quantity ?? ZERO)
  if (compare(largest(contracts, order.instrument, additions), before) <= 0) return undefined
  const ids = new Set([...positions.keys(), ...additions.map(({ instrument }) => instrument)].filter(isPerpetual))
  let required = ZERO
  for (const id of ids) {
    const instrument = listed(feed, id)
    const mark = contractMark(contracts, id)
    if (instrument === undefined || mark === undefined) return `there is no mark of ${id}`
    required = add(required, initialMarginOf(contracts, instrument, largest(contracts, id, additions), mark))
  }
  const balance = contractsMargin(contracts, cash)?.balance ?? ZERO
  return compare(required, balance) > 0 ? `it needs ${required} of margin, and there are ${balance}` : undefined
}

/** The largest that a position can become, either way. */
function largest({ positions }: Contracts, id: string, additions: readonly Addition[]): Decimal {
  const now = positions.get(id)?.quantity ?? ZERO
  const of = (side: Side) =>
    sum(additions.filter((each) => each.instrument === id && each.side === side).map(({ quantity }) => quantity))
  return maximum(absolute(add(now, of('buy'))), absolute(subtract(now, of('sell'))))
}
