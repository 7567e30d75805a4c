import { describe, expect, it } from 'vitest'
import type { Order } from '#shared/domain/order.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { linkedOrders } from './linked-orders.ts'

describe('orders that belong together', () => {
  const exit = (clientOrderId: string, leg: 'stop' | 'target', number: number, createdAt: number) =>
    deskOrder({
      clientOrderId,
      createdAt,
      contingency: { kind: 'OCO', parentId: 'entry', leg, number, linkedIds: [] },
    })
  const entry = deskOrder({
    clientOrderId: 'entry',
    createdAt: 1,
    contingency: { kind: 'OTO', stopPrice: null, targetPrice: null, linkedIds: ['stop 0', 'target 0'] },
  })
  const archived = exit('stop 0', 'stop', 0, 2)
  const working = [exit('stop 1', 'stop', 1, 4), exit('target 0', 'target', 0, 3)]
  const other = deskOrder({ clientOrderId: 'other' })
  const all = [entry, archived, ...working, other]
  const byId = (orders: readonly Order[]) => new Map(orders.map((order) => [order.clientOrderId, order]))
  const book = { orders: byId([...working, other]), closed: new Map<string, Order>() }
  const find = (id: string) => all.find(({ clientOrderId }) => clientOrderId === id)
  const ids = (orders: readonly Order[]) => orders.map(({ clientOrderId }) => clientOrderId)

  it('an entry leads to its exits, those that ended long ago and those that took their place', () => {
    expect(ids(linkedOrders(entry, book, find))).toEqual(['stop 0', 'target 0', 'stop 1'])
  })

  it('an exit leads to its entry and its other leg, and any other order to none', () => {
    expect(ids(linkedOrders(working[0] ?? other, book, find))).toEqual(['entry', 'target 0'])
    expect(linkedOrders(other, book, find)).toEqual([])
  })
})
