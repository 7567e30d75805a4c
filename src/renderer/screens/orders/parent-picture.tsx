import { formatDuration, formatPercent } from '#renderer/ui/format.ts'
import type { Fill } from '#shared/domain/order.ts'
import { isWorkingParent, type ParentOrderView } from '#shared/domain/parent-order.ts'
import styles from './parent-picture.module.css'
import { filledSteps, parentProgress, plannedSteps, type SharePoint, shareAt } from './parents-view.ts'

const frame = { width: 396, height: 148, left: 44, right: 12, top: 10, bottom: 24 }
const percent = (share: number) => formatPercent(share, 0, false)

interface ParentPictureProps {
  parent: ParentOrderView
  fills: readonly Fill[]
  /** The desk's time. */
  now: number
}

/** What was planned (dashed) against what was filled (solid) over the time that it may take. */
export function ParentPicture({ parent, fills, now }: ParentPictureProps) {
  const { elapsedMs, horizonMs, filledShare } = parentProgress(parent, now)
  const planned = plannedSteps(parent)
  const filled = filledSteps(parent, fills, elapsedMs)
  const right = frame.width - frame.right
  const floor = frame.height - frame.bottom
  const x = (ms: number) => frame.left + ((right - frame.left) * Math.min(ms, horizonMs)) / Math.max(1, horizonMs)
  const y = (share: number) => floor - (floor - frame.top) * Math.min(1, share)
  const path = (steps: readonly SharePoint[]) =>
    steps.map(({ ms, share }, k) => (k === 0 ? `M${x(ms)} ${y(share)}` : `H${x(ms)}V${y(share)}`)).join('')
  const isWorking = isWorkingParent(parent)
  const isBySchedule = planned.length > 0
  const due = isBySchedule ? ` ${percent(shareAt(planned, elapsedMs))} was planned by then.` : ''
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${frame.width} ${frame.height}`}
        className={styles.picture}
        role="img"
        aria-label={`${percent(filledShare)} is filled after ${formatDuration(elapsedMs)} of ${formatDuration(horizonMs)}.${due}`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line x1={frame.left} x2={right} y1={y(share)} y2={y(share)} className={styles.grid} />
            <text x={frame.left - 6} y={y(share) + 4} textAnchor="end">
              {percent(share)}
            </text>
          </g>
        ))}
        <text x={frame.left} y={frame.height - 6}>
          start
        </text>
        <text x={right} y={frame.height - 6} textAnchor="end">
          {formatDuration(horizonMs)}
        </text>
        {isWorking && (
          <line x1={x(elapsedMs)} x2={x(elapsedMs)} y1={frame.top} y2={floor} className={styles.now}>
            <title>now</title>
          </line>
        )}
        {isBySchedule && <path d={`${path(planned)}H${right}`} className={styles.planned} />}
        <path d={path(filled)} className={styles.filled} />
      </svg>
      <figcaption className={styles.legend}>
        <span>
          <i className={styles.filledKey} aria-hidden /> filled
        </span>
        {isBySchedule ? (
          <span>
            <i className={styles.plannedKey} aria-hidden /> planned
          </span>
        ) : (
          <span>Paced by the market, not by the clock.</span>
        )}
      </figcaption>
    </figure>
  )
}
