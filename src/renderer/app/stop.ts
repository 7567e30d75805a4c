import type { QueryClient } from '@tanstack/react-query'
import type { DeskLink } from '#renderer/client.ts'
import type { Status } from '#shared/contract/system.ts'
import type { StopLevel, StopProgress } from '#shared/domain/trading-state.ts'

/** A stop that was asked for and is not acknowledged yet; `error` is why the last attempt failed. */
export interface PendingStop {
  readonly level: StopLevel
  readonly askedAt: number
  readonly error: unknown
}

const answerMs = 3_000
const againMs = 500

/**
 * Sends the stop until the engine has acknowledged it: at once, and again as soon as it can be reached. There is no
 * confirmation and no way to take it back (KS-1).
 */
export class StopControl {
  readonly #desk: DeskLink
  readonly #cache: QueryClient
  readonly #listeners = new Set<() => void>()
  #pending: PendingStop | null = null

  constructor(desk: DeskLink, cache: QueryClient) {
    this.#desk = desk
    this.#cache = cache
  }

  get pending(): PendingStop | null {
    return this.#pending
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stops at a level; while one stop is under way a higher level takes its place and anything else changes nothing. */
  stop(level: StopLevel): void {
    const current = this.#pending
    if (current === null) {
      this.#set({ level, askedAt: Date.now(), error: null })
      void this.#send()
    } else if (level > current.level) {
      this.#set({ ...current, level })
    }
  }

  async #send(): Promise<void> {
    for (let sent: PendingStop | null = this.#pending; sent !== null; sent = this.#pending) {
      try {
        const { latch, progress } = await this.#desk.client.trading.stop(
          { level: sent.level, reason: 'Stopped by the trader' },
          { signal: AbortSignal.timeout(answerMs) },
        )
        this.#cache.setQueryData(
          this.#desk.orpc.system.status.queryKey(),
          (status: Status | undefined) => status && { ...status, latch, stop: progress },
        )
        if (this.#pending?.level === sent.level) this.#set(null)
      } catch (error) {
        this.#set({ ...sent, ...this.#pending, error })
        await new Promise((resolve) => setTimeout(resolve, againMs))
        await this.#desk.connection.answering()
      }
    }
  }

  #set(pending: PendingStop | null): void {
    this.#pending = pending
    for (const listener of this.#listeners) listener()
  }
}

/** Every cancel that was asked for is confirmed and no order's fate is unknown: only then is it all clear (KS-15). */
export function isAllClear(progress: StopProgress): boolean {
  return (
    progress.cancelsConfirmed >= progress.cancelsRequested &&
    progress.cancelsFailed === 0 &&
    progress.unknown === 0 &&
    progress.stillLive.length === 0
  )
}

/** The keys of the stop, for people: ⌘⇧H on a Mac, Ctrl+Shift+H elsewhere. */
export function stopKeys(platform: string): string {
  return /mac/i.test(platform) ? '⌘⇧H' : 'Ctrl+Shift+H'
}

/** True for the stop's keys: Ctrl or Cmd with Shift and H, not held down. */
export function isStopKey(event: Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'shiftKey' | 'code' | 'repeat'>): boolean {
  return (event.ctrlKey || event.metaKey) && event.shiftKey && event.code === 'KeyH' && !event.repeat
}
