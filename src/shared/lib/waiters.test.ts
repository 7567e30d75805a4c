import { expect, it } from 'vitest'
import { createWaiters } from './waiters.ts'

const signal = () => new AbortController().signal

it('lets all go that wait for a key, and nobody who waits for another', async () => {
  const waiters = createWaiters<string>()
  const done: string[] = []
  const waits = [waiters.wait('a', signal()), waiters.wait('a', signal())]
  void waiters.wait('b', signal()).then((value) => done.push(value))
  waiters.settle('a', 'ended')
  expect(await Promise.all(waits)).toEqual(['ended', 'ended'])
  expect(done).toEqual([])
})

it('what comes before the waiting is not waited for', async () => {
  const waiters = createWaiters<string>()
  waiters.settle('a', 'first')
  const wait = waiters.wait('a', signal())
  waiters.settle('a', 'second')
  expect(await wait).toBe('second')
})

it('does not wait for what has ended already, and says what is wrong with it', async () => {
  const waiters = createWaiters<string>()
  expect(await waiters.wait('a', signal(), () => 'ended')).toBe('ended')
  const wrong = () => {
    throw new Error('There is no a.')
  }
  await expect(waiters.wait('a', signal(), wrong)).rejects.toThrow('There is no a.')
})

it('rejects with the reason of who gives up, before and while waiting, and goes on for the others', async () => {
  const waiters = createWaiters<string>()
  const patience = new AbortController()
  const [given, kept] = [waiters.wait('a', patience.signal), waiters.wait('a', signal())]
  patience.abort(new Error('enough'))
  waiters.settle('a', 'ended')
  await expect(given).rejects.toThrow('enough')
  await expect(waiters.wait('a', patience.signal)).rejects.toThrow('enough')
  expect(await kept).toBe('ended')
})
