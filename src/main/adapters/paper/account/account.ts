import type { Feed } from '#engine/ports/feed.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import { absolute, add, type Decimal, multiply, negate, sign, subtract, ZERO } from '#shared/lib/decimal.ts'
import { bookContract, type Contracts, createContracts } from './contracts.ts'

/** What an account begins with: money in the quote currency, and the leverage that its positions in perpetuals are opened at. */
export interface AccountTerms {
  readonly cash: Decimal
  readonly leverage: number
}

/** What the trades of a paper account have come to. */
export interface Account {
  /** What was put in, paid and received, contracts at their full price. */
  cash: Decimal
  /** Signed quantities by instrument; flat ones stay. */
  readonly positions: Map<string, Decimal>
  readonly contracts: Contracts
  /** The trades that stand, in the order in which they were booked. */
  readonly fills: Fill[]
  /** Every id that a trade ever had. */
  readonly tradeIds: Set<string>
}

/** The account before its first trade. */
export function openAccount(feed: Feed, { cash, leverage }: AccountTerms): Account {
  return { cash, positions: new Map(), contracts: createContracts(feed, leverage), fills: [], tradeIds: new Set() }
}

/** Books a trade in the account. */
export function bookTrade(account: Account, fill: Fill): void {
  count(account, fill, 1)
  account.tradeIds.add(fill.tradeId)
  account.fills.push(fill)
}

/** Takes the trade at a place among the fills off the account again. */
export function takeTradeBack(account: Account, index: number): void {
  for (const fill of account.fills.splice(index, 1)) count(account, fill, -1)
}

/** Adds a trade to the position and the cash, or takes it off again; contracts count at their full price. */
function count(account: Account, fill: Fill, times: 1 | -1): void {
  const { side, instrument, quantity, price, fee } = fill
  if (isPerpetual(instrument)) bookContract(account.contracts, fill, times)
  const bought = (side === 'buy') === (times === 1) ? quantity : negate(quantity)
  account.positions.set(instrument, add(account.positions.get(instrument) ?? ZERO, bought))
  account.cash = subtract(account.cash, add(multiply(bought, price), times === 1 ? fee : negate(fee)))
}

/** What an order of this side can reduce. */
export function reducible({ positions }: Account, { instrument, side }: Pick<Order, 'instrument' | 'side'>): Decimal {
  const position = positions.get(instrument) ?? ZERO
  return sign(position) === (side === 'sell' ? 1 : -1) ? absolute(position) : ZERO
}

/** An id that no trade of the account has had: they are numbered by order. */
export function newTradeId({ tradeIds }: Account, venueOrderId: string | null): string {
  let number = 1
  while (tradeIds.has(`${venueOrderId}-${number}`)) number++
  return `${venueOrderId}-${number}`
}
