import { describe, expect, it } from 'vitest'
import type { PositionView } from '#shared/domain/position.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { btc, deskFill } from '#test/builders/orders.ts'
import { closeEstimate, readQuantity } from './close-view.ts'

function positionOf(quantity: string, mark: string | null = '200'): PositionView {
  return {
    instrument: btc.id,
    quantity: decimal(quantity),
    averagePrice: decimal(100),
    realised: ZERO,
    fees: ZERO,
    updatedAt: 0,
    mark: mark === null ? null : decimal(mark),
    markedAt: 0,
    unrealised: null,
    runId: null,
  }
}

describe('UX-22 what a close comes to before it is sent', () => {
  it('names side, worth at the last price, the fee at the rate paid so far, and the position after', () => {
    const fills = [deskFill({ fee: decimal('0.1') }), deskFill({ instrument: 'ETH/USDT', fee: decimal(50) })]
    expect(closeEstimate(positionOf('0.5'), decimal('0.2'), fills)).toEqual({
      side: 'sell',
      quantity: '0.2',
      worth: '40',
      fee: '0.04',
      after: '0.3',
    })
    expect(closeEstimate(positionOf('-0.5'), decimal('0.2'), fills)).toMatchObject({ side: 'buy', after: '-0.3' })
  })

  it('is unavailable, never zero, without a price or without a fill to know the fee from', () => {
    expect(closeEstimate(positionOf('1', null), decimal(1), [deskFill()])).toMatchObject({ worth: null, fee: null })
    expect(closeEstimate(positionOf('1'), decimal(1), [])).toMatchObject({ worth: '200', fee: null })
  })
})

describe('the quantity that was typed', () => {
  it.each([
    ['', 'Enter a quantity'],
    ['-1', 'Enter a quantity'],
    ['1e3', 'Enter a quantity'],
    ['0', 'more than zero'],
    ['0.51', 'Only 0.5 BTC is held'],
    ['0.0001', 'steps of 0.001'],
  ])('"%s" is refused in words', (typed, words) => {
    expect(readQuantity(typed, positionOf('0.5'), btc).problem).toContain(words)
  })

  it('is taken with spaces between its digits, and the whole of a short position without its sign', () => {
    expect(readQuantity('1 200.5', positionOf('2000'), btc)).toEqual({ quantity: '1200.5', problem: null })
    expect(readQuantity('0.5', positionOf('-0.5'), btc)).toEqual({ quantity: '0.5', problem: null })
  })
})
