import { describe, expect, it } from 'vitest'
import { decimal } from '#shared/lib/decimal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { parentOf } from '#test/builders/parent-orders.ts'
import { comparisonLines, orderRows, workingOnly } from './orders-text.ts'

describe('orders on the command line', () => {
  it('KS-6 say what they are part of, and a stop says whose', () => {
    const contingency = { kind: 'OCO', leg: 'stop', parentId: 'p1', number: 0, linkedIds: [] } as const
    const stop = deskOrder({ type: 'STOP_MARKET', stopPrice: decimal('95'), reduceOnly: true, contingency })
    expect(orderRows([stop], [])).toEqual([
      expect.arrayContaining([expect.stringContaining('STOP_MARKET stop 95'), 'stop of p1']),
    ])
  })

  it('KS-6 what goes out in parts is one row with its parts below it, among the others by time', () => {
    const part = deskOrder({ clientOrderId: 'part', sliceOf: { parentId: 'parent-1', index: 0 }, createdAt: 60 })
    const parent = { ...parentOf({ startedAt: 50 }), filledQuantity: decimal(1), children: [part] }
    const [older, newer] = [10, 90].map((createdAt) => deskOrder({ clientOrderId: `${createdAt}`, createdAt }))
    const rows = orderRows(
      [newer, part, older].flatMap((each) => each ?? []),
      [parent],
    )
    expect(rows.map(([id]) => id)).toEqual(['90', 'parent-1', '  part', '10'])
    expect(rows[1]).toEqual(expect.arrayContaining(['WORKING', 'buy BTC/USDT twap, 4 checks 60 s apart', '1 of 4']))
    expect(orderRows([part], []).map(([id]) => id)).toEqual(['part'])
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
        'Compared with the venue at 1970-01-01T00:00:00.000Z: 1 working order matches.',
        '  adjusted: fill t1 of o1',
        '  in doubt, asking the venue: o2',
        '  BTC/USD: 1 here, 2 at the venue: they DIFFER',
      ].join('\n'),
    )
  })

  it('OL-15 positions that cannot be told are unknown, not flat', () => {
    expect(comparisonLines({ ...compared, positions: null }).at(-1)).toContain('unknown')
    expect(comparisonLines({ ...compared, positions: [] }).at(-1)).toBe('No positions on either side.')
  })
})
