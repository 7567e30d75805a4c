import { describe, expect, it } from 'vitest'
import type { ReviewItem } from '#shared/contract/reviews.ts'
import type { Override, ReviewOrder } from '#shared/domain/review.ts'
import { orderWords } from '#shared/domain/review-words.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { exitWords, leftWords, limitUseWords, overrideSum, positionWords, sortReviews } from './review-view.ts'

const order = { side: 'buy', quantity: '0.5', instrument: 'BTC/USDT', limitPrice: null } as ReviewOrder

describe('a review in words', () => {
  it('says what would be sent', () => {
    expect(orderWords(order)).toBe('BUY 0.5 BTC/USDT at market')
    expect(orderWords({ ...order, limitPrice: decimal(64_000) })).toBe('BUY 0.5 BTC/USDT at 64000 or better')
  })

  it('counts down without hurry', () => {
    expect(leftWords(725_000)).toBe('12 min 05 s left')
    expect(leftWords(9_000)).toBe('less than 10 s left')
    expect(leftWords(0)).toBe('no time left')
  })

  it('lists what expires first, first, and apart from what is closed', () => {
    const item = (id: string, status: string, leftMs: number) => ({ id, status, leftMs }) as ReviewItem
    const { waiting, past } = sortReviews([
      item('a', 'open', 9),
      item('b', 'expired', 0),
      item('c', 'asked', 3),
      item('d', 'approved', 0),
    ])
    expect(waiting.map(({ id }) => id)).toEqual(['c', 'a'])
    expect(past.map(({ id }) => id)).toEqual(['b', 'd'])
  })

  it('says how much of a limit is used, and nothing where it is not known', () => {
    expect(limitUseWords(decimal(15_000), decimal(60_000), 'USDT')).toMatch(/of .* USDT \(25\s%\)$/)
    expect(limitUseWords(null, decimal(60_000), 'USDT')).toMatch(/^– of/)
  })

  it('says what protects an order', () => {
    expect(exitWords({ stopPrice: decimal('61200.5'), targetPrice: decimal('68400') })).toBe(
      'a stop at 61\u202f200.5, a target at 68\u202f400',
    )
    expect(exitWords({ stopPrice: null, targetPrice: null })).toBe('nothing')
  })

  it('says on which side a position is, so that a sale that opens a short reads as one', () => {
    expect(positionWords(decimal('-0.25'))).toBe('short 0.25')
    expect(positionWords(decimal('0.25'))).toBe('long 0.25')
    expect(positionWords(decimal('0'))).toBe('none')
  })

  it('HO-13 adds up what overrides came to, of those that are measured', () => {
    const outcome = (desk: number, trader: number) => ({ desk: decimal(desk), trader: decimal(trader) })
    const overrides = [{ outcome: outcome(5, 0) }, { outcome: null }, { outcome: outcome(-7, -3) }] as Override[]
    expect(overrideSum(overrides)).toEqual({ count: 2, desk: '-2', trader: '-3' })
    expect(overrideSum([])).toBeNull()
  })
})
