import { one, times } from './units.ts'

export type OrderType =
  | 'LIMIT'
  | 'MARKET'
  | 'LIMIT_MAKER'
  | 'STOP_LOSS'
  | 'STOP_LOSS_LIMIT'
  | 'TAKE_PROFIT'
  | 'TAKE_PROFIT_LIMIT'
export type Execution = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED'

/** An order as the exchange keeps it; amounts in units of 1e-8. */
export interface ExchangeOrder {
  readonly id: number
  readonly account: Account
  readonly symbol: string
  readonly clientId: string
  readonly side: 'BUY' | 'SELL'
  readonly type: OrderType
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK'
  readonly price: bigint
  readonly stopPrice: bigint
  readonly quantity: bigint
  readonly at: number
  filled: bigint
  spent: bigint
  status: 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'
  /** False until a conditional order's price has come. */
  triggered: boolean
  changedAt: number
}

/** One side of a trade. */
export interface ExchangeTrade {
  readonly id: number
  readonly order: ExchangeOrder
  readonly price: bigint
  readonly quantity: bigint
  readonly fee: bigint
  readonly feeAsset: string
  readonly isMaker: boolean
  readonly at: number
}

export interface Account {
  readonly key: string
  readonly secret: string
  /** Never runs out of anything, and pays no fees: makes the market. */
  readonly isMaker: boolean
  /** Takes its fees in BNB, as accounts can choose; else out of what is received. */
  readonly paysInBnb: boolean
  readonly free: Map<string, bigint>
  readonly locked: Map<string, bigint>
  readonly orders: ExchangeOrder[]
  readonly trades: ExchangeTrade[]
}

export interface Pair {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tick: bigint
  readonly lot: bigint
  readonly minimumNotional: bigint
}

/** What the engine tells as it happens. */
export interface MatchingListener {
  order(order: ExchangeOrder, execution: Execution, trade?: ExchangeTrade): void
  /** A trade was printed; who came last bought or sold. */
  print(pair: Pair, id: number, price: bigint, quantity: bigint, buyerIsMaker: boolean): void
  /** The total at a price is now so much. */
  level(pair: Pair, side: 'BUY' | 'SELL', price: bigint, quantity: bigint): void
}

/** 0.1 %, of what is received. */
const feeShare = one / 1_000n

