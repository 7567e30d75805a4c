import { implement } from '@orpc/server'
import { expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import type { Order, OrderStatus } from '#shared/domain/order.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CallContext, Desk } from './desk.ts'
import { listExposure } from './exposure.ts'

function order(status: OrderStatus): Order {
  return {
    clientOrderId: `order-${status}`,
    venueOrderId: null,
    instrument: 'ETH/USDT',
    side: 'sell',
    type: 'MARKET',
    timeInForce: 'GTC',
    quantity: '2',
    limitPrice: null,
    reduceOnly: false,
    status,
    filledQuantity: '0',
    averagePrice: null,
    by: 'trader',
    runId: null,
    proposalId: null,
    decisionId: null,
    createdAt: 0,
    updatedAt: 0,
    reason: null,
  } as Order
}

function position(instrument: string, quantity: string, averagePrice: string | null) {
  const rest = { realised: '0', fees: '0', updatedAt: 0, mark: null, markedAt: null, unrealised: null, runId: null }
  return { instrument, quantity, averagePrice, ...rest } as never
}

it('OL-15 says that positions are unknown where they are, and lists the orders all the same', async () => {
  const { trading } = implement(contract).$context<CallContext>()
  const router = {
    trading: {
      positions: trading.positions.handler(() => {
        throw new ParleyError('POSITIONS_UNKNOWN', 'What the account holds is unknown: the journal was damaged.')
      }),
      orders: trading.orders.handler(() => [order('ACCEPTED')]),
    },
  }
  expect(await listExposure(router as unknown as Desk['router'])).toEqual([
    'What the account holds is unknown: the journal was damaged.',
    'ETH/USDT sell order of 2: ACCEPTED',
  ])
})

it('EL-5 lists what quitting would leave open: positions that are not flat, orders that may still fill', async () => {
  const { trading } = implement(contract).$context<CallContext>()
  const router = {
    trading: {
      positions: trading.positions.handler(() => [
        position('BTC/USDT', '-0.015', '63980'),
        position('SOL/USDT', '0', null),
        position('ETH/USDT', '3', '2500'),
      ]),
      orders: trading.orders.handler(() =>
        (['INITIALIZED', 'ACCEPTED', 'UNKNOWN', 'FILLED', 'CANCELED', 'DENIED', 'SUBMITTED'] as const).map(order),
      ),
    },
  }
  expect(await listExposure(router as unknown as Desk['router'])).toEqual([
    'BTC/USDT short 0.015, average 63980',
    'ETH/USDT long 3, average 2500',
    'ETH/USDT sell order of 2: ACCEPTED',
    'ETH/USDT sell order of 2: UNKNOWN',
    'ETH/USDT sell order of 2: SUBMITTED',
  ])
})
