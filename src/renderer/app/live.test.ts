import { expect, it, vi } from 'vitest'
import { Refresher } from './live.ts'

it('what changes while it is fetched is fetched once more, however often it changed', async () => {
  vi.useFakeTimers()
  const fetched: string[] = []
  let finish = () => {}
  const refresher = new Refresher((noun) => {
    fetched.push(noun)
    return new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  refresher.add(['orders', 'orders'])
  await vi.advanceTimersByTimeAsync(200)
  for (let index = 0; index < 20; index++) refresher.add(['orders'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(fetched).toEqual(['orders'])
  finish()
  await vi.advanceTimersByTimeAsync(200)
  expect(fetched).toEqual(['orders', 'orders'])
  finish()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(fetched).toEqual(['orders', 'orders'])
  vi.useRealTimers()
})
