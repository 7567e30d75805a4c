import type { Clock, Stop } from '#shared/lib/clock.ts'

export interface WatchdogOptions {
  readonly clock: Clock
  /** Whether the broker is heard now. */
  readonly isConnected: () => boolean
  /** Takes up a stop that was asked for from outside the process (KS-17). */
  readonly takeUpStop: () => unknown
  readonly halt: (reason: string) => unknown
  /** Called at every look, after the look. */
  readonly onLook: () => void
}

const lookEveryMs = 250
const silenceMs = 5_000

/**
 * Looks out four times a second: takes up a stop from outside, and halts the desk where its event loop stood still, or the
 * broker was silent, for more than 5 s (KS-18). All is measured on the clock that never jumps. Gives what ends it.
 */
export function startWatchdog({ clock, isConnected, takeUpStop, halt, onLook }: WatchdogOptions): Stop {
  let lookedAt = clock.monotonic()
  let heardAt = lookedAt
  let cancel: Stop = () => {}
  const look = () => {
    const now = clock.monotonic()
    if (isConnected()) heardAt = now
    takeUpStop()
    const silence = silenceOf({ sinceLookMs: now - lookedAt, sinceHeardMs: now - heardAt })
    if (silence !== undefined) halt(silence)
    onLook()
    lookedAt = now
    cancel = clock.after(lookEveryMs, look)
  }
  cancel = clock.after(lookEveryMs, look)
  return () => cancel()
}

/** Which silence halts the desk, in a sentence; undefined for one of at most 5 s. */
export function silenceOf(since: { readonly sinceLookMs: number; readonly sinceHeardMs: number }): string | undefined {
  const { sinceLookMs, sinceHeardMs } = since
  if (sinceLookMs > silenceMs) return `The desk stood still for ${seconds(sinceLookMs)}`
  if (sinceHeardMs > silenceMs) return `The broker is silent for ${seconds(sinceHeardMs)}`
  return undefined
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
