import { expect, it } from 'vitest'
import { createIds } from './ids.ts'
import { createRandom } from './random.ts'
import { createVirtualClock } from './virtual-clock.ts'

it('ids are unique and sort by the time of making', () => {
  const clock = createVirtualClock(1_700_000_000_000)
  const ids = createIds(clock, createRandom(1))
  const made = Array.from({ length: 500 }, (_, index) => {
    if (index % 7 === 0) {
      clock.after(1, () => {})
      clock.step()
    }
    return ids.next('run')
  })
  expect(new Set(made).size).toBe(500)
  expect([...made].sort()).toEqual(made)
})
