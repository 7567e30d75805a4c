import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWorkQueue } from './work-queue.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('a queue works on each item once, in the order of coming, with no more waiting than there is room for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 25 }),
      async (concurrency, capacity, pauses) => {
        const begun: number[] = []
        let accepted = 0
        let running = 0
        const queue = createWorkQueue<{ number: number }>({ concurrency, capacity }, async ({ number }) => {
          begun.push(number)
          running += 1
          expect(running).toBeLessThanOrEqual(concurrency)
          await turn()
          running -= 1
        })
        for (const [number, pause] of pauses.entries()) {
          void Promise.resolve(queue.push({ number })).then(() => accepted++)
          if (pause) await turn()
          expect(accepted - begun.length).toBeLessThanOrEqual(capacity)
        }
        for (let count = 0; count < pauses.length + 2; count++) await turn()
        expect(begun).toEqual(pauses.map((_, number) => number))
        expect(accepted).toBe(pauses.length)
      },
    ),
    { numRuns: 60 },
  )
})

it('what is dropped makes room, and what a stop finds is given back', async () => {
  const begun: string[] = []
  const queue = createWorkQueue<{ name: string }>({ concurrency: 1, capacity: 1 }, async ({ name }) => {
    begun.push(name)
    await new Promise(() => {})
  })
  const items = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }))
  const pushed = items.map((item) => queue.push(item))
  await turn()
  queue.drop(items[1] ?? { name: '' })
  await pushed[2]
  queue.drop(items[3] ?? { name: '' })
  await pushed[3]
  expect(queue.stop()).toEqual([{ name: 'c' }, { name: 'e' }])
  await pushed[4]
  expect(begun).toEqual(['a'])
})
