import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { createCandles, intervals, showCandle } from './candles.ts'
import {
  type Account,
  createMatching,
  type ExchangeOrder,
  isWorking,
  type OrderType,
  type Pair,
  Refusal,
} from './matching.ts'
import { parseUnits, showUnits } from './units.ts'
import { executionReport, showCanceled, showNewOrder, showOrder, showPair, showTrade } from './wire.ts'

/** How the next request to a path goes wrong. */
export type Fault =
  /** Done, and never answered. */
  | 'silentAfter'
  /** Not done, and never answered. */
  | 'silentBefore'
  /** Done, and the connection is cut. */
  | 'cutAfter'
  /** Not done, and the connection is cut. */
  | 'cutBefore'
  /** Done, and answered with 503. */
  | 'errorAfter'
  /** Not done, and answered with 502 and a page. */
  | 'errorBefore'
  /** Done, and answered with something that is no JSON. */
  | 'garbage'
  /** Not done, and told to come back in seven seconds. */
  | 'tooMany'
  /** Not done: too many orders (-1015). */
  | 'tooManyOrders'
  /** On its way for longer than it was signed for, and looked at only then. */
  | 'late'
  /** Before a cancel is looked at, the order is filled whole. */
  | 'fillFirst'

export interface ExchangeServer {
  readonly address: string
  /** Every request: METHOD PATH. */
  readonly asked: string[]
  /** A new account with so much of each asset; where it has BNB it pays its fees in that. */
  open(balances: Readonly<Record<string, string>>): {
    readonly key: string
    readonly secret: string
    readonly account: Account
  }
  /** The next request to "METHOD PATH" goes wrong like this. */
  spoil(request: string, ...faults: Fault[]): void
  /** How the exchange behaves until told otherwise. */
  readonly ways: {
    clockOffsetMs: number
    tellFillsTwice: boolean
    muteUsers: boolean
    refuseSockets: boolean
    /** Every request goes wrong like this; or each as it is told of. */
    fault: Fault | undefined | ((request: string) => Fault | undefined)
  }
  /** Somebody else trades: the market's price comes here. */
  trade(symbol: string, side: 'BUY' | 'SELL', quantity: string): void
  /** Puts the market at a price, with a spread of one tick, and prints a trade there. */
  moveTo(symbol: string, price: string): void
  /** Best bid, best ask and last price. */
  quote(symbol: string): { readonly bid: string; readonly ask: string; readonly last: string }
  /** Puts the whole market at a new price. */
  quoteAround(symbol: string, price: string): void
  order(key: string, clientId: string): ExchangeOrder | undefined
  /** Trades at the market for an account, as its owner can at the exchange's own site. */
  placeAt(key: string, symbol: string, side: 'BUY' | 'SELL', quantity: string, clientId: string): void
  /** Cuts every websocket. */
  cutSockets(): void
  sockets(): number
  /** Resolves when everything sent so far has been received by every websocket, and nothing more was asked for a while. */
  drained(): Promise<void>
  close(): Promise<void>
}

interface Listener {
  readonly socket: WebSocket
  readonly streams: Set<string>
  readonly accounts: Map<string, number>
}

const pairs: readonly Pair[] = ['BTC', 'ETH', 'BNB'].map((base) => {
  return {
    symbol: `${base}USDT`,
    base,
    quote: 'USDT',
    tick: 1_000_000n,
    lot: base === 'BTC' ? 1_000n : 10_000n,
    minimumNotional: 500_000_000n,
  }
})

/**
 * Starts a small exchange on this machine that speaks the wire format of Binance's spot market: REST with signatures,
 * market streams, and the user data stream of its websocket API. Its matching shares nothing with the desk.
 */
