import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { Stop } from '#shared/lib/clock.ts'

/** The market as it comes in: who is told of it, and when it was last heard. */
export interface MarketWatch {
  /** Listens to the feed from now on. */
  start(): Stop
  onMarket(listener: (update: MarketUpdate) => void): Stop
  /** When the last price came; null before the first. */
  lastTickAt(): number | null
  feedConnected(): boolean
}

/** Creates what passes the feed on to those who listen. */
export function createMarketWatch(feed: Feed): MarketWatch {
  const listeners = new Set<(update: MarketUpdate) => void>()
  let lastTickAt: number | null = null
  let connected = false
  return {
    start() {
      const stop = feed.start((update) => {
        if (update.kind === 'link') connected = update.connected
        else {
          connected = true
          lastTickAt = update.kind === 'quote' ? update.quote.at : update.trade.at
        }
        for (const listener of listeners) listener(update)
      })
      for (const { id } of feed.instruments()) {
        const at = feed.quote(id)?.at
        if (at !== undefined) lastTickAt = Math.max(lastTickAt ?? at, at)
      }
      return stop
    },
    onMarket(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lastTickAt: () => lastTickAt,
    feedConnected: () => connected,
  }
}
