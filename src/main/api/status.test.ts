import { describe, expect, it } from 'vitest'
import type { Status } from '#shared/contract/system.ts'
import { deskKernel } from '#test/builders/desk-kernel.ts'
import { pass } from '#test/builders/virtual-time.ts'
import { createMetrics } from './metrics.ts'
import { createStatus } from './status.ts'

const trader = { kind: 'human', id: 'trader' } as const

async function watched() {
  const { kernel, journal, feed, bus, clock, start } = deskKernel({ seed: 2 })
  await start()
  const broker = { name: 'Paper', mode: 'paper' } as Parameters<typeof createStatus>[0]['broker']
  const loop = () => ({ p50Ms: 1, p99Ms: 20, maxMs: 1_500, alarm: 'stalled' as const })
  const shortcut = { state: 'not available' } as const
  const status = createStatus({
    kernel,
    journal,
    feed,
    broker,
    bus,
    clock,
    version: '1.2.3',
    loop,
    stopShortcut: () => shortcut,
  })
  return { kernel, journal, bus, clock, status }
}

describe('the status', () => {
  it('is told after every commit, and once a second when nothing happens', async () => {
    const { clock, status, journal } = await watched()
    await pass(clock, 10)
    const told: Status[] = []
    const stop = status.listen((one) => told.push(one))
    await pass(clock, 3_500)
    expect(told).toHaveLength(3)
    void journal.append({ kind: 'deskStopped', data: { why: 'nothing' }, actor: trader })
    await pass(clock, 10)
    expect(told).toHaveLength(4)
    expect(told.at(-1)?.journalSize).toBe(journal.head().size)
    stop()
    await pass(clock, 5_000)
    expect(told).toHaveLength(4)
  })

  it('says how far a stop has come while halted, and only then', async () => {
    const { kernel, status } = await watched()
    expect(status.read().stop).toBeNull()
    kernel.halt(2, trader, 'drill')
    expect(status.read()).toMatchObject({ latch: { state: 'HALTED' }, stop: { cancelsRequested: 0, unknown: 0 } })
  })

  it('the profit of the day is unavailable while a position has no price', async () => {
    const { kernel, status } = await watched()
    expect(status.read().dayPnl).toBe('0')
    kernel.book.positions.set('XYZ/USDT', { quantity: '1', instrument: 'XYZ/USDT' } as never)
    expect(status.read()).toMatchObject({ dayPnl: null, account: { equity: null } })
  })
})

describe('the metrics', () => {
  it('leave out what is unavailable, and never say 0 for it', async () => {
    const { kernel, journal, bus, status } = await watched()
    const metrics = createMetrics({ kernel, journal, bus, status: status.read })
    expect(await metrics()).toMatch(/^parley_equity 100000$/m)
    expect(await metrics()).toMatch(/^parley_event_loop_delay_ms\{over_a_minute="p99"\} 20$/m)
    kernel.book.positions.set('XYZ/USDT', { quantity: '1', instrument: 'XYZ/USDT' } as never)
    expect(await metrics()).not.toMatch(/^parley_equity /m)
    kernel.halt(1, trader, 'drill')
    expect(await metrics()).toMatch(/^parley_trading_state 0$/m)
  })
})
