import { useSyncExternalStore } from 'react'
import type { Bar } from '#shared/domain/bar.ts'
import type { Quote } from '#shared/domain/quote.ts'

/** What the watch last said of one series. */
export interface SeriesTick {
  readonly bar: Bar | null
  readonly quote: Quote | null
}

/** Holds the newest tick outside of React, so that only what shows a price is drawn again when it changes. */
export class Ticker {
  readonly #listeners = new Set<() => void>()
  #tick: SeriesTick = { bar: null, quote: null }

  get tick(): SeriesTick {
    return this.#tick
  }

  set(tick: SeriesTick): void {
    this.#tick = tick
    for (const listener of this.#listeners) listener()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** The newest tick, as it changes. */
export function useTick(ticker: Ticker): SeriesTick {
  return useSyncExternalStore(ticker.subscribe, () => ticker.tick)
}
