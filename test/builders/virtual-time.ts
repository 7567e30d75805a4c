import type { VirtualClock } from '#shared/lib/virtual-clock.ts'
import { turn } from './plan-run.ts'

/** Lets virtual time go by until the promise is settled, and gives its value or its error. */
export async function settle<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false }
  const mark = () => {
    state.isSettled = true
  }
  promise.then(mark, mark)
  await turn()
  while (!state.isSettled) {
    if (!clock.step()) throw new Error('The promise waits for something that will never happen.')
    await turn()
  }
  return promise
}

/** Lets so much virtual time go by; all that is due in it has happened when it resolves. */
export async function pass(clock: VirtualClock, forMs: number): Promise<void> {
  const until = clock.now() + forMs
  clock.after(forMs, () => {})
  await turn()
  for (let next = clock.nextAt(); next !== undefined && next <= until; next = clock.nextAt()) {
    clock.step()
    await turn()
  }
}

/** Lets virtual time go by, one timer after another, until something is so. */
export async function passUntil(clock: VirtualClock, isSo: () => boolean): Promise<void> {
  await turn()
  while (!isSo()) {
    if (!clock.step()) throw new Error('It will never be so.')
    await turn()
  }
}
