import { describe, expect, it } from 'vitest'
import type { Bar } from '#shared/domain/bar.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openBarStore } from '#store/bars.ts'
import { checkFeed, createWorld } from './world.ts'

const dayMs = 86_400_000
const bars = (count: number, stepMs: number): Bar[] =>
  Array.from({ length: count }, (_, index) => ({
    time: index * stepMs,
    open: 100,
    high: 110,
    low: 90,
    close: 105,
    volume: 7,
  }))

function store() {
  const opened = openBarStore(':memory:')
  opened.save('GOLD/USD', '1d', bars(100, dayMs))
  opened.save('GOLD/USD', '1h', bars(50, dayMs / 24))
  return opened
}

describe('the world that the trader chose', () => {
  it('simulated: the desk lives in real time', () => {
    const clock = createVirtualClock(1_700_000_000_000)
    const world = createWorld({ kind: 'simulated', seed: 3 }, clock, store())
    expect(world.clock).toBe(clock)
    expect(world.quoteAgeMs).toBeNull()
    expect(world.feed.quote('BTC/USDT')?.at).toBeLessThanOrEqual(clock.now())
  })

  it('replayed: the finest bars, from their middle on, at the chosen speed; waits take real time', () => {
    const clock = createVirtualClock(1_700_000_000_000)
    const world = createWorld({ kind: 'replay', instrument: 'GOLD/USD', speed: 60 }, clock, store())
    const begin = 25 * (dayMs / 24)
    expect(world.clock.now()).toBe(begin)
    expect(world.quoteAgeMs).toBe(2 * (dayMs / 24))
    expect(world.feed.bars('GOLD/USD', '1h', 500).filter(({ time }) => time < begin)).toHaveLength(25)
    world.clock.after(1_000, () => {})
    clock.step()
    expect(world.clock.monotonic()).toBe(1_000)
    expect(world.clock.now()).toBe(begin + 60_000)
  })

  it('replayed: goes on from where the desk was, and from the middle where nothing would be left to come', () => {
    const hourMs = dayMs / 24
    const choice = { kind: 'replay', instrument: 'GOLD/USD', speed: 60 } as const
    const beginOf = (goOnFrom: number) => createWorld(choice, createVirtualClock(0), store(), { goOnFrom }).clock.now()
    expect([26.5, 48.9, 24, 49, 70].map((hours) => beginOf(hours * hourMs) / hourMs)).toEqual([26.5, 48.9, 25, 25, 25])
  })

  it('a replay of what was never imported is refused with a way out, before and when it is made', () => {
    const choice = { kind: 'replay', instrument: 'SILVER/USD', speed: 1 } as const
    const refusal = expect.objectContaining({
      code: 'FEED_NO_BARS',
      wayOut: expect.stringContaining('--instrument SILVER/USD'),
    })
    expect(() => checkFeed(choice, store(), 'nowhere')).toThrow(refusal)
    expect(() => createWorld(choice, createVirtualClock(0), store())).toThrow(refusal)
    expect(() => checkFeed({ kind: 'simulated', seed: 1 }, store(), 'nowhere')).not.toThrow()
    expect(() => checkFeed({ ...choice, instrument: 'GOLD/USD' }, store(), 'nowhere')).not.toThrow()
  })
})
