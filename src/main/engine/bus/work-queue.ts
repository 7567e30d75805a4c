/** Items on their way to a worker: so many at a time, so many waiting, and whoever brings more is held back. */
export interface WorkQueue<Item> {
  /** Adds an item. The promise resolves when there was room for it; undefined says that there was at once. */
  push(item: Item): Promise<void> | undefined
  /** Takes an item out again if its work has not begun. */
  drop(item: Item): void
  /** Begins no more work; gives back what was not begun. */
  stop(): readonly Item[]
}

export interface WorkQueueOptions {
  /** Items worked on at the same time, at least 1. With 1 their order is kept. */
  readonly concurrency: number
  /** Items waiting before those who bring more are held back, at least 1. */
  readonly capacity: number
}

interface HeldBack<Item> {
  readonly item: Item
  readonly accept: () => void
}

/** Creates a queue. Work begins in a later microtask than the push, never within it; it must not reject. */
export function createWorkQueue<Item extends object>(
  { concurrency, capacity }: WorkQueueOptions,
  work: (item: Item) => Promise<void>,
): WorkQueue<Item> {
  let waiting: Item[] = []
  let heldBack: HeldBack<Item>[] = []
  let workers = 0
  let stopped = false

  function take(): Item | undefined {
    if (stopped) return undefined
    const item = waiting.shift()
    admit()
    return item
  }

  function admit(): void {
    while (waiting.length < capacity) {
      const next = heldBack.shift()
      if (next === undefined) return
      waiting.push(next.item)
      next.accept()
    }
  }

  async function worker(): Promise<void> {
    await Promise.resolve()
    for (let item = take(); item !== undefined; item = take()) await work(item)
    workers -= 1
  }

  function wake(): void {
    if (workers >= concurrency) return
    workers += 1
    void worker()
  }

  return {
    push(item) {
      if (stopped) return undefined
      wake()
      if (waiting.length < capacity) {
        waiting.push(item)
        return undefined
      }
      return new Promise((accept) => {
        heldBack.push({ item, accept })
      })
    },
    drop(item) {
      waiting = waiting.filter((other) => other !== item)
      heldBack = heldBack.filter((other) => {
        if (other.item === item) other.accept()
        return other.item !== item
      })
      admit()
    },
    stop() {
      stopped = true
      const left = [...waiting, ...heldBack.map(({ item }) => item)]
      for (const { accept } of heldBack) accept()
      waiting = []
      heldBack = []
      return left
    },
  }
}
