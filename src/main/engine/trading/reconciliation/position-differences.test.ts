import { describe, expect, it } from 'vitest'
import { flatPosition } from '#engine/trading/positions/positions.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { comparePositions } from './position-differences.ts'

const held = (instrument: string, quantity: string) =>
  [instrument, { ...flatPosition(instrument, 0), quantity: decimal(quantity) }] as const

describe('OL-13 positions beside the venue’s', () => {
  it('agree whatever the digits, differ by name, and leave out what is flat on both sides', () => {
    const desk = new Map([held('B/USD', '1.50'), held('A/USD', '2'), held('C/USD', '0')])
    const venue = [
      { instrument: 'B/USD', quantity: decimal('1.5') },
      { instrument: 'D/USD', quantity: decimal('3') },
    ]
    expect(comparePositions(desk, venue)).toEqual([
      { instrument: 'A/USD', desk: '2', venue: '0', agrees: false },
      { instrument: 'B/USD', desk: '1.5', venue: '1.5', agrees: true },
      { instrument: 'D/USD', desk: '0', venue: '3', agrees: false },
    ])
  })
})
