import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, compare, decimal, subtract, toNumber } from '#shared/lib/decimal.ts'
import { perpetualTiers } from '#test/builders/perpetuals.ts'
import { initialMargin, maintenanceMargin, tierOf } from './margin-tiers.ts'

describe('a margin scheme by steps', () => {
  it('reckons the maintenance amounts that Binance published for BTCUSDT', () => {
    expect(perpetualTiers.map(({ maintenanceAmount }) => toNumber(maintenanceAmount))).toEqual([
      0, 50, 1_300, 16_300, 266_300, 1_266_300, 2_516_300, 5_016_300, 25_016_300, 100_016_300,
    ])
  })

  it('asks by hand-made numbers: 2.5 % of 3,556,387 less 16,300', () => {
    expect(maintenanceMargin(perpetualTiers, decimal(3_556_387))).toBe('72609.675')
    expect(initialMargin(perpetualTiers, decimal(3_000), 3)).toBe('1000')
  })

  it('gives no more leverage than the step allows', () => {
    expect(initialMargin(perpetualTiers, decimal(5_000_000), 125)).toBe('250000')
    expect(tierOf(perpetualTiers, decimal(5_000_000)).maximumLeverage).toBe(20)
    expect(tierOf(perpetualTiers, decimal(10_000_000_000)).maximumLeverage).toBe(1)
  })

  it('asks for more without a jump as a position grows', () => {
    const worth = fc.integer({ min: 1, max: 400_000_000 }).map(decimal)
    fc.assert(
      fc.property(worth, (notional) => {
        const next = add(notional, decimal('0.01'))
        const rise = subtract(maintenanceMargin(perpetualTiers, next), maintenanceMargin(perpetualTiers, notional))
        expect(compare(rise, decimal(0))).toBeGreaterThan(0)
        expect(compare(rise, decimal('0.005'))).toBeLessThanOrEqual(0)
      }),
    )
  })
})