/** Why the exchange refuses, by its own code. */
export class Refusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Creates a matching engine with price-time priority and balances, for tests: no code in common with the desk's own. */
export function createMatching(pairs: readonly Pair[], now: () => number, listener: MatchingListener) {
  const books = new Map(
    pairs.map((pair) => [pair.symbol, { pair, bids: [] as ExchangeOrder[], asks: [] as ExchangeOrder[] }]),
  )
  const waiting: ExchangeOrder[] = []
  const lastPrice = new Map<string, bigint>()
  let orderId = 1_000
  let tradeId = 5_000

  function bookOf(symbol: string) {
    const book = books.get(symbol)
    if (book === undefined) throw new Refusal(-1121, 'Invalid symbol.')
    return book
  }

  const sideOf = (book: ReturnType<typeof bookOf>, side: 'BUY' | 'SELL') => (side === 'BUY' ? book.bids : book.asks)

  function move(map: Map<string, bigint>, asset: string, by: bigint): void {
    map.set(asset, (map.get(asset) ?? 0n) + by)
  }

  /** What an order holds back: its quote at the limit when it buys, its base when it sells. */
  function hold(order: ExchangeOrder, quantity: bigint): [asset: string, amount: bigint] {
    const { pair } = bookOf(order.symbol)
    return order.side === 'BUY' ? [pair.quote, times(order.price, quantity)] : [pair.base, quantity]
  }

  function lock(order: ExchangeOrder, quantity: bigint, sign: 1n | -1n): void {
    if (order.account.isMaker || (order.side === 'BUY' && order.price === 0n)) return
    const [asset, amount] = hold(order, quantity)
    move(order.account.free, asset, -sign * amount)
    move(order.account.locked, asset, sign * amount)
  }

  function levelChanged(order: ExchangeOrder): void {
    const book = bookOf(order.symbol)
    const total = sideOf(book, order.side)
      .filter(({ price }) => price === order.price)
      .reduce((sum, { quantity, filled }) => sum + quantity - filled, 0n)
    listener.level(book.pair, order.side, order.price, total)
  }

  function crosses(order: ExchangeOrder, against: ExchangeOrder): boolean {
    if (order.price === 0n) return true
    return order.side === 'BUY' ? against.price <= order.price : against.price >= order.price
  }

  function available(order: ExchangeOrder): bigint {
    const book = bookOf(order.symbol)
    return sideOf(book, order.side === 'BUY' ? 'SELL' : 'BUY')
      .filter((against) => crosses(order, against))
      .reduce((sum, { quantity, filled }) => sum + quantity - filled, 0n)
  }

  function settleSide(order: ExchangeOrder, price: bigint, quantity: bigint, isMaker: boolean, id: number): void {
    const { pair } = bookOf(order.symbol)
    const value = times(price, quantity)
    const [got, gotAmount] = order.side === 'BUY' ? [pair.base, quantity] : [pair.quote, value]
    const [gave, gaveAmount] = order.side === 'BUY' ? [pair.quote, value] : [pair.base, quantity]
    const [feeAsset, fee] = feeOf(order, got, gotAmount, value)
    order.filled += quantity
    order.spent += value
    order.status = order.filled === order.quantity ? 'FILLED' : 'PARTIALLY_FILLED'
    order.changedAt = now()
    if (!order.account.isMaker) {
      const [, held] = hold(order, quantity)
      if (order.side === 'BUY' && order.price === 0n) move(order.account.free, gave, -gaveAmount)
      else {
        move(order.account.locked, gave, -held)
        move(order.account.free, gave, held - gaveAmount)
      }
      move(order.account.free, got, gotAmount)
      move(order.account.free, feeAsset, -fee)
    }
    const trade: ExchangeTrade = { id, order, price, quantity, fee, feeAsset, isMaker, at: now() }
    order.account.trades.push(trade)
    listener.order(order, 'TRADE', trade)
  }

  function feeOf({ account }: ExchangeOrder, got: string, gotAmount: bigint, value: bigint): [string, bigint] {
    if (account.isMaker) return [got, 0n]
    const bnb = account.paysInBnb ? lastPrice.get('BNBUSDT') : undefined
    return bnb === undefined ? [got, times(gotAmount, feeShare)] : ['BNB', (times(value, feeShare) * one) / bnb]
  }

  function match(order: ExchangeOrder): void {
    const book = bookOf(order.symbol)
    const others = sideOf(book, order.side === 'BUY' ? 'SELL' : 'BUY')
    if (order.timeInForce === 'FOK' && available(order) < order.quantity) {
      end(order, 'EXPIRED')
      return
    }
    while (order.filled < order.quantity) {
      const [best] = others
      if (best === undefined || !crosses(order, best)) break
      if (best.account === order.account && !best.account.isMaker) {
        // Nobody trades with himself: who waited gives way.
        others.shift()
        levelChanged(best)
        end(best, 'EXPIRED_IN_MATCH')
        continue
      }
      const left = order.quantity - order.filled
      const there = best.quantity - best.filled
      let quantity = left < there ? left : there
      if (order.side === 'BUY' && order.price === 0n && !order.account.isMaker) {
        const money = order.account.free.get(book.pair.quote) ?? 0n
        const affordable = ((money * one) / best.price / book.pair.lot) * book.pair.lot
        if (affordable < quantity) quantity = affordable
        if (quantity === 0n) break
      }
      const id = tradeId++
      settleSide(best, best.price, quantity, true, id)
      settleSide(order, best.price, quantity, false, id)
      if (best.filled === best.quantity) others.shift()
      levelChanged(best)
      lastPrice.set(order.symbol, best.price)
      listener.print(book.pair, id, best.price, quantity, order.side === 'SELL')
    }
    if (order.filled === order.quantity) return
    if (order.type === 'MARKET' || order.price === 0n || order.timeInForce !== 'GTC') end(order, 'EXPIRED')
    else rest(order)
  }

  function rest(order: ExchangeOrder): void {
    const side = sideOf(bookOf(order.symbol), order.side)
    const worse = (other: ExchangeOrder) =>
      order.side === 'BUY' ? other.price < order.price : other.price > order.price
    const at = side.findIndex(worse)
    side.splice(at === -1 ? side.length : at, 0, order)
    levelChanged(order)
  }

  function end(order: ExchangeOrder, status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'): void {
    lock(order, order.quantity - order.filled, -1n)
    order.status = status
    order.changedAt = now()
    listener.order(order, status === 'CANCELED' ? 'CANCELED' : 'EXPIRED')
  }

  function checkTriggers(symbol: string): void {
    const last = lastPrice.get(symbol)
    if (last === undefined) return
    for (const order of waiting.filter((one) => one.symbol === symbol)) {
      if (!isReached(order, last)) continue
      waiting.splice(waiting.indexOf(order), 1)
      order.triggered = true
      listener.order(order, 'NEW')
      match(order)
    }
  }

  function isReached({ type, side, stopPrice }: ExchangeOrder, last: bigint): boolean {
    const rising = type.startsWith('STOP_LOSS') === (side === 'BUY')
    return rising ? last >= stopPrice : last <= stopPrice
  }

  function submit(
    account: Account,
    fields: Omit<ExchangeOrder, 'id' | 'account' | 'at' | 'filled' | 'spent' | 'status' | 'triggered' | 'changedAt'>,
  ): ExchangeOrder {
    const { pair } = bookOf(fields.symbol)
    const at = now()
    const isConditional = fields.type.startsWith('STOP') || fields.type.startsWith('TAKE')
    const order: ExchangeOrder = {
      ...fields,
      id: orderId++,
      account,
      at,
      filled: 0n,
      spent: 0n,
      status: 'NEW',
      triggered: !isConditional,
      changedAt: at,
    }
    check(order, pair)
    account.orders.push(order)
    lock(order, order.quantity, 1n)
    listener.order(order, 'NEW')
    if (isConditional) waiting.push(order)
    else match(order)
    checkTriggers(order.symbol)
    return order
  }

  function check(order: ExchangeOrder, pair: Pair): void {
    const { account, quantity, price, side, type } = order
    if (quantity <= 0n || quantity % pair.lot !== 0n) throw new Refusal(-1013, 'Filter failure: LOT_SIZE')
    if (price % pair.tick !== 0n || order.stopPrice % pair.tick !== 0n)
      throw new Refusal(-1013, 'Filter failure: PRICE_FILTER')
    const reference = price > 0n ? price : (lastPrice.get(pair.symbol) ?? order.stopPrice)
    if (times(reference, quantity) < pair.minimumNotional) throw new Refusal(-1013, 'Filter failure: NOTIONAL')
    if (account.isMaker) return
    if (account.orders.some((other) => isWorking(other) && other.clientId === order.clientId)) {
      throw new Refusal(-2010, 'Duplicate order sent.')
    }
    const last = lastPrice.get(pair.symbol)
    if (!order.triggered && last !== undefined && isReached(order, last))
      throw new Refusal(-2010, 'Stop price would trigger immediately.')
    if (type === 'LIMIT_MAKER' && available(order) > 0n)
      throw new Refusal(-2010, 'Order would immediately match and take.')
    const [asset, amount] = side === 'BUY' ? [pair.quote, times(reference, quantity)] : [pair.base, quantity]
    if ((account.free.get(asset) ?? 0n) < amount) {
      throw new Refusal(-2010, 'Account has insufficient balance for requested action.')
    }
  }

  function cancel(order: ExchangeOrder): void {
    const book = bookOf(order.symbol)
    for (const list of [book.bids, book.asks, waiting]) {
      const at = list.indexOf(order)
      if (at === -1) continue
      list.splice(at, 1)
      if (list !== waiting) levelChanged(order)
    }
    end(order, 'CANCELED')
  }

  return {
    pairs,
    submit,
    cancel,
    depth(symbol: string, limit: number) {
      const { bids, asks } = bookOf(symbol)
      const levels = (side: readonly ExchangeOrder[]) => {
        const totals = new Map<bigint, bigint>()
        for (const { price, quantity, filled } of side) totals.set(price, (totals.get(price) ?? 0n) + quantity - filled)
        return [...totals].slice(0, limit)
      }
      return { bids: levels(bids), asks: levels(asks) }
    },
    lastPrice: (symbol: string) => lastPrice.get(symbol),
    setLastPrice(symbol: string, price: bigint) {
      lastPrice.set(symbol, price)
      checkTriggers(symbol)
    },
    pairOf: (symbol: string) => bookOf(symbol).pair,
  }
}

export function isWorking({ status }: Pick<ExchangeOrder, 'status'>): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED'
}
