import type { Exchange, Order as LibraryOrder, Trade as LibraryTrade } from 'ccxt'
import type { Fill } from '#shared/domain/order.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { type Decimal, sum } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { ExchangeLink } from './broker-link.ts'
import { exact, fillOf, netOf } from './reports.ts'

/** All that was ever traded on an account, of which only what is new is asked for. */
export interface AccountFills {
  /** Asks for what was traded since it was asked last. Rejects when that cannot be told. */
  readonly refresh: () => Promise<void>
  /** At or after the moment, oldest first. */
  since(ms: number): readonly Fill[]
  of(clientOrderId: string): readonly Fill[]
  /** Takes a trade that the exchange told by itself. */
  take(trade: LibraryTrade): Promise<Fill>
  /** What the fills of an instrument add up to; long is positive. */
  net(instrument: string): Decimal
  /** Learns which of its own ids the exchange gave to an order of ours. */
  learn(order: Pick<LibraryOrder, 'id' | 'clientOrderId'>): void
}

/** As many as the exchange gives at once. */
const page = 1_000
/** So long the price of a third currency counts. */
const priceLastsMs = 60_000

/** Creates what keeps the fills of an account, over the link to it. */
export function createAccountFills(
  { call, instruments }: Pick<ExchangeLink, 'call' | 'instruments'>,
  clock: Clock,
): AccountFills {
  const fills = new Map<string, Fill>()
  const byOrder = new Map<string, Fill[]>()
  const names = new Map<string, string>()
  /** Of each instrument, the last trade that was listed. */
  const listed = new Map<string, bigint>()
  const prices = new Map<string, { readonly price: Decimal; readonly at: number }>()

  async function refresh(): Promise<void> {
    for (const { id } of instruments()) await refreshOne(id)
  }

  async function refreshOne(id: string): Promise<void> {
    for (;;) {
      const fromId = String((listed.get(id) ?? -1n) + 1n)
      const trades = await call('read', 'list the fills', (now) => now.fetchMyTrades(id, undefined, page, { fromId }))
      await learnOrdersOf(id, trades)
      for (const trade of trades) {
        await take(trade)
        const number = BigInt(trade.id ?? '0')
        if (number > (listed.get(id) ?? -1n)) listed.set(id, number)
      }
      if (trades.length < page) return
    }
  }

  /** Learns the orders of trades from the exchange's list, a thousand at once. */
  async function learnOrdersOf(id: string, trades: readonly LibraryTrade[]): Promise<void> {
    const unknown = trades.flatMap(({ order }) => (order === undefined || names.has(order) ? [] : BigInt(order)))
    while (unknown.some((one) => !names.has(String(one)))) {
      const first = unknown.filter((one) => !names.has(String(one))).reduce((a, b) => (a < b ? a : b))
      const orders = await call('read', 'list the orders', (now) =>
        now.fetchOrders(id, undefined, page, { orderId: String(first) }),
      )
      for (const order of orders) learn(order)
      if (!names.has(String(first))) await learnAlone(id, String(first))
    }
  }

  /**
   * Learns an order that no list has. An answer that is no list reads as an empty one, so only where the exchange says that
   * it knows no such order does the order go by the exchange's own id. Throws BROKER_NO_ANSWER.
   */
  async function learnAlone(id: string, orderId: string): Promise<void> {
    try {
      learn(await call('read', `look up order ${orderId}`, (now) => now.fetchOrder(orderId, id)))
    } catch (error) {
      if (!(error instanceof ParleyError) || error.details['class'] !== 'OrderNotFound') throw error
      names.set(orderId, orderId)
    }
    if (names.has(orderId)) return
    throw new ParleyError('BROKER_NO_ANSWER', `The exchange says of order ${orderId} what cannot be understood.`, {
      retry: 'retryable',
    })
  }

  function learn({ id, clientOrderId }: Pick<LibraryOrder, 'id' | 'clientOrderId'>): void {
    if (id !== undefined && clientOrderId !== undefined) names.set(id, clientOrderId)
  }

  async function take(trade: LibraryTrade): Promise<Fill> {
    // Where one order of the account trades with another, both fills have the trade's id.
    const key = `${trade.symbol} ${trade.order} ${trade.id}`
    const known = fills.get(key)
    if (known !== undefined) return known
    const orderId = trade.order ?? ''
    if (!names.has(orderId) && trade.symbol !== undefined) await learnOrdersOf(trade.symbol, [trade])
    const price = await priceOfFee(trade)
    const fill = fillOf(trade, names.get(orderId) ?? orderId, () => price)
    // Another may have asked for the same in the meantime.
    const first = fills.get(key)
    if (first !== undefined) return first
    fills.set(key, fill)
    byOrder.set(fill.clientOrderId, [...(byOrder.get(fill.clientOrderId) ?? []), fill])
    return fill
  }

  /** A fee may be taken in a third currency (an exchange's own coin): it counts at that coin's price now. */
  async function priceOfFee({ symbol, fee }: LibraryTrade): Promise<Decimal | undefined> {
    const [base, quote] = (symbol ?? '').split('/')
    const currency = fee?.currency
    if (currency === undefined || currency === base || currency === quote || Number(fee?.cost) === 0) return undefined
    const pair = `${currency}/${quote}`
    const known = prices.get(pair)
    if (known !== undefined && clock.monotonic() - known.at < priceLastsMs) return known.price
    const ask = (now: Exchange) => now.fetchTicker(pair)
    const ticker = await call('read', `price ${pair}`, ask).catch(() => undefined)
    if (ticker?.last === undefined) return known?.price
    const price = exact(ticker.last, 'the price')
    prices.set(pair, { price, at: clock.monotonic() })
    return price
  }

  return {
    refresh,
    take,
    learn,
    since: (ms) => [...fills.values()].filter(({ at }) => at >= ms).sort((a, b) => a.at - b.at),
    of: (clientOrderId) => byOrder.get(clientOrderId) ?? [],
    net: (instrument) => netOf(fills.values(), instrument),
  }
}

/** What the fills add up to. */
export function quantityOf(fills: readonly Fill[]): Decimal {
  return sum(fills.map(({ quantity }) => quantity))
}
