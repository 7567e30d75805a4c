import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absolute, compare, decimal, negate, sum, ZERO } from '#shared/lib/decimal.ts'
import { fundingAmount, fundingRate, usualFunding } from './funding.ts'

const rateOf = (premium: string) => fundingRate(decimal(premium), usualFunding)

describe('the funding rate', () => {
  it('is the interest while the premium is near it, and the premium less five basis points beyond', () => {
    expect(rateOf('0')).toBe('0.0001')
    expect(rateOf('0.0006')).toBe('0.0001')
    expect(rateOf('-0.0004')).toBe('0.0001')
    expect(rateOf('0.001')).toBe('0.0005')
    expect(rateOf('-0.001')).toBe('-0.0005')
  })

  it('never leaves its cap', () => {
    expect(rateOf('0.08')).toBe('0.003')
    expect(rateOf('-0.08')).toBe('-0.003')
  })
})

describe('funding', () => {
  it('is paid by longs to shorts while the rate is positive, and the other way while it is negative', () => {
    // 2 BTC at 50,000 are worth 100,000; one basis point of it is 10.
    expect(fundingAmount(decimal(2), decimal(50_000), decimal('0.0001'))).toBe('-10')
    expect(fundingAmount(decimal(-2), decimal(50_000), decimal('0.0001'))).toBe('10')
    expect(fundingAmount(decimal(2), decimal(50_000), decimal('-0.0001'))).toBe('10')
    expect(fundingAmount(ZERO, decimal(50_000), decimal('0.0001'))).toBe('0')
  })

  it('comes to nothing over both sides, whoever holds how much of each', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 })
    const rate = fc.integer({ min: -30, max: 30 }).map((bps) => decimal(bps / 10_000))
    fc.assert(
      fc.property(sizes, rate, fc.integer({ min: 1, max: 9_000_000 }), (longs, basis, ticks) => {
        const mark = decimal(ticks / 100)
        const short = negate(sum(longs.map((lots) => decimal(lots / 1_000))))
        const all = [...longs.map((lots) => decimal(lots / 1_000)), short]
        expect(sum(all.map((quantity) => fundingAmount(quantity, mark, basis)))).toBe(ZERO)
        expect(compare(absolute(fundingAmount(short, mark, basis)), ZERO)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
