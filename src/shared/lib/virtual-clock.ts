import type { Clock, Stop } from './clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that stands still until it is told to go on: timers fire in order of time, then in order of setting. */
export interface VirtualClock extends Clock {
  /** The time of the next timer, or undefined when none is set. */
  nextAt(): number | undefined
  /** Moves to the next timer and fires it; false when there is none. */
  step(): boolean
  /** Moves the wall clock alone by the given milliseconds, as a correction of the machine's clock would. */
  jump(byMs: number): void
}

/** Creates a virtual clock that starts at the given epoch milliseconds. A timer costs O(log n) to set and to fire. */
export function createVirtualClock(startMs: number): VirtualClock {
  const heap: Timer[] = []
  const cancelled = new Set<number>()
  let elapsed = 0
  let offset = startMs
  let orders = 0

  function before(a: Timer, b: Timer): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }

  function push(timer: Timer): void {
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent] as Timer
      if (!before(timer, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = timer
  }

  function pop(): Timer | undefined {
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++
      if (!before(heap[child] as Timer, last)) break
      heap[index] = heap[child] as Timer
      index = child
    }
    heap[index] = last
    return top
  }

  function dropCancelled(): void {
    for (let top = heap[0]; top !== undefined && cancelled.has(top.order); top = heap[0]) {
      cancelled.delete(top.order)
      pop()
    }
  }

  function after(delayMs: number, callback: () => void): Stop {
    const order = orders++
    let done = false
    push({
      at: elapsed + Math.max(0, delayMs),
      order,
      callback: () => {
        done = true
        callback()
      },
    })
    return () => {
      if (!done) cancelled.add(order)
      done = true
    }
  }

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    after,
    nextAt() {
      dropCancelled()
      const top = heap[0]
      return top === undefined ? undefined : offset + top.at
    },
    step() {
      dropCancelled()
      const timer = pop()
      if (timer === undefined) return false
      elapsed = Math.max(elapsed, timer.at)
      timer.callback()
      return true
    },
    jump(byMs) {
      offset += byMs
    },
  }
}
