import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Order } from '#shared/domain/order.ts'
import type { ParentOrderView } from '#shared/domain/parent-order.ts'
import { makeClimbingHome } from '#test/e2e/climbing-home.ts'
import { endHosts, type Host, isBuilt, startHost, until } from '#test/e2e/host.ts'

/** Runs the command as a person would, from source. */
function parley(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const cli = join(import.meta.dirname, '../../src/main/cli.ts')
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

const commands = ['orders', 'positions', 'reconcile'] as const

describe('parley orders, positions and reconcile where no desk is open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-orders-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(commands)('%s says so, and what to do, and prints nothing else', async (command) => {
    const plain = await parley(command, '--home', folder)
    expect(plain).toMatchObject({ code: 1, out: '' })
    expect(plain.err).toMatch(new RegExp(`^DESK_NOT_RUNNING: No desk is open on ${folder}\\.\n.*parley serve`))
    const json = await parley(command, '--home', folder, '--json')
    expect(json).toMatchObject({ code: 1, out: '' })
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'DESK_NOT_RUNNING' } })
  })

  it('a flag that cannot be is a wrong use, whoever is open', async () => {
    expect(await parley('orders', '--limit', '0', '--home', folder)).toMatchObject({ code: 2, out: '' })
    expect(await parley('positions', '--working', '--home', folder)).toMatchObject({ code: 2, out: '' })
  })
})

describe.skipIf(!isBuilt)('parley orders, positions and reconcile of an open desk (skipped without out/)', () => {
  let home: string
  let host: Host
  const run = (...args: string[]) => parley(...args, '--home', home)
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, out, err } = await run(...args, '--json')
    expect([code, err]).toEqual([0, ''])
    return JSON.parse(out) as T
  }

  beforeAll(async () => {
    home = await makeClimbingHome()
    host = await startHost(home)
  })
  afterAll(async () => {
    await host?.end('SIGTERM')
    await endHosts()
    if (home !== undefined) rmSync(home, { recursive: true, force: true })
  })

  it('of a desk that has done nothing say that there is nothing', async () => {
    expect(await run('orders')).toMatchObject({ code: 0, out: 'No matching orders.\n', err: '' })
    expect(await run('positions')).toMatchObject({ code: 0, out: 'No positions.\n', err: '' })
    expect((await run('reconcile')).out).toContain('No positions on either side.')
    expect(await json('orders')).toEqual([])
    expect(await json('orders', '--in-parts')).toEqual([])
    expect(await json('positions')).toEqual([])
    expect(await json('reconcile')).toMatchObject({ matched: 0, adjusted: [], inDoubt: [], positions: [] })
  })

  it('KS-6 of a desk that has bought list the entry, its stop and its target, and what each is part of', async () => {
    const { id } = await host.client.runs.start({ instrument: 'BTC/USDT', algorithm: 'at-once' })
    await host.ended(id)
    await until(async () => (await host.client.trading.working()).length === 2, 'a stop and a target work')
    const orders = await json<Order[]>('orders')
    expect(orders).toEqual(await host.client.trading.orders({}))
    const entry = orders.find(({ contingency }) => contingency?.kind === 'OTO')
    const { out } = await run('orders')
    const lines = out.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.join('\n')).toContain(`stop of ${entry?.clientOrderId}`)
    expect(lines.join('\n')).toContain(`target of ${entry?.clientOrderId}`)
    expect(lines.find((line) => line.startsWith(entry?.clientOrderId ?? 'none'))).toMatch(
      /FILLED +buy BTC\/USDT MARKET IOC +[\d.]+ of [\d.]+ at [\d.]+ +by executor in /,
    )
    expect(out).not.toContain('\u001B')
    const working = await json<Order[]>('orders', '--working')
    expect(working.map(({ type }) => type).sort()).toEqual(['LIMIT', 'STOP_MARKET'])
    expect((await run('orders', '--working')).out.trimEnd().split('\n')).toHaveLength(2)
    expect(await json('orders', '--instrument', 'ETH/USDT')).toEqual([])
    expect(await json<Order[]>('orders', '--limit', '1')).toHaveLength(1)

    const [position] = await json<{ instrument: string; quantity: string }[]>('positions')
    expect(position).toMatchObject({ instrument: 'BTC/USDT', quantity: entry?.quantity })
    expect((await run('positions')).out).toMatch(
      /^BTC\/USDT +[\d.]+ at [\d.]+ +mark [\d.]+ of \S+Z +unrealised -?[\d.]+ +realised -?[\d.]+ +fees [\d.]+\n$/,
    )
    const compared = await run('reconcile')
    expect(compared.code).toBe(0)
    expect(compared.out).toMatch(/: 2 working orders match\.\n {2}BTC\/USDT: [\d.]+ on both sides\n$/)
  })

  it('what goes out in parts is one row, with its parts below it', async () => {
    const held = await host.client.trading.positions()
    const close = { key: 'all of it', instrument: 'BTC/USDT', reason: 'For the next test' }
    if (held.length > 0) await host.client.trading.close(close)
    await until(async () => (await host.client.trading.positions()).length === 0, 'nothing is held')
    const { id } = await host.client.runs.start({ instrument: 'BTC/USDT', algorithm: 'twap' })
    const parents = () => host.client.trading.parents({})
    await until(async () => (await parents())[0]?.children[0]?.status === 'FILLED', 'a part is filled')
    const [parent] = await json<ParentOrderView[]>('orders', '--in-parts')
    expect(parent).toMatchObject({ status: 'working', schedule: { algorithm: 'twap' } })
    const rows = (await run('orders', '--in-parts')).out.trimEnd().split('\n')
    expect(rows[0]).toMatch(
      new RegExp(
        `^${parent?.id} .*WORKING +buy BTC/USDT twap, \\d+ checks [\\d.]+ s apart +[\\d.]+ of ${parent?.quantity}`,
      ),
    )
    expect(rows[1]).toMatch(new RegExp(`^ {2}${parent?.children[0]?.clientOrderId} .*FILLED`))
    const all = (await run('orders')).out.split('\n')
    const at = all.findIndex((line) => line.startsWith(parent?.id ?? 'none'))
    expect(all[at + 1]).toMatch(/^ {2}\S/)
    expect((await run('orders', '--working', '--in-parts')).out).toContain(parent?.id)
    await host.client.trading.cancelParent({ parentId: parent?.id ?? '' })
    await host.ended(id)
    expect((await run('orders', '--working', '--in-parts')).out).toBe('No matching orders.\n')
    expect((await run('orders', '--in-parts')).out).toMatch(/CANCELLED .*Cancelled by the trader/)
  })

  it('a desk that is gone is not running, and one that is killed leaves no doubt about it', async () => {
    await host.end('SIGKILL')
    const { code, err } = await run('orders')
    expect(code).toBe(1)
    expect(err).toContain('DESK_NOT_RUNNING')
  })
})
