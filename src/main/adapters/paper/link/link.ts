import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import type { Random } from '#shared/lib/random.ts'
import { noFaults, type PaperFaults } from './faults.ts'

/** The way between the desk and the paper venue, and what goes wrong on it. */
export interface PaperLink {
  readonly clock: Clock
  /** The typical way to the venue or back, in milliseconds. */
  readonly latencyMs: number
  /** How long a call waits for an answer that does not come, in milliseconds. */
  readonly timeoutMs: number
  readonly latencies: Random
  readonly chance: Random
  readonly faults: Partial<PaperFaults> | undefined
  listener: ((event: BrokerEvent) => void) | undefined
  linked: boolean
  /** Counts links, so that an answer to a call of an earlier one is known to be lost. */
  number: number
  /** Events come in order: none arrives before this moment of the clock that never jumps. */
  tellNoSoonerThan: number
  /** No call is answered before this moment. */
  outUntil: number
  /** What is to happen to it next, of each kind. */
  readonly timers: Map<string, Stop>
}

/** The link before it is made. */
export function createLink(
  random: Random,
  { clock, latencyMs, timeoutMs, faults }: Pick<PaperLink, 'clock' | 'latencyMs' | 'timeoutMs' | 'faults'>,
): PaperLink {
  return {
    clock,
    latencyMs,
    timeoutMs,
    latencies: random.fork('latency'),
    chance: random.fork('faults'),
    faults,
    listener: undefined,
    linked: false,
    number: 0,
    tellNoSoonerThan: 0,
    outUntil: 0,
    timers: new Map(),
  }
}

/** How much of a fault there is now: whoever handed the faults in may end them. */
export function faultOf({ faults }: PaperLink, fault: keyof PaperFaults): number {
  return faults?.[fault] ?? noFaults[fault]
}

/** How long one way takes this time, in milliseconds. */
export function oneWayMs({ latencyMs, latencies }: PaperLink): number {
  return Math.round(latencyMs * Math.exp(0.35 * latencies.normal()))
}

/** Makes or loses the link, and says so. */
export function setLink(link: PaperLink, connected: boolean): void {
  link.linked = connected
  link.number++
  link.tellNoSoonerThan = link.clock.monotonic()
  link.listener?.({ kind: 'link', connected, latencyMs: connected ? 2 * oneWayMs(link) : null })
}

/** Lets an event arrive after so many milliseconds; it is lost where the link is another by then. */
export function deliver(link: PaperLink, event: BrokerEvent, delayMs: number): void {
  const sentOn = link.number
  link.clock.after(delayMs, () => {
    if (link.linked && link.number === sentOn) link.listener?.(event)
  })
}
