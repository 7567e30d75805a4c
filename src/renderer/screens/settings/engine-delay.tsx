import { formatDuration, formatNumber } from '#renderer/ui/format.ts'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { Setting } from './setting.tsx'

/** By how much the engine was late over the last minute; more than 100 ms or a stall of a second is an alarm. */
export function EngineDelay() {
  const loop = useStatus()?.loop ?? null
  return (
    <Setting
      title="Engine delay"
      about="How long an event waits for the engine, over the last minute. Alarm at 100 ms, or at a one-second stall."
    >
      {loop === null ? (
        <span>not measured yet</span>
      ) : (
        <span>
          <StatusDot tone={loop.alarm === null ? 'good' : 'warn'} /> median {formatNumber(loop.p50Ms, { places: 1 })}{' '}
          ms, 99th percentile {formatDuration(loop.p99Ms)}, longest {formatDuration(loop.maxMs)}
        </span>
      )}
    </Setting>
  )
}
