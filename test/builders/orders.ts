import type { Instrument } from '#shared/domain/instrument.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import { type Fill, type Order, plainTerms } from '#shared/domain/order.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'

export const btc: Instrument = {
  id: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceStep: decimal('0.01'),
  quantityStep: decimal('0.001'),
  minimumNotional: decimal(10),
}

export const eth: Instrument = { ...btc, id: 'ETH/USDT', base: 'ETH' }

/** Limits wide enough for small orders. */
export const wideMandate: Mandate = {
  instruments: [],
  maximumOrderNotional: decimal(25_000),
  maximumExposure: decimal(100_000),
  ordersPerMinute: 10,
  maximumDailyLoss: decimal(5_000),
  maximumValueAtRisk: null,
  maximumExpectedShortfall: null,
  maximumLeverage: 3,
  liquidationBuffer: 0.3,
  priceCollar: 0.05,
  maximumQuoteAgeMs: 60_000,
  expiresAt: null,
}

/** An order to buy 1 BTC/USDT at the market that nothing has happened to; what is given replaces it. */
export function deskOrder(given: Partial<Order> = {}): Order {
  const status = given.status ?? 'INITIALIZED'
  const isPending = status === 'PENDING_CANCEL' || status === 'PENDING_UPDATE'
  return {
    ...plainTerms,
    standing: isPending ? 'ACCEPTED' : status,
    pendingUpdates: status === 'PENDING_UPDATE' ? [{}] : [],
    clientOrderId: 'order-1',
    venueOrderId: null,
    instrument: btc.id,
    side: 'buy',
    type: given.limitPrice === undefined || given.limitPrice === null ? 'MARKET' : 'LIMIT',
    timeInForce: 'GTC',
    quantity: decimal(1),
    limitPrice: null,
    reduceOnly: false,
    status: 'INITIALIZED',
    filledQuantity: ZERO,
    averagePrice: null,
    by: 'executor',
    runId: 'run-1',
    proposalId: 'proposal-1',
    decisionId: 'decision-1',
    createdAt: 0,
    updatedAt: 0,
    reason: null,
    ...given,
  }
}

/** A fill of all of deskOrder's quantity at 100, without a fee; what is given replaces it. */
export function deskFill(given: Partial<Fill> = {}): Fill {
  return {
    tradeId: 'trade-1',
    clientOrderId: 'order-1',
    instrument: btc.id,
    side: 'buy',
    quantity: decimal(1),
    price: decimal(100),
    fee: ZERO,
    at: 0,
    ...given,
  }
}
