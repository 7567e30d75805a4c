import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absolute, add, type Decimal, decimal, multiply, subtract, toNumber } from '#shared/lib/decimal.ts'
import { perpetualTiers } from '#test/builders/perpetuals.ts'
import { liquidationPrice } from './liquidation-price.ts'
import { maintenanceMargin } from './margin-tiers.ts'

const priceOf = (quantity: string, entry: string, collateral: string) =>
  liquidationPrice(
    { quantity: decimal(quantity), averagePrice: decimal(entry), tiers: perpetualTiers },
    decimal(collateral),
  )

describe('the liquidation price', () => {
  it('of an isolated long: 1 BTC at 50,000 with 5,000 behind it is at 45,180.72', () => {
    // 5,000 + (P - 50,000) = 0.004 P, as 45,180 is worth less than 50,000: P = 45,000 / 0.996.
    expect(toNumber(priceOf('1', '50000', '5000') as Decimal)).toBeCloseTo(45_180.722_892, 6)
  })

  it('of an isolated short lies above the entry: 1 BTC at 40,000 with 4,000 behind it', () => {
    // 4,000 - (P - 40,000) = 0.004 P: P = 44,000 / 1.004.
    expect(toNumber(priceOf('-1', '40000', '4000') as Decimal)).toBeCloseTo(43_824.701_195, 6)
  })

  it('is solved on the step that the worth stands on there, not on that of the entry', () => {
    // At the entry 10 BTC are worth 500,000 (third step), at the answer under 250,000 (second): rate 0.005, amount 50.
    const price = priceOf('10', '50000', '260000') as Decimal
    expect(toNumber(price)).toBeCloseTo((260_000 + 50 - 500_000) / (10 * 0.005 - 10), 8)
    expect(toNumber(price) * 10).toBeLessThan(250_000)
  })

  it('is the one of the worked example that Binance published for two cross positions', () => {
    // Wallet 1,535,443.01; BTCUSDT 109.488 at 32,481.98; ETHUSDT holds 356,512.508 of maintenance margin and is 448,192.89 down.
    const collateral = decimal('1535443.01')
    const others = subtract(subtract(collateral, decimal('448192.89')), decimal('356512.508'))
    const position = { quantity: decimal('109.488'), averagePrice: decimal('32481.98'), tiers: perpetualTiers }
    expect(toNumber(liquidationPrice(position, others) as Decimal)).toBeCloseTo(26_316.89, 2)
  })

  it('is none where the margin covers the whole fall, and none without a position', () => {
    expect(priceOf('1', '50000', '50000')).toBeNull()
    expect(priceOf('1', '50000', '90000')).toBeNull()
    expect(priceOf('0', '50000', '0')).toBeNull()
  })

  const quantity = fc
    .tuple(fc.boolean(), fc.integer({ min: 1, max: 2_000_000 }))
    .map(([isShort, lots]) => decimal((isShort ? -lots : lots) / 1_000))
  const price = fc.integer({ min: 1, max: 10_000_000 }).map((ticks) => decimal(ticks / 100))
  const collateral = fc.integer({ min: 0, max: 100_000_000 }).map((cents) => decimal(cents / 100))

  it('leaves exactly the maintenance margin of what is held, on every step', () => {
    fc.assert(
      fc.property(quantity, price, collateral, (size, entry, behind) => {
        const at = liquidationPrice({ quantity: size, averagePrice: entry, tiers: perpetualTiers }, behind)
        if (at === null) return
        const left = add(behind, multiply(size, subtract(at, entry)))
        const need = maintenanceMargin(perpetualTiers, multiply(absolute(size), at))
        expect(toNumber(subtract(left, need))).toBeCloseTo(0, 12)
      }),
    )
  })

  it('is there for every short, and lies beyond the entry for whoever can hold what he opened', () => {
    fc.assert(
      fc.property(quantity, price, collateral, (size, entry, behind) => {
        const at = liquidationPrice({ quantity: size, averagePrice: entry, tiers: perpetualTiers }, behind)
        if (size.startsWith('-')) expect(at).not.toBeNull()
        const notional = multiply(absolute(size), entry)
        if (at === null || toNumber(behind) <= toNumber(maintenanceMargin(perpetualTiers, notional))) return
        if (size.startsWith('-')) expect(toNumber(at)).toBeGreaterThan(toNumber(entry))
        else expect(toNumber(at)).toBeLessThan(toNumber(entry))
      }),
    )
  })
})
