import type { Bus } from '#engine/bus/bus.ts'
import type { Kernel } from '#engine/desk/kernel.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { walletOf } from '#engine/trading/positions/book.ts'
import type { Status, StopShortcut } from '#shared/contract/system.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { subtract } from '#shared/lib/decimal.ts'

export interface StatusParts {
  readonly kernel: Kernel
  readonly journal: Journal
  readonly feed: Feed
  readonly broker: Broker
  readonly bus: Bus
  readonly clock: Clock
  readonly version: string
  /** The event loop's delay, measured elsewhere. */
  readonly loop: () => Status['loop']
  readonly stopShortcut: () => StopShortcut
}

/** What the permanent bar shows, read and watched. */
export interface StatusSource {
  readonly read: () => Status
  /** Calls back with the status whenever something was journalled, and at least once a second. */
  readonly listen: (listener: (status: Status) => void) => Stop
}

function reviewsOf(reviews: Kernel['reviews']): Status['reviews'] {
  const waiting = reviews.waiting()
  const bias = reviews.bias()
  return {
    waiting: waiting.length,
    nextExpiresInMs: waiting.length === 0 ? null : Math.min(...waiting.map((review) => reviews.leftMs(review))),
    habit:
      bias === null
        ? null
        : `${bias.approvals} of your ${bias.decisions} decisions in this session were approvals; half of them took less than ${(bias.medianDwellMs / 1_000).toFixed(1)} s.`,
  }
}

/** Watches the desk for its status. */
export function createStatus(parts: StatusParts): StatusSource {
  const { kernel, journal, feed, broker, bus, clock, version, loop, stopShortcut } = parts
  function read(): Status {
    const { book, orders, runs, reviews } = kernel
    const equity = kernel.equity()
    const link = orders.link()
    const latch = kernel.latch.current()
    return {
      version,
      mode: broker.mode,
      account: {
        id: book.account,
        mode: broker.mode,
        currency: book.currency,
        cash: book.doubt === null ? walletOf(book) : null,
        equity: equity ?? null,
        dayStartEquity: book.doubt === null ? book.dayStartEquity : null,
        unknown: book.doubt,
        asOf: Math.floor(clock.now()),
      },
      dayPnl: equity === undefined || book.day === 0 ? null : subtract(equity, book.dayStartEquity),
      latch,
      stop: latch.state === 'HALTED' ? orders.stopProgress() : null,
      feed: {
        connected: kernel.feedConnected(),
        name: feed.name,
        lastTickAt: kernel.lastTickAt(),
        staleAfterMs: kernel.mandate.maximumQuoteAgeMs,
      },
      broker: { connected: link.connected, name: broker.name, latencyMs: link.latencyMs },
      deadManSwitch: kernel.deadManSwitch.state(),
      stopShortcut: stopShortcut(),
      activeRunId: runs.active()[0]?.runId ?? null,
      deadLetters: bus.deadLetters().length,
      loop: loop(),
      spending: { todayUsd: runs.spending.today(), limitUsd: runs.spending.limitUsd },
      reviews: reviewsOf(reviews),
      now: Math.floor(clock.now()),
      journalSize: journal.head().size,
    }
  }

  return {
    read,
    listen(listener) {
      const stopCommits = journal.onCommit(() => listener(read()))
      let cancel: Stop = () => {}
      const tick = () => {
        listener(read())
        cancel = clock.after(1_000, tick)
      }
      cancel = clock.after(1_000, tick)
      return () => {
        stopCommits()
        cancel()
      }
    },
  }
}
