import { describe, expect, it } from 'vitest'
import { decimal } from '#shared/lib/decimal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { comparisonLines, orderRow, workingOnly } from './orders-text.ts'

describe('orders on the command line', () => {
  it('KS-6 say what they are part of, and a stop says whose', () => {
    const contingency = { kind: 'OCO', leg: 'stop', parentId: 'p1', number: 0, linkedIds: [] } as const
    const stop = deskOrder({ type: 'STOP_MARKET', stopPrice: decimal('95'), reduceOnly: true, contingency })
    expect(orderRow(stop)).toEqual(
      expect.arrayContaining([expect.stringContaining('STOP_MARKET stop 95'), 'stop of p1']),
    )
  })

  it('count as working until they have ended, UNKNOWN among them (OL-3)', () => {
    const all = (['ACCEPTED', 'UNKNOWN', 'FILLED', 'DENIED', 'PENDING_CANCEL'] as const).map((status) =>
      deskOrder({ status }),
    )
    expect(workingOnly(all).map(({ status }) => status)).toEqual(['ACCEPTED', 'UNKNOWN', 'PENDING_CANCEL'])
  })
})

describe('a comparison with the venue in words', () => {
  const compared = { at: 0, matched: 1, adjusted: ['fill t1 of o1'], inDoubt: ['o2'] }
  const positions = [{ instrument: 'BTC/USD', desk: decimal('1'), venue: decimal('2'), agrees: false }]

  it('OL-14 names each difference', () => {
    expect(comparisonLines({ ...compared, positions }).join('\n')).toBe(
      [
        'Compared with the venue at 1970-01-01T00:00:00.000Z: 1 working order is as it says.',
        '  adjusted: fill t1 of o1',
        '  in doubt, and asked after: o2',
        '  BTC/USD: 1 here, 2 at the venue: they DIFFER',
      ].join('\n'),
    )
  })

  it('OL-15 positions that cannot be told are unknown, not flat', () => {
    expect(comparisonLines({ ...compared, positions: null }).at(-1)).toContain('unknown')
    expect(comparisonLines({ ...compared, positions: [] }).at(-1)).toBe('No positions on either side.')
  })
})
