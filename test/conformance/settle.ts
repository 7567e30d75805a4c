import type { Clock } from '#shared/lib/clock.ts'
import type { VirtualClock } from '#shared/lib/virtual-clock.ts'

/** A clock of a test whose other end lives in real time: nothing is stepped, and `arrived` resolves when all that is under way has come. */
export interface RealClock extends Clock {
  readonly arrived: () => Promise<void>
}

export type TestClock = VirtualClock | RealClock

/** Lets everything run that waits for no clock. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve()
}

/** Steps the clock until the promise is settled, and gives its value or its error. */
export async function settle<T>(clock: TestClock, promise: Promise<T>): Promise<T> {
  if ('arrived' in clock) return promise
  const state = { settled: false }
  const mark = () => {
    state.settled = true
  }
  promise.then(mark, mark)
  await flush()
  while (!state.settled) {
    if (!clock.step()) throw new Error('The promise waits for something that will never happen.')
    await flush()
  }
  return promise
}

/** Steps the clock until it has come so far; in real time, until all has arrived. */
export async function pass(clock: TestClock, forMs: number): Promise<void> {
  if ('arrived' in clock) return clock.arrived()
  const until = clock.now() + forMs
  const state = { reached: false }
  const stop = clock.after(forMs, () => {
    state.reached = true
  })
  await flush()
  while (!state.reached && (clock.nextAt() ?? until + 1) <= until) {
    clock.step()
    await flush()
  }
  stop()
}
