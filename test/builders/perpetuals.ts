import { perpetualTiers } from '#adapters/simulated/perpetuals.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { btc } from './orders.ts'

export { perpetualTiers }

/** A perpetual beside BTC/USDT. */
export const btcPerpetual: Instrument = {
  ...btc,
  id: 'BTC/USDT:USDT',
  perpetual: {
    contractSize: decimal('0.001'),
    fundingIntervalMs: 28_800_000,
    liquidationFee: decimal('0.0125'),
    tiers: [...perpetualTiers],
  },
}
