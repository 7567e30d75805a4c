/** Those who wait for something of a key to come to an end. */
export interface Waiters<T> {
  /**
   * Resolves when `settle` is called for the key, or with what has come to its end `already`; rejects with the signal's reason
   * when that is aborted first, and with what `already` throws.
   */
  wait(key: string, signal: AbortSignal, already?: () => T | undefined): Promise<T>
  /** Lets all go that wait for the key. */
  settle(key: string, value: T): void
}

/** Creates a place to wait at; nobody does yet. */
export function createWaiters<T>(): Waiters<T> {
  const waiting = new Map<string, Set<(value: T) => void>>()

  return {
    wait(key, signal, already) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const value = already?.()
        if (value !== undefined) {
          resolve(value)
          return
        }
        const others = waiting.get(key) ?? new Set()
        waiting.set(key, others)
        const onAbort = () => {
          others.delete(onSettled)
          reject(signal.reason)
        }
        const onSettled = (value: T) => {
          signal.removeEventListener('abort', onAbort)
          resolve(value)
        }
        others.add(onSettled)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    settle(key, value) {
      for (const resolve of waiting.get(key) ?? []) resolve(value)
      waiting.delete(key)
    },
  }
}
