import { type Clock, type Stop, sleep } from '#shared/lib/clock.ts'

/**
 * Yields `take()` at once and then whenever something has changed, at most once every `gapMs` and at least once every
 * `restMs`: a slow reader gets the latest, never a backlog. `listen` is handed the function that tells of a change.
 */
export async function* atPace<T>(
  clock: Clock,
  { gapMs, restMs }: { readonly gapMs: number; readonly restMs: number },
  listen: (changed: () => void) => Stop,
  take: () => T,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  let changed = false
  let wake = () => {}
  const stop = listen(() => {
    changed = true
    wake()
  })
  const onAbort = () => wake()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for (;;) {
      if (signal?.aborted) return
      changed = false
      yield take()
      await sleep(clock, gapMs, signal)
      if (changed) continue
      await new Promise<void>((resolve) => {
        const cancel = clock.after(restMs - gapMs, resolve)
        wake = () => {
          cancel()
          resolve()
        }
        if (signal?.aborted) wake()
      })
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    stop()
    signal?.removeEventListener('abort', onAbort)
  }
}
