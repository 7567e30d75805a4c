import type { Router } from '@orpc/server'
import type { contract } from '#shared/contract/index.ts'
import type { Status, StopShortcut } from '#shared/contract/system.ts'
import type { Stop } from '#shared/lib/clock.ts'

/** Who is calling: the app's own window, or anything that came over the network (a browser, a program). */
export interface CallContext {
  readonly caller: 'window' | 'network'
}

/** The whole desk as its hosts see it: the API, its life, and what must work without the API. */
export interface Desk {
  /** Implements the contract. */
  readonly router: Router<typeof contract, CallContext>
  /** Opens for business: recovers from the journal, connects. */
  start(): Promise<void>
  /** Drains and closes everything; the reason goes into the journal. */
  stop(why: string): Promise<void>
  /** Enters HALTED before it returns; for the shortcut, the tray and signals. */
  halt(reason: string): void
  /** Told by the desktop app whether its global stop shortcut works; without one it is not available. */
  shortcutIs(shortcut: StopShortcut): void
  status(): Status
  onStatus(listener: (status: Status) => void): Stop
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<string>
}
