import { expect, it } from 'vitest'
import { finish, inTurns, type WorkInTurns } from './turns.ts'

function* countTo(most: number, onPart: () => void = () => {}): WorkInTurns<number> {
  for (let count = 1; count <= most; count++) {
    onPart()
    yield
  }
  return most
}

it('work comes to the same at once and in turns', async () => {
  expect(finish(countTo(5))).toBe(5)
  expect(await inTurns(countTo(5), { now: () => 0, pause: async () => {} })).toBe(5)
})

it('others get their turn when one has lasted long enough', async () => {
  let time = 0
  const turns: number[] = []
  const work = countTo(7, () => (time += 3))
  await inTurns(work, { now: () => time, pause: async () => turns.push(time), turnMs: 8 })
  expect(turns).toEqual([9, 18])
})
