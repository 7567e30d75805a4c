import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, decimal, multiply, sum, ZERO } from '#shared/lib/decimal.ts'
import { accrueInterest, borrow, marginLevel, noLoan, owed, repay } from './borrowing.ts'

const hourMs = 3_600_000
const rate = decimal('0.00001')
const tenThousand = (at: number) => borrow(noLoan('USDT', at), decimal(10_000), at, rate)

describe('borrowing to trade spot', () => {
  it('charges an hour at once, and one whenever the clock strikes', () => {
    const loan = tenThousand(hourMs / 2)
    expect(loan).toMatchObject({ principal: '10000', interest: '0.1' })
    expect(accrueInterest(loan, hourMs - 1, rate).interest).toBe('0.1')
    expect(accrueInterest(loan, hourMs, rate).interest).toBe('0.2')
    expect(accrueInterest(loan, 24.5 * hourMs, rate).interest).toBe('2.5')
  })

  it('takes interest first from what is paid back, and gives back what is too much', () => {
    const loan = accrueInterest(tenThousand(0), 9 * hourMs, rate)
    expect(owed(loan)).toBe('10001')
    expect(repay(loan, decimal(501)).loan).toMatchObject({ principal: '9500', interest: '0' })
    expect(repay(loan, decimal('0.4')).loan).toMatchObject({ principal: '10000', interest: '0.6' })
    expect(repay(loan, decimal(10_003))).toMatchObject({ left: '2', loan: { principal: '0', interest: '0' } })
  })

  it('never runs backwards when the clock does', () => {
    const loan = accrueInterest(tenThousand(0), 9 * hourMs, rate)
    expect(accrueInterest(loan, 2 * hourMs, rate)).toEqual(loan)
  })

  it('costs the same however often it is looked at', () => {
    const looks = fc.array(fc.integer({ min: 0, max: 400 * hourMs }), { maxLength: 20 })
    fc.assert(
      fc.property(looks, (times) => {
        const often = [...times]
          .sort((a, b) => a - b)
          .reduce((loan, at) => accrueInterest(loan, at, rate), tenThousand(0))
        expect(accrueInterest(often, 500 * hourMs, rate)).toEqual(accrueInterest(tenThousand(0), 500 * hourMs, rate))
      }),
    )
  })

  it('owes what was borrowed and charged less what was paid, whatever the order', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(amounts, amounts, (taken, paid) => {
        let loan = noLoan('BTC', 0)
        for (const amount of taken) loan = borrow(loan, decimal(amount), 0, rate)
        let left = ZERO
        for (const amount of paid) {
          const after = repay(loan, decimal(amount))
          loan = after.loan
          left = add(left, after.left)
        }
        const borrowed = sum(taken.map(decimal))
        const charged = multiply(borrowed, rate)
        expect(add(owed(loan), sum(paid.map(decimal)))).toBe(add(add(borrowed, charged), left))
      }),
    )
  })

  it('is called by the level of what is owned over what is owed', () => {
    expect(marginLevel(decimal(30_000), decimal(20_000))).toBe('1.5')
    expect(marginLevel(decimal(30_000), ZERO)).toBeNull()
  })
})
