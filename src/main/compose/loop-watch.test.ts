import { describe, expect, it, onTestFinished } from 'vitest'
import type { LoopDelay } from '#shared/contract/system.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { createLoopMeter, watchLoop } from './loop-watch.ts'

const well: LoopDelay = { p50Ms: 0, p99Ms: 4, maxMs: 30 }

function watched() {
  const clock = createVirtualClock(0)
  const told: string[] = []
  let delay = well
  const meter = { read: () => ({ delay, coveredMs: Math.min(60_000, clock.now()) }), stop: () => {} }
  const watch = watchLoop(clock, meter, (alarm, { maxMs }) => told.push(`${alarm} ${maxMs}`))
  return {
    told,
    watch,
    /** Lets seconds pass in which the loop is like this. */
    pass: (seconds: number, about: Partial<LoopDelay> = {}) => {
      delay = { ...well, ...about }
      // The watch ticks once a second, and nothing else does.
      for (let second = 0; second < seconds; second++) clock.step()
    },
  }
}

describe('the watch of the event loop', () => {
  it('is silent while all is well, and says nothing before it has measured', () => {
    const { told, watch, pass } = watched()
    expect(watch.read()).toBeNull()
    pass(120)
    expect([told, watch.read()]).toEqual([[], { ...well, alarm: null }])
  })

  it('tells of a stall at once, of a longer one again, and when it is over', () => {
    const { told, watch, pass } = watched()
    pass(2, { maxMs: 1_200 })
    expect(watch.read()?.alarm).toBe('stalled')
    pass(5, { maxMs: 1_200 })
    pass(5, { maxMs: 3_000 })
    pass(5)
    expect(told).toEqual(['stalled 1200', 'stalled 3000', 'null 30'])
  })

  it('calls the loop slow by a whole minute, not by its first seconds', () => {
    const { told, pass } = watched()
    pass(59, { p99Ms: 150 })
    expect(told).toEqual([])
    pass(2, { p99Ms: 150 })
    expect(told).toEqual(['slow 30'])
  })
})

it('the meter sees a loop that stands still', async () => {
  const meter = createLoopMeter()
  onTestFinished(() => meter.stop())
  await new Promise((resolve) => setTimeout(resolve, 50))
  const until = performance.now() + 120
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { delay, coveredMs } = meter.read() ?? { delay: well, coveredMs: 0 }
  expect(delay.maxMs).toBeGreaterThan(100)
  expect(delay.p50Ms).toBeLessThan(delay.maxMs)
  expect(coveredMs).toBeGreaterThan(150)
})
