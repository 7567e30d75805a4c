import { type Clock, sleep } from '#shared/lib/clock.ts'

/** The pause before dialling again doubles with each failure, up to so many times the first one. */
export const longestPause = 30

/** What is dialled, and what is told of it. */
export interface Dialling {
  readonly clock: Clock
  /** Ends all dialling. */
  readonly life: AbortSignal
  /** The first pause before dialling again. */
  readonly retryMs: number
  /** A link that stood this long makes the next pause the first one again. */
  readonly steadyMs: number
  /** One link, until it breaks; rejects with why it did. */
  readonly session: () => Promise<unknown>
  readonly broke: (error: unknown) => void
  /** Told after each attempt, whatever came of it. */
  readonly tried: () => void
}

/** Dials, and dials again after a pause that grows, until the life ends. */
export async function keepDialling({ clock, life, retryMs, steadyMs, session, broke, tried }: Dialling): Promise<void> {
  let pauseMs = retryMs
  while (!life.aborted) {
    const startedAt = clock.monotonic()
    try {
      await session()
    } catch (error) {
      if (life.aborted) return
      broke(error)
    }
    tried()
    if (clock.monotonic() - startedAt > steadyMs) pauseMs = retryMs
    await sleep(clock, pauseMs, life).catch(() => {})
    pauseMs = Math.min(longestPause * retryMs, 2 * pauseMs)
  }
}
