import type { Clock } from '#shared/lib/clock.ts'

/** A value and how it was come by: loaded for this call, shared with a call that was under way, or kept from before. */
interface Fetched<Value> {
  readonly value: Value
  readonly from: 'loaded' | 'shared' | 'kept'
  /** When it was loaded, in epoch milliseconds. */
  readonly at: number
}

interface Fetch<Value> {
  readonly key: string
  /** A kept value older than this is loaded anew. */
  readonly freshForMs: number
  /** Gives up this call's wait; the load itself is aborted when all who wait for it have given up. */
  readonly signal: AbortSignal
  readonly load: (signal: AbortSignal) => Promise<Value>
}

/** A cache in which a key is loaded once, however many ask for it meanwhile. Errors reach all who wait and are not kept. */
export interface SingleFlight<Value> {
  fetch(call: Fetch<Value>): Promise<Fetched<Value>>
  /** Forgets a key: the next call loads it. */
  forget(key: string): void
}

interface Flight<Value> {
  readonly controller: AbortController
  readonly loading: Promise<Value>
  waiting: number
}

/** Creates a cache that keeps at most so many values, dropping the one that was not asked for the longest. */
export function createSingleFlight<Value>(clock: Clock, capacity: number): SingleFlight<Value> {
  const flights = new Map<string, Flight<Value>>()
  // In the order of their last use: a Map remembers the order of insertion.
  const kept = new Map<string, { readonly value: Value; readonly at: number; readonly loadedAt: number }>()

  function take({ key, freshForMs }: Fetch<Value>): Fetched<Value> | undefined {
    const found = kept.get(key)
    if (found === undefined) return undefined
    kept.delete(key)
    if (clock.monotonic() - found.loadedAt > freshForMs) return undefined
    kept.set(key, found)
    return { value: found.value, from: 'kept', at: found.at }
  }

  function keep(key: string, value: Value): void {
    kept.delete(key)
    kept.set(key, { value, at: clock.now(), loadedAt: clock.monotonic() })
    for (const oldest of kept.keys()) {
      if (kept.size <= capacity) return
      kept.delete(oldest)
    }
  }

  function depart({ key, load }: Fetch<Value>): Flight<Value> {
    const controller = new AbortController()
    const loading = (async () => load(controller.signal))()
    const flight = { controller, loading, waiting: 0 }
    flights.set(key, flight)
    const land = () => flights.get(key) === flight && flights.delete(key)
    loading.then((value) => land() && keep(key, value), land)
    return flight
  }

  return {
    async fetch(call) {
      call.signal.throwIfAborted()
      const found = take(call)
      if (found !== undefined) return found
      const underWay = flights.get(call.key)
      const flight = underWay ?? depart(call)
      flight.waiting += 1
      try {
        const value = await unlessAborted(flight.loading, call.signal)
        return { value, from: underWay === undefined ? 'loaded' : 'shared', at: clock.now() }
      } finally {
        flight.waiting -= 1
        if (flight.waiting === 0 && flights.get(call.key) === flight) {
          flights.delete(call.key)
          flight.controller.abort(call.signal.reason)
        }
      }
    },
    forget(key) {
      kept.delete(key)
      flights.delete(key)
    },
  }
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
