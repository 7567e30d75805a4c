import { type PlainTier, withMaintenanceAmounts } from '#engine/trading/margin-tiers.ts'
import type { Instrument, MarginTier } from '#shared/domain/instrument.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { btc } from './orders.ts'

const tier = (cap: number | null, maximumLeverage: number, rate: string): PlainTier => ({
  notionalCap: cap === null ? null : decimal(cap),
  maximumLeverage,
  maintenanceRate: decimal(rate),
})

/** Binance's leverage and margin tiers of BTCUSDT, USD-M, as they stood in 2021 when its worked examples were written. */
export const btcTiers: readonly MarginTier[] = withMaintenanceAmounts([
  tier(50_000, 125, '0.004'),
  tier(250_000, 100, '0.005'),
  tier(1_000_000, 50, '0.01'),
  tier(10_000_000, 20, '0.025'),
  tier(20_000_000, 10, '0.05'),
  tier(50_000_000, 5, '0.1'),
  tier(100_000_000, 4, '0.125'),
  tier(200_000_000, 3, '0.15'),
  tier(300_000_000, 2, '0.25'),
  tier(null, 1, '0.5'),
])

/** A perpetual beside BTC/USDT. */
export const btcPerpetual: Instrument = {
  ...btc,
  id: 'BTC/USDT:USDT',
  perpetual: {
    contractSize: decimal('0.001'),
    fundingIntervalMs: 28_800_000,
    liquidationFee: decimal('0.0125'),
    tiers: [...btcTiers],
  },
}
