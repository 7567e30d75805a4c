import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

it('fires timers in order of time, then of setting, and never the cancelled ones', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ delay: fc.nat(50), cancel: fc.boolean() }), { maxLength: 60 }), (timers) => {
      const clock = createVirtualClock(1_000)
      const fired: number[] = []
      const stops = timers.map(({ delay }, index) => clock.after(delay, () => fired.push(index)))
      timers.forEach(({ cancel }, index) => {
        if (cancel) stops[index]?.()
      })
      while (clock.step());
      const expected = timers
        .map(({ delay, cancel }, index) => ({ delay, cancel, index }))
        .filter(({ cancel }) => !cancel)
        .sort((a, b) => a.delay - b.delay || a.index - b.index)
        .map(({ index }) => index)
      expect(fired).toEqual(expected)
    }),
  )
})

it('keeps monotonic time when the wall clock is corrected backwards', () => {
  const clock = createVirtualClock(1_000)
  clock.after(10, () => {})
  clock.step()
  clock.jump(-500)
  expect([clock.now(), clock.monotonic()]).toEqual([510, 10])
})
