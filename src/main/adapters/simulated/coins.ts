import type { Instrument } from '#shared/domain/instrument.ts'
import { decimal } from '#shared/lib/decimal.ts'

/** What the simulation knows of a coin. The numbers are plausible, not measured. */
export interface Coin {
  readonly instrument: Instrument
  readonly name: string
  /** The price that the coin drifts around, in USDT. */
  readonly anchor: number
  /** Daily volatility of its returns in an ordinary market. */
  readonly volatility: number
  /** Share of the market in its moves: two coins' returns correlate by the product of their shares. */
  readonly marketShare: number
  /** USDT traded on an ordinary day. */
  readonly turnover: number
  /** Bid-ask spread on an ordinary day, as a share of the price. */
  readonly spread: number
  /** Coins in circulation. */
  readonly circulating: number
  /** Addresses active on an ordinary day. */
  readonly addresses: number
}

function coin(base: string, priceStep: string, quantityStep: string, about: Omit<Coin, 'instrument'>): Coin {
  const instrument: Instrument = {
    id: `${base}/USDT`,
    base,
    quote: 'USDT',
    priceStep: decimal(priceStep),
    quantityStep: decimal(quantityStep),
    minimumNotional: decimal('5'),
  }
  return { instrument, ...about }
}

/** The coins that trade on the simulated exchange. */
export const coins: readonly Coin[] = [
  coin('BTC', '0.01', '0.00001', {
    name: 'Bitcoin',
    anchor: 64_000,
    volatility: 0.02,
    marketShare: 0.92,
    turnover: 1.2e9,
    spread: 0.00004,
    circulating: 19.8e6,
    addresses: 850_000,
  }),
  coin('ETH', '0.01', '0.0001', {
    name: 'Ethereum',
    anchor: 3_100,
    volatility: 0.026,
    marketShare: 0.88,
    turnover: 7e8,
    spread: 0.00006,
    circulating: 120.4e6,
    addresses: 480_000,
  }),
  coin('SOL', '0.01', '0.001', {
    name: 'Solana',
    anchor: 150,
    volatility: 0.038,
    marketShare: 0.78,
    turnover: 3e8,
    spread: 0.0001,
    circulating: 470e6,
    addresses: 1_900_000,
  }),
  coin('BNB', '0.01', '0.001', {
    name: 'BNB',
    anchor: 580,
    volatility: 0.023,
    marketShare: 0.75,
    turnover: 1.6e8,
    spread: 0.00008,
    circulating: 145e6,
    addresses: 1_100_000,
  }),
  coin('XRP', '0.0001', '0.1', {
    name: 'XRP',
    anchor: 0.62,
    volatility: 0.032,
    marketShare: 0.68,
    turnover: 1.8e8,
    spread: 0.0003,
    circulating: 56e9,
    addresses: 38_000,
  }),
  coin('ADA', '0.0001', '0.1', {
    name: 'Cardano',
    anchor: 0.46,
    volatility: 0.033,
    marketShare: 0.75,
    turnover: 6e7,
    spread: 0.0004,
    circulating: 35.6e9,
    addresses: 31_000,
  }),
  coin('DOGE', '0.00001', '1', {
    name: 'Dogecoin',
    anchor: 0.14,
    volatility: 0.042,
    marketShare: 0.66,
    turnover: 1.5e8,
    spread: 0.0003,
    circulating: 144e9,
    addresses: 52_000,
  }),
  coin('LTC', '0.01', '0.001', {
    name: 'Litecoin',
    anchor: 85,
    volatility: 0.029,
    marketShare: 0.74,
    turnover: 7e7,
    spread: 0.0002,
    circulating: 74.6e6,
    addresses: 310_000,
  }),
]
