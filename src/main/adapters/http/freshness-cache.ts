import type { Clock } from '#shared/lib/clock.ts'

/** Answers that are kept while they are fresh; who asks while an answer is under way gets the same one. */
export interface FreshnessCache<T> {
  get(key: string, freshForMs: number, ask: () => Promise<T>, signal: AbortSignal): Promise<T>
}

/** Creates a cache. A failure is not kept. A withdrawn question rejects at once with its signal's reason; others go on waiting. */
export function createFreshnessCache<T>(clock: Pick<Clock, 'monotonic'>): FreshnessCache<T> {
  const kept = new Map<string, { readonly until: number; readonly answer: T }>()
  const underWay = new Map<string, Promise<T>>()

  function start(key: string, freshForMs: number, ask: () => Promise<T>): Promise<T> {
    const asked = ask()
      .then((answer) => {
        kept.set(key, { until: clock.monotonic() + freshForMs, answer })
        return answer
      })
      .finally(() => underWay.delete(key))
    underWay.set(key, asked)
    return asked
  }

  return {
    async get(key, freshForMs, ask, signal) {
      signal.throwIfAborted()
      const found = kept.get(key)
      if (found !== undefined && clock.monotonic() < found.until) return found.answer
      return orAbort(underWay.get(key) ?? start(key, freshForMs, ask), signal)
    },
  }
}

async function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