export async function startExchangeServer(options: { readonly now?: () => number } = {}): Promise<ExchangeServer> {
  const ways = {
    clockOffsetMs: 0,
    tellFillsTwice: false,
    muteUsers: false,
    refuseSockets: false,
    fault: undefined as ExchangeServer['ways']['fault'],
  }
  const now = () => (options.now ?? Date.now)() + ways.clockOffsetMs
  const accounts = new Map<string, Account>()
  const listeners = new Set<Listener>()
  const faults = new Map<string, Fault[]>()
  const asked: string[] = []
  const held = new Set<Socket>()
  const candles = createCandles()
  const prints = new Map<string, { id: number; price: bigint; quantity: bigint; at: number; buyerIsMaker: boolean }[]>()
  const updateIds = new Map<string, number>()
  const maker: Account = {
    key: '',
    secret: '',
    isMaker: true,
    paysInBnb: false,
    free: new Map(),
    locked: new Map(),
    orders: [],
    trades: [],
  }
  let accountCount = 0
  let subscriptions = 0
  let cancels = 0
  let pending = 0

  function publish(stream: string, event: unknown): void {
    for (const { socket, streams } of listeners) if (streams.has(stream)) socket.send(JSON.stringify(event))
  }

  function tellUser(account: Account, event: unknown): void {
    if (ways.muteUsers) return
    for (const { socket, accounts: subscribed } of listeners) {
      const subscriptionId = subscribed.get(account.key)
      if (subscriptionId !== undefined) socket.send(JSON.stringify({ subscriptionId, event }))
    }
  }

  const matching = createMatching(pairs, now, {
    order(order, execution, trade) {
      if (order.account.isMaker) return
      const report = executionReport(order, execution, trade, now())
      tellUser(order.account, report)
      if (execution === 'TRADE' && ways.tellFillsTwice) tellUser(order.account, report)
    },
    print(pair, id, price, quantity, buyerIsMaker) {
      const at = now()
      candles.add(pair.symbol, at, price, quantity)
      const list = prints.get(pair.symbol) ?? []
      prints.set(pair.symbol, [...list, { id, price, quantity, at, buyerIsMaker }].slice(-1_000))
      publish(`${pair.symbol.toLowerCase()}@trade`, {
        e: 'trade',
        E: at,
        s: pair.symbol,
        t: id,
        p: showUnits(price),
        q: showUnits(quantity),
        T: at,
        m: buyerIsMaker,
        M: true,
      })
    },
    level(pair, side, price, quantity) {
      const id = (updateIds.get(pair.symbol) ?? 1) + 1
      updateIds.set(pair.symbol, id)
      const level = [[showUnits(price), showUnits(quantity)]]
      const event = {
        e: 'depthUpdate',
        E: now(),
        s: pair.symbol,
        U: id,
        u: id,
        b: side === 'BUY' ? level : [],
        a: side === 'SELL' ? level : [],
      }
      publish(`${pair.symbol.toLowerCase()}@depth@100ms`, event)
      publish(`${pair.symbol.toLowerCase()}@depth`, event)
    },
  })

  function place(symbol: string, side: 'BUY' | 'SELL', type: OrderType, price: bigint, quantity: bigint): void {
    matching.submit(maker, { symbol, clientId: '', side, type, timeInForce: 'GTC', price, stopPrice: 0n, quantity })
  }

  /** Twenty levels a side, a thousandth apart, each worth about 120 000. */
  function quoteAround(symbol: string, text: string): void {
    const price = parseUnits(text) ?? 0n
    fillBook(symbol, price, (level) => (price * level) / 2_000n)
    matching.setLastPrice(symbol, price)
  }

  function fillBook(symbol: string, price: bigint, away: (level: bigint) => bigint): void {
    const pair = matching.pairOf(symbol)
    for (const order of maker.orders.filter((one) => one.symbol === symbol && isWorking(one))) matching.cancel(order)
    maker.orders.splice(0, maker.orders.length, ...maker.orders.filter((one) => one.symbol !== symbol))
    const size = ((120_000n * 10n ** 16n) / price / pair.lot) * pair.lot
    for (let level = 1n; level <= 20n; level++) {
      const distance = (away(level) / pair.tick) * pair.tick
      place(symbol, 'BUY', 'LIMIT', price - distance, size)
      place(symbol, 'SELL', 'LIMIT', price + distance, size)
    }
  }

  function moveTo(symbol: string, text: string): void {
    const price = parseUnits(text) ?? 0n
    const { tick } = matching.pairOf(symbol)
    fillBook(symbol, price, (level) => level * tick)
    matching.setLastPrice(symbol, price)
    middle.set(symbol, price)
  }

  /** The market makes itself whole again after each request. */
  function refill(symbol: string): void {
    const taken = maker.orders.some((order) => order.symbol === symbol && order.filled > 0n)
    const last = matching.lastPrice(symbol)
    if (taken && last !== undefined) quoteAround(symbol, showUnits(middle.get(symbol) ?? last))
  }
  const middle = new Map<string, bigint>()
  const start = (symbol: string, price: string) => {
    middle.set(symbol, parseUnits(price) ?? 0n)
    quoteAround(symbol, price)
  }
  start('BTCUSDT', '60000')
  start('ETHUSDT', '3000')
  start('BNBUSDT', '600')
  // Something has traded before the desk comes: a day of minutes, an hour of it by the minute.
  for (const { symbol } of pairs) {
    const price = middle.get(symbol) ?? 0n
    for (let back = 1_600; back >= 1; back--) {
      const at = now() - Math.min(back, 100) * 60_000 - Math.max(0, back - 100) * 21_600_000
      candles.add(symbol, at, price + (price / 1_000n) * BigInt((back * 7) % 11), 10_000_000n)
    }
    candles.add(symbol, now(), price, 10_000_000n)
  }

  function authenticate(key: string | undefined, signed: string, query: URLSearchParams): Account {
    const account = accounts.get(key ?? '')
    if (account === undefined) throw new Refusal(-2015, 'Invalid API-key, IP, or permissions for action.')
    const at = Number(query.get('timestamp'))
    const window = Number(query.get('recvWindow') ?? '5000')
    if (!(at < now() + 1_000 && now() - at <= window)) {
      throw new Refusal(
        -1021,
        at > now()
          ? "Timestamp for this request was 1000ms ahead of the server's time."
          : 'Timestamp for this request is outside of the recvWindow.',
      )
    }
    const expected = createHmac('sha256', account.secret).update(signed).digest('hex')
    if (query.get('signature') !== expected) throw new Refusal(-1022, 'Signature for this request is not valid.')
    return account
  }

  function amount(query: URLSearchParams, name: string, required: boolean): bigint {
    const text = query.get(name)
    if (text === null && !required) return 0n
    const value = parseUnits(text)
    if (value !== undefined) return value
    throw text === null
      ? new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
      : new Refusal(
          -1100,
          `Illegal characters found in parameter '${name}'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.`,
        )
  }

  function newOrder(account: Account, query: URLSearchParams): ExchangeOrder {
    const type = query.get('type') as OrderType
    const clientId = query.get('newClientOrderId') ?? `auto-${now()}`
    if (!/^[.A-Z:/a-z0-9_-]{1,36}$/.test(clientId)) {
      throw new Refusal(
        -1100,
        "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
      )
    }
    const isLimit = type.includes('LIMIT')
    const order = matching.submit(account, {
      symbol: query.get('symbol') ?? '',
      clientId,
      side: query.get('side') as 'BUY' | 'SELL',
      type,
      timeInForce: (query.get('timeInForce') as 'GTC' | null) ?? 'GTC',
      price: amount(query, 'price', isLimit),
      stopPrice: amount(query, 'stopPrice', type.startsWith('STOP') || type.startsWith('TAKE')),
      quantity: amount(query, 'quantity', true),
    })
    refill(order.symbol)
    return order
  }

  function findOrder(account: Account, query: URLSearchParams, missing: Refusal): ExchangeOrder {
    const id = query.get('orderId')
    const clientId = query.get('origClientOrderId')
    const order = account.orders.findLast(
      (one) => (id !== null ? String(one.id) === id : one.clientId === clientId) && one.symbol === query.get('symbol'),
    )
    if (order === undefined) throw missing
    return order
  }

  function cancelOrder(account: Account, query: URLSearchParams, fault: Fault | undefined): ExchangeOrder {
    const unknown = new Refusal(-2011, 'Unknown order sent.')
    const order = findOrder(account, query, unknown)
    if (fault === 'fillFirst' && isWorking(order)) fillWhole(order)
    if (!isWorking(order)) throw unknown
    matching.cancel(order)
    return order
  }

  function fillWhole(order: ExchangeOrder): void {
    for (const own of maker.orders.filter((one) => one.symbol === order.symbol && isWorking(one))) matching.cancel(own)
    place(order.symbol, order.side === 'BUY' ? 'SELL' : 'BUY', 'LIMIT', order.price, order.quantity - order.filled)
    start(order.symbol, showUnits(middle.get(order.symbol) ?? 0n))
  }

  /** Does what a request asks. */
  function perform(what: string, query: URLSearchParams, account: () => Account, fault: Fault | undefined): unknown {
    const symbol = query.get('symbol') ?? ''
    switch (what) {
      case 'GET /api/v3/ping':
        return {}
      case 'GET /api/v3/time':
        return { serverTime: now() }
      case 'GET /api/v3/exchangeInfo':
        return { timezone: 'UTC', serverTime: now(), rateLimits: [], exchangeFilters: [], symbols: pairs.map(showPair) }
      case 'GET /api/v3/depth': {
        const { bids, asks } = matching.depth(symbol, Number(query.get('limit') ?? '100'))
        const show = (levels: readonly (readonly [bigint, bigint])[]) =>
          levels.map(([price, size]) => [showUnits(price), showUnits(size)])
        return { lastUpdateId: updateIds.get(symbol) ?? 1, bids: show(bids), asks: show(asks) }
      }
      case 'GET /api/v3/klines': {
        const interval = query.get('interval') ?? '1m'
        if (intervals[interval] === undefined) throw new Refusal(-1120, 'Invalid interval.')
        const [from, until] = [
          Number(query.get('startTime') ?? 0),
          Number(query.get('endTime') ?? Number.MAX_SAFE_INTEGER),
        ]
        const list = candles
          .of(matching.pairOf(symbol).symbol, interval)
          .filter(({ openTime }) => openTime >= from && openTime <= until)
        const limit = Number(query.get('limit') ?? '500')
        return (query.has('startTime') ? list.slice(0, limit) : list.slice(-limit)).map((bar) =>
          showCandle(bar, interval),
        )
      }
      case 'GET /api/v3/ticker/24hr': {
        const { bids, asks } = matching.depth(symbol, 1)
        const last = showUnits(matching.lastPrice(symbol) ?? 0n)
        return {
          symbol,
          lastPrice: last,
          bidPrice: showUnits(bids[0]?.[0] ?? 0n),
          askPrice: showUnits(asks[0]?.[0] ?? 0n),
          closeTime: now(),
        }
      }
      case 'GET /api/v3/trades':
        return (prints.get(matching.pairOf(symbol).symbol) ?? [])
          .slice(-Number(query.get('limit') ?? '500'))
          .map(showPrint)
      case 'GET /api/v3/aggTrades': {
        const from = Number(query.get('startTime') ?? 0)
        return (prints.get(matching.pairOf(symbol).symbol) ?? [])
          .filter(({ at }) => at >= from)
          .slice(0, Number(query.get('limit') ?? '500'))
          .map(({ id, price, quantity, at, buyerIsMaker }) => ({
            a: id,
            p: showUnits(price),
            q: showUnits(quantity),
            f: id,
            l: id,
            T: at,
            m: buyerIsMaker,
            M: true,
          }))
      }
      case 'GET /api/v3/account': {
        const { free, locked } = account()
        const assets = [...new Set([...free.keys(), ...locked.keys()])]
        const balances = assets.map((asset) => ({
          asset,
          free: showUnits(free.get(asset) ?? 0n),
          locked: showUnits(locked.get(asset) ?? 0n),
        }))
        return {
          makerCommission: 10,
          takerCommission: 10,
          canTrade: true,
          canWithdraw: false,
          canDeposit: true,
          updateTime: now(),
          accountType: 'SPOT',
          balances,
          permissions: ['SPOT'],
        }
      }
      case 'POST /api/v3/order':
        return showNewOrder(newOrder(account(), query))
      case 'GET /api/v3/allOrders': {
        const from = Number(query.get('orderId') ?? 0)
        const list = account().orders.filter((one) => one.symbol === symbol && one.id >= from)
        const limit = Number(query.get('limit') ?? '500')
        return (from > 0 ? list.slice(0, limit) : list.slice(-limit)).map(showOrder)
      }
      case 'GET /api/v3/order':
        return showOrder(findOrder(account(), query, new Refusal(-2013, 'Order does not exist.')))
      case 'DELETE /api/v3/order':
        return showCanceled(cancelOrder(account(), query, fault), `cancel-${++cancels}`)
      case 'POST /api/v3/order/cancelReplace':
        return cancelReplace(account(), query, fault)
      case 'GET /api/v3/openOrders':
        return account()
          .orders.filter((order) => isWorking(order) && (symbol === '' || order.symbol === symbol))
          .map(showOrder)
      case 'DELETE /api/v3/openOrders': {
        const open = account().orders.filter((order) => isWorking(order) && order.symbol === symbol)
        if (open.length === 0) throw new Refusal(-2011, 'Unknown order sent.')
        for (const order of open) matching.cancel(order)
        return open.map((order) => showCanceled(order, `cancel-${++cancels}`))
      }
      case 'GET /api/v3/myTrades': {
        const [from, fromId] = [Number(query.get('startTime') ?? 0), Number(query.get('fromId') ?? 0)]
        const until = Number(query.get('endTime') ?? Number.MAX_SAFE_INTEGER)
        matching.pairOf(symbol)
        const list = account().trades.filter(
          (one) => one.order.symbol === symbol && one.at >= from && one.at <= until && one.id >= fromId,
        )
        const limit = Number(query.get('limit') ?? '500')
        return (query.has('startTime') || query.has('fromId') ? list.slice(0, limit) : list.slice(-limit)).map(
          showTrade,
        )
      }
      default:
        throw new Refusal(-1, `There is no ${what} here.`)
    }
  }

  function cancelReplace(account: Account, query: URLSearchParams, fault: Fault | undefined): unknown {
    const renamed = new URLSearchParams(query)
    renamed.set('origClientOrderId', query.get('cancelOrigClientOrderId') ?? '')
    if (query.has('cancelOrderId')) renamed.set('orderId', query.get('cancelOrderId') ?? '')
    const canceled = showCanceled(cancelOrder(account, renamed, fault), `cancel-${++cancels}`)
    return {
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: canceled,
      newOrderResponse: showNewOrder(newOrder(account, query)),
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://exchange')
    // As behind a gateway, the first part of a path is the host that was meant.
    const what = `${request.method} ${url.pathname.replace(/^\/[^/]+/, '')}`
    asked.push(what)
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const raw = text === '' ? url.search.slice(1) : text
    const query = new URLSearchParams(raw)
    const signed = raw.replace(/&?signature=[^&]*/, '')
    const usual = typeof ways.fault === 'function' ? ways.fault(what) : ways.fault
    const fault = usual ?? faults.get(what)?.shift()
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    }
    if (fault === 'silentBefore') return
    if (fault === 'late') {
      await new Promise((resolve) => setTimeout(resolve, Number(query.get('recvWindow') ?? '5000') + 50))
    }
    if (fault === 'cutBefore') return void response.destroy()
    if (fault === 'errorBefore')
      return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
    if (fault === 'tooMany')
      return send(
        429,
        { code: -1003, msg: 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE.' },
        { 'retry-after': '7' },
      )
    if (fault === 'tooManyOrders')
      return send(429, { code: -1015, msg: 'Too many new orders; current limit is 100 orders per TEN_SECONDS.' })
    let body: unknown
    let status = 200
    try {
      body = perform(
        what,
        query,
        () => authenticate(request.headers['x-mbx-apikey'] as string | undefined, signed, query),
        fault,
      )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      status = error.code === -2015 ? 401 : 400
      body = { code: error.code, msg: error.message }
    }
    if (fault === 'silentAfter') return
    if (fault === 'cutAfter') return void response.destroy()
    if (fault === 'errorAfter') return send(503, { code: -1000, msg: 'Service unavailable.' })
    if (fault === 'garbage')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Just a moment...</html>')
    send(status, body)
  }

  const server = createServer((request, response) => {
    pending++
    response.on('close', () => pending--)
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  server.on('connection', (socket) => {
    held.add(socket)
    socket.on('close', () => held.delete(socket))
  })

  const wss = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (ways.refuseSockets) {
      socket.destroy()
      return
    }
    wss.handleUpgrade(request, socket, head, (ws) => accept(ws))
  })

  function accept(socket: WebSocket): void {
    const listener: Listener = { socket, streams: new Set(), accounts: new Map() }
    listeners.add(listener)
    socket.on('close', () => listeners.delete(listener))
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString('utf8')) as { id: unknown; method: string; params: unknown }
      if (message.method === 'SUBSCRIBE' || message.method === 'UNSUBSCRIBE') {
        for (const stream of message.params as string[]) {
          if (message.method === 'SUBSCRIBE') listener.streams.add(stream)
          else listener.streams.delete(stream)
        }
        socket.send(JSON.stringify({ result: null, id: message.id }))
        return
      }
      socket.send(JSON.stringify({ id: message.id, ...subscribeUser(listener, message.method, message.params) }))
    })
  }

  function subscribeUser(listener: Listener, method: string, params: unknown): object {
    try {
      if (method !== 'userDataStream.subscribe.signature') throw new Refusal(-1, `There is no ${method} here.`)
      const query = new URLSearchParams(params as Record<string, string>)
      const signed = [...query.keys()]
        .filter((name) => name !== 'signature')
        .sort()
        .map((name) => `${name}=${query.get(name)}`)
        .join('&')
      const account = authenticate(query.get('apiKey') ?? undefined, signed, query)
      listener.accounts.set(account.key, subscriptions++)
      return { status: 200, result: { subscriptionId: subscriptions - 1 } }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: 400, error: { code: error.code, msg: error.message } }
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    asked,
    ways,
    open(balances) {
      const number = ++accountCount
      const free = new Map(Object.entries(balances).map(([asset, text]) => [asset, parseUnits(text) ?? 0n]))
      const account: Account = {
        key: `key-${number}`,
        secret: `secret-${number}`,
        isMaker: false,
        paysInBnb: free.has('BNB'),
        free,
        locked: new Map(),
        orders: [],
        trades: [],
      }
      accounts.set(account.key, account)
      return { key: account.key, secret: account.secret, account }
    },
    spoil: (request, ...list) => faults.set(request, [...(faults.get(request) ?? []), ...list]),
    trade(symbol, side, quantity) {
      place(symbol, side, 'MARKET', 0n, parseUnits(quantity) ?? 0n)
      refill(symbol)
    },
    quoteAround: start,
    moveTo,
    quote(symbol) {
      const { bids, asks } = matching.depth(symbol, 1)
      const [bid, ask] = [bids[0]?.[0] ?? 0n, asks[0]?.[0] ?? 0n]
      return { bid: showUnits(bid), ask: showUnits(ask), last: showUnits(matching.lastPrice(symbol) ?? 0n) }
    },
    order: (key, clientId) => accounts.get(key)?.orders.findLast((order) => order.clientId === clientId),
    placeAt(key, symbol, side, quantity, clientId) {
      const account = accounts.get(key)
      if (account === undefined) throw new Error(`There is no account ${key}.`)
      const units = parseUnits(quantity) ?? 0n
      const terms = { type: 'MARKET', timeInForce: 'GTC', price: 0n, stopPrice: 0n } as const
      matching.submit(account, { symbol, clientId, side, quantity: units, ...terms })
      refill(symbol)
    },
    cutSockets() {
      for (const { socket } of listeners) socket.terminate()
    },
    sockets: () => listeners.size,
    async drained() {
      await Promise.all(
        [...listeners].map(
          ({ socket }) =>
            new Promise<void>((resolve) => {
              const done = () => {
                socket.off('pong', done).off('close', done)
                resolve()
              }
              socket.once('pong', done).once('close', done)
              if (socket.readyState === socket.OPEN) socket.ping()
              else done()
            }),
        ),
      )
      // What was received may lead to a question.
      for (let quiet = 0; quiet < 3; quiet = pending === 0 ? quiet + 1 : 0) {
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
    async close() {
      for (const client of wss.clients) client.terminate()
      server.closeAllConnections()
      for (const socket of held) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function showPrint({
  id,
  price,
  quantity,
  at,
  buyerIsMaker,
}: {
  id: number
  price: bigint
  quantity: bigint
  at: number
  buyerIsMaker: boolean
}) {
  return {
    id,
    price: showUnits(price),
    qty: showUnits(quantity),
    quoteQty: showUnits((price * quantity) / 100_000_000n),
    time: at,
    isBuyerMaker: buyerIsMaker,
    isBestMatch: true,
  }
}
