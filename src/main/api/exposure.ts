import { createRouterClient } from '@orpc/server'
import { isClosed } from '#shared/domain/order.ts'
import { absolute, sign } from '#shared/lib/decimal.ts'
import { errorCode, errorMessage } from '#shared/lib/error.ts'
import type { Desk } from './desk.ts'

/** Open positions and orders that may still fill, a line each, for a person who is about to quit. */
export async function listExposure(router: Desk['router']): Promise<string[]> {
  const { trading } = createRouterClient(router, { context: { caller: 'window' } })
  const unknown: string[] = []
  const [positions, orders] = await Promise.all([
    trading.positions().catch((error: unknown) => {
      if (errorCode(error) !== 'POSITIONS_UNKNOWN') throw error
      unknown.push(errorMessage(error))
      return []
    }),
    trading.orders({ limit: 1_000 }),
  ])
  return [
    ...unknown,
    ...positions
      .filter((position) => sign(position.quantity) !== 0)
      .map(({ instrument, quantity, averagePrice }) => {
        const side = sign(quantity) < 0 ? 'short' : 'long'
        return `${instrument} ${side} ${absolute(quantity)}, average ${averagePrice ?? 'unavailable'}`
      }),
    ...orders
      .filter((order) => order.status !== 'INITIALIZED' && !isClosed(order.status))
      .map(({ instrument, side, quantity, status }) => `${instrument} ${side} order of ${quantity}: ${status}`),
  ]
}
