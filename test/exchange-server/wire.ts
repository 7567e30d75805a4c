import type { ExchangeOrder, ExchangeTrade, Execution, Pair } from './matching.ts'
import { showUnits } from './units.ts'

/** One symbol of /api/v3/exchangeInfo. */
export function showPair(pair: Pair) {
  return {
    symbol: pair.symbol,
    status: 'TRADING',
    baseAsset: pair.base,
    baseAssetPrecision: 8,
    quoteAsset: pair.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
    icebergAllowed: true,
    ocoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: showUnits(pair.tick),
        maxPrice: '1000000.00000000',
        tickSize: showUnits(pair.tick),
      },
      { filterType: 'LOT_SIZE', minQty: showUnits(pair.lot), maxQty: '9000.00000000', stepSize: showUnits(pair.lot) },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '9000.00000000', stepSize: '0.00000000' },
      {
        filterType: 'NOTIONAL',
        minNotional: showUnits(pair.minimumNotional),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
  }
}

/** An order as GET /api/v3/order and /api/v3/openOrders give it. */
export function showOrder(order: ExchangeOrder) {
  return {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientId,
    price: showUnits(order.price),
    origQty: showUnits(order.quantity),
    executedQty: showUnits(order.filled),
    cummulativeQuoteQty: showUnits(order.spent),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    stopPrice: showUnits(order.stopPrice),
    icebergQty: '0.00000000',
    time: order.at,
    updateTime: order.changedAt,
    isWorking: order.triggered,
    workingTime: order.triggered ? order.at : -1,
    origQuoteOrderQty: '0.00000000',
    selfTradePreventionMode: 'EXPIRE_MAKER',
  }
}

/** The answer to POST /api/v3/order with newOrderRespType=FULL. */
export function showNewOrder(order: ExchangeOrder) {
  const { time: _, updateTime: __, isWorking: ___, stopPrice: ____, icebergQty: _____, ...shown } = showOrder(order)
  const fills = order.account.trades
    .filter((trade) => trade.order === order)
    .map((trade) => ({
      price: showUnits(trade.price),
      qty: showUnits(trade.quantity),
      commission: showUnits(trade.fee),
      commissionAsset: trade.feeAsset,
      tradeId: trade.id,
    }))
  return { ...shown, transactTime: order.at, fills }
}

/** The answer to DELETE /api/v3/order. */
export function showCanceled(order: ExchangeOrder, cancelId: string) {
  return {
    ...showOrder(order),
    origClientOrderId: order.clientId,
    clientOrderId: cancelId,
    transactTime: order.changedAt,
  }
}

/** One of /api/v3/myTrades. */
export function showTrade(trade: ExchangeTrade) {
  return {
    symbol: trade.order.symbol,
    id: trade.id,
    orderId: trade.order.id,
    orderListId: -1,
    price: showUnits(trade.price),
    qty: showUnits(trade.quantity),
    quoteQty: showUnits((trade.price * trade.quantity) / 100_000_000n),
    commission: showUnits(trade.fee),
    commissionAsset: trade.feeAsset,
    time: trade.at,
    isBuyer: trade.order.side === 'BUY',
    isMaker: trade.isMaker,
    isBestMatch: true,
  }
}

/** The executionReport event of the user data stream. */
export function executionReport(
  order: ExchangeOrder,
  execution: Execution,
  trade: ExchangeTrade | undefined,
  at: number,
) {
  const isCancel = execution === 'CANCELED'
  return {
    e: 'executionReport',
    E: at,
    s: order.symbol,
    c: isCancel ? `cancel-${order.id}` : order.clientId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: showUnits(order.quantity),
    p: showUnits(order.price),
    P: showUnits(order.stopPrice),
    F: '0.00000000',
    g: -1,
    C: isCancel ? order.clientId : '',
    x: execution,
    X: execution === 'NEW' ? 'NEW' : order.status,
    r: 'NONE',
    i: order.id,
    l: showUnits(trade?.quantity ?? 0n),
    z: showUnits(execution === 'NEW' ? 0n : order.filled),
    L: showUnits(trade?.price ?? 0n),
    n: showUnits(trade?.fee ?? 0n),
    N: trade?.feeAsset ?? null,
    T: trade?.at ?? order.changedAt,
    t: trade?.id ?? -1,
    v: 1,
    I: order.id * 2,
    w: order.triggered,
    m: trade?.isMaker ?? false,
    M: false,
    O: order.at,
    Z: showUnits(order.spent),
    Y: showUnits(trade === undefined ? 0n : (trade.price * trade.quantity) / 100_000_000n),
    Q: '0.00000000',
    W: order.at,
    V: 'EXPIRE_MAKER',
  }
}
