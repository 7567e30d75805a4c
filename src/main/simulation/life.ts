import type { Clock, Stop } from '#shared/lib/clock.ts'

/** The life of one process of the desk: nothing comes in or goes out after its end, and nothing while it is suspended. */
export interface Life {
  readonly alive: boolean
  /** Why it ended; undefined while it lives. */
  readonly cause: string | undefined
  /** Kills the process: what it has not made durable is lost, and no line of it has an effect from here on. */
  end(cause: string): void
  /** Lets nothing happen in the process for so long. */
  suspend(forMs: number): void
  /** Runs something within the process, later if it is suspended, never if it is dead. */
  run(callback: () => void): void
  /** Lets an answer in; of a dead process nobody waits for it. */
  answer<T>(promise: Promise<T>): Promise<T>
  /** Undoes something when the process ends. */
  onEnd(stop: Stop): void
}

/** Begins the life of a process on a machine whose time is given. */
export function beginLife(clock: Clock): Life {
  const stops: Stop[] = []
  const held: (() => void)[] = []
  let cause: string | undefined
  let resumesAt = 0

  function run(callback: () => void): void {
    if (cause !== undefined) return
    if (clock.monotonic() >= resumesAt) callback()
    else held.push(callback)
  }

  return {
    get alive() {
      return cause === undefined
    },
    get cause() {
      return cause
    },
    end(why) {
      if (cause !== undefined) return
      cause = why
      for (const stop of stops.splice(0).reverse()) stop()
    },
    suspend(forMs) {
      resumesAt = clock.monotonic() + forMs
      clock.after(forMs, () => {
        for (const callback of held.splice(0)) run(callback)
      })
    },
    run,
    answer: (promise) =>
      new Promise((resolve, reject) => {
        promise.then(
          (value) => run(() => resolve(value)),
          (error: unknown) => run(() => reject(error)),
        )
      }),
    onEnd(stop) {
      if (cause === undefined) stops.push(stop)
      else stop()
    },
  }
}

/** The time as the process sees it: its wall clock may be wrong by `skewMs`, its timers die with it. */
export function clockOf(life: Life, clock: Clock, skewMs: () => number): Clock {
  const bornAt = clock.monotonic()
  return {
    now: () => clock.now() + skewMs(),
    monotonic: () => clock.monotonic() - bornAt,
    after: (delayMs, callback) => {
      let cancelled = false
      const stop = clock.after(delayMs, () => {
        life.run(() => {
          if (!cancelled) callback()
        })
      })
      return () => {
        cancelled = true
        stop()
      }
    },
  }
}

/** A promise that never settles: what a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => {})
}
