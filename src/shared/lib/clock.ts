/** Undoes what returned it: stops a timer, ends a subscription, closes a resource. Calling it twice does no harm. */
export type Stop = () => void

/** Where the engine takes its time from: the machine's clock when live, a virtual one in tests, backtests and simulation. */
export interface Clock {
  /** UTC, in epoch milliseconds. */
  now(): number
  /** Milliseconds since an arbitrary start; never runs backwards, whatever happens to now(). */
  monotonic(): number
  /** Calls back once, delayMs from now; the returned Stop cancels it. */
  after(delayMs: number, callback: () => void): Stop
}

/** Waits delayMs on the clock; rejects with the signal's reason as soon as the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
