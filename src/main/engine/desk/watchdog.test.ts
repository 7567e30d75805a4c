import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { pass } from '#test/builders/virtual-time.ts'
import { silenceOf, startWatchdog } from './watchdog.ts'

function watching(isConnected: () => boolean) {
  const clock = createVirtualClock(0)
  const halted: string[] = []
  const looks: number[] = []
  const stop = startWatchdog({
    clock,
    isConnected,
    takeUpStop: () => looks.push(clock.now()),
    halt: (reason) => halted.push(reason),
    onLook: () => {},
  })
  return { clock, halted, looks, stop }
}

describe('KS-18 what halts a desk by itself', () => {
  it('is a silence of more than five seconds, that of the desk itself before that of the broker', () => {
    expect(silenceOf({ sinceLookMs: 5_000, sinceHeardMs: 5_000 })).toBeUndefined()
    expect(silenceOf({ sinceLookMs: 250, sinceHeardMs: 5_001 })).toBe('The broker is silent for 5 s')
    expect(silenceOf({ sinceLookMs: 6_000, sinceHeardMs: 9_000 })).toBe('The desk stood still for 6 s')
  })

  it('nothing, while the broker is heard', async () => {
    const { clock, halted } = watching(() => true)
    await pass(clock, 60_000)
    expect(halted).toEqual([])
  })

  it('a broker that is silent, from the first look after five seconds on', async () => {
    let isConnected = true
    const { clock, halted } = watching(() => isConnected)
    await pass(clock, 10_000)
    isConnected = false
    await pass(clock, 5_000)
    expect(halted).toEqual([])
    await pass(clock, 250)
    expect(halted).toEqual(['The broker is silent for 5 s'])
    isConnected = true
    await pass(clock, 10_000)
    expect(halted).toHaveLength(1)
  })

  it('no clock that is set, forwards or back', async () => {
    const { clock, halted } = watching(() => true)
    clock.jump(86_400_000)
    await pass(clock, 1_000)
    clock.jump(-172_800_000)
    await pass(clock, 1_000)
    expect(halted).toEqual([])
  })

  it('looks for a stop from outside four times a second, until it is stopped (KS-17)', async () => {
    const { clock, looks, stop } = watching(() => true)
    await pass(clock, 1_000)
    expect(looks).toEqual([250, 500, 750, 1_000])
    stop()
    await pass(clock, 1_000)
    expect(looks).toHaveLength(4)
  })
})
