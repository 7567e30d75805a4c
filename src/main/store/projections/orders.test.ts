import { expect, it } from 'vitest'
import type { EndedOrdersQuery } from '#engine/ports/queries.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { plainTerms } from '#shared/domain/order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { openJournal } from '#store/journal.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { createQueries, deskProjections } from './index.ts'

async function deskWith(...events: readonly DeskEvent[]) {
  const journal = openJournal(journalOptions({ projections: deskProjections }))
  for (const event of events) await journal.append({ ...event, actor: { kind: 'system', id: 'desk' } })
  return createQueries(journal.database)
}

it('orders and fills are listed newest first, of one instrument or of all', async () => {
  const order = (clientOrderId: string, instrument: string): DeskEvent => ({
    kind: 'orderInitialized',
    data: {
      order: {
        ...plainTerms,
        clientOrderId,
        venueOrderId: null,
        instrument,
        side: 'buy',
        type: 'MARKET',
        timeInForce: 'IOC',
        quantity: decimal('2'),
        limitPrice: null,
        reduceOnly: false,
        status: 'INITIALIZED',
        filledQuantity: decimal('0'),
        averagePrice: null,
        by: 'executor',
        runId: null,
        proposalId: null,
        decisionId: null,
        createdAt: 1,
        updatedAt: 1,
        reason: null,
      },
    },
  })
  const filled = (clientOrderId: string, tradeId: string, price: string): DeskEvent => ({
    kind: 'orderFilled',
    data: {
      fill: {
        tradeId,
        clientOrderId,
        instrument: 'BTC/USDT',
        side: 'buy',
        quantity: decimal('1'),
        price: decimal(price),
        fee: decimal('0'),
        at: 2,
      },
    },
  })
  const queries = await deskWith(
    order('ord_1', 'BTC/USDT'),
    order('ord_2', 'ETH/USDT'),
    { kind: 'orderSubmitted', data: { clientOrderId: 'ord_1' } },
    { kind: 'orderAccepted', data: { clientOrderId: 'ord_1', venueOrderId: 'V1' } },
    filled('ord_1', 't1', '100'),
    filled('ord_1', 't2', '110'),
    { kind: 'orderSubmitted', data: { clientOrderId: 'ord_9' } },
  )
  expect(queries.listOrders(undefined, 9)).toMatchObject([
    { clientOrderId: 'ord_2', status: 'INITIALIZED' },
    { clientOrderId: 'ord_1', status: 'FILLED', filledQuantity: '2', averagePrice: '105', venueOrderId: 'V1' },
  ])
  expect(queries.listOrders('BTC/USDT', 9).map(({ clientOrderId }) => clientOrderId)).toEqual(['ord_1'])
  expect(queries.listFills(undefined, 1).map(({ tradeId }) => tradeId)).toEqual(['t2'])
  expect(queries.listFills('ETH/USDT', 9)).toEqual([])
})

it('ended orders come newest first, a page at a time, by instrument and by how they ended; what works is none of them', async () => {
  const denial = { code: 'TRADING_HALTED', values: {} } as const
  const made = (clientOrderId: string, instrument: string): DeskEvent => ({
    kind: 'orderInitialized',
    data: { order: deskOrder({ clientOrderId, instrument }) },
  })
  const denied = (clientOrderId: string): DeskEvent => ({ kind: 'orderDenied', data: { clientOrderId, denial } })
  const cancelled = (clientOrderId: string): readonly DeskEvent[] => [
    { kind: 'orderSubmitted', data: { clientOrderId } },
    { kind: 'orderCanceled', data: { clientOrderId } },
  ]
  const queries = await deskWith(
    made('a', 'BTC/USDT'),
    made('b', 'ETH/USDT'),
    made('c', 'BTC/USDT'),
    made('works', 'BTC/USDT'),
    made('d', 'BTC/USDT'),
    ...['a', 'd'].map(denied),
    ...['c', 'b'].flatMap(cancelled),
  )
  const ids = (asked: Partial<EndedOrdersQuery>) =>
    queries.listEndedOrders({ limit: 10, ...asked }).map(({ clientOrderId }) => clientOrderId)
  expect(ids({})).toEqual(['d', 'c', 'b', 'a'])
  expect(ids({ limit: 2 })).toEqual(['d', 'c'])
  expect(ids({ limit: 2, before: 'c' })).toEqual(['b', 'a'])
  expect(ids({ instrument: 'BTC/USDT' })).toEqual(['d', 'c', 'a'])
  expect(ids({ status: 'DENIED' })).toEqual(['d', 'a'])
  expect(ids({ status: 'CANCELED', instrument: 'ETH/USDT' })).toEqual(['b'])
})
