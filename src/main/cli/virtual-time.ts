import { setImmediate } from 'node:timers/promises'
import { ParleyError } from '#shared/lib/error.ts'
import type { VirtualClock } from '#shared/lib/virtual-clock.ts'

/** Steps a virtual clock in macrotask turns, so that all that was promised settles between two timers. */
export interface VirtualTime {
  /**
   * Steps until the promise has settled, and gives its value or error. Throws RUN_STUCK when no timer is left, or when
   * `limitMs` of virtual time have passed; `waitingFor` then says what is not done.
   */
  until<T>(promise: Promise<T>, limitMs: number, waitingFor: () => string): Promise<T>
  /** Steps through all timers of the next `forMs` milliseconds. */
  pass(forMs: number): Promise<void>
}

/** Drives what runs on the clock. Nothing but the clock and its seeds decides the order: two drives are alike. */
export function driveVirtualTime(clock: VirtualClock): VirtualTime {
  return {
    async until(promise, limitMs, waitingFor) {
      const end = clock.monotonic() + limitMs
      let settled = false
      const settle = () => {
        settled = true
      }
      promise.then(settle, settle)
      for (;;) {
        await setImmediate()
        if (settled) return promise
        if (clock.monotonic() > end) throw stuck(`after ${limitMs / 1000} s of virtual time`, waitingFor())
        if (!clock.step()) throw stuck('with nothing left to happen', waitingFor())
      }
    },
    async pass(forMs) {
      let over = false
      clock.after(forMs, () => {
        over = true
      })
      for (;;) {
        await setImmediate()
        if (over) return
        clock.step()
      }
    },
  }
}

function stuck(when: string, waitingFor: string): ParleyError {
  return new ParleyError('RUN_STUCK', `The run has not ended ${when}; it waits for ${waitingFor}.`, {
    details: { waitingFor },
    wayOut: 'This is a bug in Parley. Report it with the command you typed.',
  })
}
