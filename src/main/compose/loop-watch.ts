import type { LoopAlarm, LoopDelay } from '#shared/contract/system.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'

/** Measures by how much the event loop is late. */
export interface LoopMeter {
  /** Over the last minute, or since it was made; null while nothing has been measured. */
  read(): { readonly delay: LoopDelay; readonly coveredMs: number } | null
  stop(): void
}

const beatMs = 20
const minuteMs = 60_000

/** Measures with a timer every 20 ms: the loop is late by as much as the timer is. */
export function createLoopMeter(): LoopMeter {
  const late = new Float64Array(minuteMs / beatMs)
  const startedMs = performance.now()
  let beats = 0
  let lastMs = startedMs
  const timer = setInterval(() => {
    const nowMs = performance.now()
    late[beats % late.length] = Math.max(0, nowMs - lastMs - beatMs)
    lastMs = nowMs
    beats++
  }, beatMs)
  timer.unref()
  return {
    read() {
      if (beats === 0) return null
      const sorted = late.slice(0, Math.min(beats, late.length)).sort()
      const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number
      const delay = { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
      return { delay, coveredMs: Math.min(minuteMs, performance.now() - startedMs) }
    },
    stop: () => clearInterval(timer),
  }
}

/** A single stall above this, or a 99th percentile of a whole minute above the other, is an alarm; in milliseconds. */
const stallMs = 1_000
const slowMs = 100

/** What the delay amounts to; null while all is well. */
function alarmOf(delay: LoopDelay, coveredMs: number): LoopAlarm | null {
  if (delay.maxMs > stallMs) return 'stalled'
  return coveredMs >= minuteMs && delay.p99Ms > slowMs ? 'slow' : null
}

/** The event loop's delay as the status tells it. */
export interface LoopWatch {
  read(): (LoopDelay & { readonly alarm: LoopAlarm | null }) | null
  readonly stop: Stop
}

/**
 * Reads the meter every second and tells of each change for the worse or the better: an alarm that begins, a stall that is
 * longer than the one before, and, with null, that all is well again.
 */
export function watchLoop(
  clock: Clock,
  meter: LoopMeter,
  onAlarm: (alarm: LoopAlarm | null, delay: LoopDelay) => void,
): LoopWatch {
  let last: ReturnType<LoopWatch['read']> = null
  let told: { readonly alarm: LoopAlarm | null; readonly maxMs: number } = { alarm: null, maxMs: 0 }
  let cancel: Stop = () => {}
  const tick = () => {
    const measured = meter.read()
    if (measured !== null) {
      const { delay, coveredMs } = measured
      const alarm = alarmOf(delay, coveredMs)
      last = { ...delay, alarm }
      const isWorse = alarm === 'stalled' && delay.maxMs > told.maxMs
      if (alarm !== told.alarm || isWorse) onAlarm(alarm, delay)
      told = { alarm, maxMs: delay.maxMs }
    }
    cancel = clock.after(1_000, tick)
  }
  cancel = clock.after(1_000, tick)
  return {
    read: () => last,
    stop() {
      cancel()
      meter.stop()
    },
  }
}
