import { describe, expect, it } from 'vitest'
import type { OrderStatus } from '#shared/domain/order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { childOf, parentOf } from '#test/builders/parent-orders.ts'
import { childDenial } from './child-denial.ts'
import type { ChildOrder } from './parent-order-fold.ts'

const part = deskOrder({ clientOrderId: 'child-9', sliceOf: { parentId: 'parent-1', index: 9 } })
const holding = (...children: readonly ChildOrder[]) => ({
  parents: new Map([['parent-1', { parent: parentOf(), children }]]),
})

describe('a part of an order', () => {
  it('leaves while its parent works, and never after', () => {
    expect(childDenial(part, holding())).toBeUndefined()
    expect(childDenial(part, { parents: new Map() })).toEqual({
      code: 'PARENT_ORDER_ENDED',
      values: { parent: 'parent-1' },
    })
    expect(childDenial(deskOrder(), { parents: new Map() })).toBeUndefined()
  })

  it('leaves only in the market and on the side of its parent', () => {
    const strays = [{ side: 'sell' as const }, { instrument: 'ETH/USDT' }, { reduceOnly: true }]
    for (const stray of strays)
      expect(childDenial({ ...part, ...stray }, holding())?.code).toBe('PARENT_ORDER_EXCEEDED')
  })

  it('is never more than what the others leave: all of those that may fill, what is filled of those that ended', () => {
    const others = (status: OrderStatus) =>
      holding(childOf({ clientOrderId: 'child-0', quantity: decimal('3.5'), filled: decimal(1), status }))
    expect(childDenial(part, others('ACCEPTED'))).toEqual({
      code: 'PARENT_ORDER_EXCEEDED',
      values: { parent: 'parent-1', quantity: '1', left: '0.5' },
    })
    expect(childDenial(part, others('UNKNOWN'))?.code).toBe('PARENT_ORDER_EXCEEDED')
    expect(childDenial(part, others('EXPIRED'))).toBeUndefined()
    expect(childDenial({ ...part, quantity: decimal(4) }, others('EXPIRED'))?.values['left']).toBe('3')
    // Its own record is there before it leaves.
    expect(childDenial(part, holding(childOf({ clientOrderId: 'child-9', quantity: decimal(4) })))).toBeUndefined()
  })
})
