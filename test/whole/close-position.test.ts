import { rmSync } from 'node:fs'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Desk } from '#api/desk.ts'
import type { NetworkHost } from '#api/serve-network.ts'
import { createDesk } from '#main/compose/desk.ts'
import { contract } from '#shared/contract/index.ts'
import type { JournalRecord } from '#shared/domain/journal.ts'
import { isExit, isOpen, type Order } from '#shared/domain/order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { makeHome } from '#test/builders/home.ts'
import { testTime } from '#test/builders/test-time.ts'
import { planOnPricesAlone, trendCsv } from '#test/builders/trend.ts'
import { until } from '#test/e2e/host.ts'
import { connectHttp, connectPort, connectSocket, serveForTests } from '#test/fakes/transports.ts'

const direct = (desk: Desk) => createRouterClient(desk.router, { context: { caller: 'window' } })

/** A home whose desk replays a market that climbs. */
async function climbing(home: string): Promise<void> {
  planOnPricesAlone(home)
  const desk = await createDesk({ home, ...testTime() })
  await direct(desk).market.import({ file: 'btcusdt_1d.csv', text: trendCsv({ days: 800, drift: 0.004 }) })
  await direct(desk).settings.change({ feed: { kind: 'replay', instrument: 'BTC/USDT', speed: 1 } })
  await desk.stop('prepared')
}

describe('HO-8 a position is closed by hand over every transport', () => {
  const home = makeHome()
  const report = () => {}
  let desk: Desk
  let host: NetworkHost
  beforeAll(async () => {
    await climbing(home)
    desk = await createDesk({ home, ...testTime() })
    await desk.start()
    host = await serveForTests(desk.router, report)
    await direct(desk).runs.start({ instrument: 'BTC/USDT' })
    await until(async () => (await direct(desk).trading.positions()).length === 1, 'a position is held')
  })
  afterAll(async () => {
    await host?.close()
    await desk?.stop('the test is over')
    rmSync(home, { recursive: true, force: true })
  })

  const connections = {
    'a MessagePort': () => {
      const { client, stop } = connectPort<typeof contract>(desk.router, report)
      return { close: client.trading.close, end: stop }
    },
    'a WebSocket': async () => {
      const { client, socket } = await connectSocket<typeof contract>(host)
      return { close: client.trading.close, end: () => socket.terminate() }
    },
    OpenAPI: () => {
      const { client, cut } = connectHttp(contract, host)
      return { close: client.trading.close, end: cut }
    },
  }
  const held = async () => (await direct(desk).trading.positions())[0]?.quantity ?? '0'
  /** How much each stop and target that works covers. */
  const exits = async () =>
    (await direct(desk).trading.orders({}))
      .filter((order) => isExit(order) && isOpen(order.status))
      .map(({ quantity }) => quantity)
  const part = decimal('0.001')

  it.each(Object.entries(connections))('%s: a part, once for each key, by whom and why', async (transport, connect) => {
    const { close, end } = await connect()
    const before = Number(await held())
    const wish = { key: `wish over ${transport}`, instrument: 'BTC/USDT', quantity: part, reason: 'Enough' }
    const order = await close(wish)
    expect(order).toMatchObject({ side: 'sell', quantity: part, reduceOnly: true, by: 'trader', runId: null })
    await expect.poll(async () => before - Number(await held())).toBeCloseTo(0.001, 9)
    expect((await close(wish)).clientOrderId).toBe(order.clientOrderId)
    const records = await direct(desk).journal.read({ after: 0, limit: 1_000 })
    const isOfIt = ({ data }: JournalRecord) => (data['order'] as Order).clientOrderId === order.clientOrderId
    expect(records.find((record) => record.kind === 'orderInitialized' && isOfIt(record))).toMatchObject({
      actor: { kind: 'human', id: 'trader' },
      reason: 'Enough',
    })
    await expect.poll(exits).toEqual([await held(), await held()])
    await expect(close({ ...wish, quantity: decimal(0) })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(close({ ...wish, key: 'another wish', instrument: 'X/Y' })).rejects.toMatchObject({
      code: 'POSITION_NOT_FOUND',
    })
    end()
  })

  it('KS-2 KS-21 is refused while halted with the way out, and closes the whole of it in REDUCING', async () => {
    const { trading } = direct(desk)
    const wish = { key: 'the whole of it', instrument: 'BTC/USDT', reason: 'Enough' }
    await trading.stop({})
    await expect(trading.close(wish)).rejects.toMatchObject({ code: 'TRADING_HALTED' })
    await trading.reduce({ reason: 'The trader closes by hand' })
    await trading.close(wish)
    await expect.poll(() => trading.positions()).toEqual([])
    await expect.poll(exits).toEqual([])
    const [last] = (await trading.orders({})).filter((order) => !isExit(order))
    expect(last).toMatchObject({ status: 'FILLED', by: 'trader' })
  })
})
