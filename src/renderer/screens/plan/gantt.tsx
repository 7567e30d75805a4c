import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { AgentName } from '#renderer/ui/agent.tsx'
import { formatDuration, formatNumber, formatUsd, unavailable } from '#renderer/ui/format.ts'
import { Panel } from '#renderer/ui/panel.tsx'
import styles from './gantt.module.css'
import { type GanttBar, type GanttRow, ganttLayout, rowHeight } from './gantt-layout.ts'
import { StepIcon, StepWord } from './step-mark.tsx'
import { elapsedMs, type PoolUse, type RunTotals, type StepView } from './step-view.ts'
import { comparisonWords, lengthWords, secondsWords, stepWords, stretchWords } from './step-words.ts'
import type { ReplanMark } from './watch-view.ts'

interface GanttProps {
  steps: readonly StepView[]
  totals: RunTotals
  pools: readonly PoolUse[]
  running: boolean
  /** Where the plan was changed. */
  marks: readonly ReplanMark[]
  /** When the run is foreseen to end, in seconds from its start; null when nobody can say. */
  end: number | null
  chosen: string | null
  onChoose: (id: string) => void
}

/** What was planned and what happened, as bars over time, one row a step in planned order. */
export function Gantt({ steps, totals, pools, running, marks, end, chosen, onChoose }: GanttProps) {
  const chart = useRef<HTMLDivElement>(null)
  const width = useWidth(chart)
  const [looked, setLooked] = useState<string | null>(null)
  const { rows, ticks, nowX, endX, xOf, height } = ganttLayout(steps, {
    width,
    now: running ? totals.elapsedMs / 1_000 : null,
    planned: totals.plannedMs / 1_000,
    end,
  })
  const isCovered = (x: number) =>
    (nowX !== null && Math.abs(x - nowX) < 34) || marks.some(({ seconds }) => Math.abs(x - xOf(seconds)) < 24)
  const lookedStep = steps.find(({ id }) => id === looked)
  const lookedRow = rows.find(({ id }) => id === looked)
  return (
    <Panel
      title="Schedule"
      className={styles.panel}
      about={
        <>
          <Legend hasReplans={marks.length > 0} hasEnd={endX !== null} />
          {pools.map(({ pool, slots, taken }) => (
            <span key={pool}>
              {pool} {slots} in parallel{running && `, ${taken} in use`}
            </span>
          ))}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.body} tabIndex={0} role="region" aria-label="Schedule of the steps">
        <div className={styles.head}>
          <span>Step</span>
          <div ref={chart} className={styles.axis} aria-hidden="true">
            {ticks.map(({ x, seconds }) => (
              <span key={seconds} className={styles.tick} style={{ left: x }} hidden={x > width - 20 || isCovered(x)}>
                {secondsWords(seconds)}
              </span>
            ))}
            {marks.map(({ number, seconds }) => (
              <span key={number} className={styles.replan} style={{ left: Math.min(xOf(seconds), width - 8) }}>
                {number}
              </span>
            ))}
            {nowX !== null && (
              <span className={styles.now} style={{ left: Math.min(nowX, width - 18) }}>
                now
              </span>
            )}
          </div>
          <Figures step="Planned" actual="Actual" cost="Cost" />
        </div>
        <div className={styles.rows} onPointerLeave={() => setLooked(null)}>
          <svg className={styles.chart} width={width} height={height} aria-hidden="true" focusable="false">
            {ticks.map(({ x, seconds }) => (
              <line key={seconds} className={styles.grid} x1={x} x2={x} y1={0} y2={height} />
            ))}
            {rows.map((row, index) => (
              <Bars key={row.id} row={row} step={steps[index]} />
            ))}
            {marks.map(({ number, seconds }) => (
              <line key={number} className={styles.replanLine} x1={xOf(seconds)} x2={xOf(seconds)} y1={0} y2={height} />
            ))}
            {endX !== null && <line className={styles.endLine} x1={endX} x2={endX} y1={0} y2={height} />}
            {nowX !== null && <line className={styles.nowLine} x1={nowX} x2={nowX} y1={0} y2={height} />}
          </svg>
          {steps.map((step) => (
            <Row
              key={step.id}
              step={step}
              chosen={step.id === chosen}
              first={step === steps[0]}
              onChoose={onChoose}
              onLook={setLooked}
            />
          ))}
          {lookedStep !== undefined && lookedRow !== undefined && (
            <Numbers step={lookedStep} row={lookedRow} width={width} up={lookedRow.y > height - 5 * rowHeight} />
          )}
        </div>
        <Totals totals={totals} running={running} />
      </div>
    </Panel>
  )
}

function Legend({ hasReplans, hasEnd }: { hasReplans: boolean; hasEnd: boolean }) {
  return (
    <span className={styles.legend}>
      <svg width="22" height="14" aria-hidden="true" focusable="false">
        <rect className={styles.planned} x="1" y="1" width="20" height="12" rx="2" />
      </svg>
      planned
      <svg width="22" height="14" aria-hidden="true" focusable="false">
        <rect className={styles.actual} x="1" y="4" width="20" height="6" rx="1" />
      </svg>
      actual
      {hasEnd && (
        <>
          <svg width="14" height="14" aria-hidden="true" focusable="false">
            <line className={styles.endLine} x1="7" x2="7" y1="0" y2="14" />
          </svg>
          expected end
        </>
      )}
      {hasReplans && (
        <>
          <svg width="14" height="14" aria-hidden="true" focusable="false">
            <line className={styles.replanLine} x1="7" x2="7" y1="0" y2="14" />
          </svg>
          replanned
        </>
      )}
    </span>
  )
}

function Bars({ row, step }: { row: GanttRow; step: StepView | undefined }) {
  if (step === undefined) return null
  const rect = (bar: GanttBar, inset: number) => ({
    x: bar.x + (inset > 5 ? 0 : 0.5),
    y: row.y + inset,
    width: Math.max(1, bar.width - (inset > 5 ? 0 : 1)),
    height: rowHeight - 2 * inset,
  })
  return (
    <>
      {row.planned !== null && (
        <rect
          className={styles.planned}
          data-critical={step.critical || undefined}
          {...rect(row.planned, 4.5)}
          rx={Math.min(2, row.planned.width / 2)}
        />
      )}
      {row.actual !== null && (
        <rect className={styles.actual} data-state={step.state} {...rect(row.actual, 8)} rx={1} />
      )}
    </>
  )
}

interface RowProps {
  step: StepView
  chosen: boolean
  first: boolean
  onChoose: (id: string) => void
  onLook: (id: string | null) => void
}

function Row({ step, chosen, first, onChoose, onLook }: RowProps) {
  const { id, title, owner, state, critical, planned, actual, attempt, usd } = step
  return (
    <button
      type="button"
      className={styles.row}
      data-chosen={chosen || undefined}
      data-critical={critical || undefined}
      data-row={id}
      aria-label={stepWords(step)}
      aria-pressed={chosen}
      // One stop for Tab: the arrow keys go on from there.
      tabIndex={chosen || first ? 0 : -1}
      onClick={() => onChoose(id)}
      onPointerEnter={() => onLook(id)}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && onLook(id)}
      onBlur={() => onLook(null)}
      onKeyDown={moveFocus}
    >
      <span className={styles.step}>
        <StepIcon state={state} />
        <span className={styles.title}>{title}</span>
        {attempt > 1 && <span className={styles.attempt}>×{attempt}</span>}
        <span className={styles.owner}>
          <AgentName agent={owner} />
        </span>
      </span>
      <span />
      <Figures
        step={planned === null ? unavailable : lengthWords(planned.to - planned.from)}
        actual={actual === null ? unavailable : formatDuration(elapsedMs(step))}
        cost={actual === null ? unavailable : formatUsd(usd)}
      />
    </button>
  )
}

function Figures({ step, actual, cost }: { step: string; actual: string; cost: string }) {
  return (
    <span className={styles.figures}>
      <span>{step}</span>
      <span>{actual}</span>
      <span>{cost}</span>
    </span>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...(event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const at = rows.indexOf(event.currentTarget)
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  rows[to]?.focus()
}

/** The exact numbers of the step that is pointed at or has the focus. */
function Numbers({ step, row, width, up }: { step: StepView; row: GanttRow; width: number; up: boolean }) {
  const right = Math.max(
    row.planned ? row.planned.x + row.planned.width : 0,
    row.actual ? row.actual.x + row.actual.width : 0,
  )
  const comparison = comparisonWords(step)
  return (
    <div
      className={styles.numbers}
      data-up={up || undefined}
      style={{ top: up ? row.y : row.y + rowHeight, marginLeft: Math.max(0, Math.min(right - 60, width - 260)) }}
      aria-hidden="true"
    >
      <strong>{step.title}</strong>
      <span>
        <StepWord state={step.state} />
        {comparison !== null && `, ${comparison}`}
      </span>
      <dl>
        <dt>Planned</dt>
        <dd>{stretchWords(step.planned)}</dd>
        <dt>Actual</dt>
        <dd>{stretchWords(step.actual)}</dd>
        <dt>Cost</dt>
        <dd>
          {formatUsd(step.usd)} of an estimated {formatUsd(step.estimateUsd)}
        </dd>
      </dl>
    </div>
  )
}

function Totals({ totals, running }: { totals: RunTotals; running: boolean }) {
  const { plannedMs, elapsedMs, usd, plannedUsd, plannedSpeedup, actualSpeedup } = totals
  const times = (speedup: number | null) =>
    speedup === null ? unavailable : `${formatNumber(Math.round(speedup * 10) / 10, { places: 1 })}×`
  return (
    <div className={styles.totals}>
      <strong>{running ? 'So far' : 'Total'}</strong>
      <span className={styles.speedup} title="Step time over elapsed time: how much faster than one step after another">
        Speedup: planned {times(plannedSpeedup)}, actual {times(actualSpeedup)}
        <span className={styles.estimate}> Cost estimated {formatUsd(plannedUsd)}</span>
      </span>
      <Figures step={formatDuration(plannedMs)} actual={formatDuration(elapsedMs)} cost={formatUsd(usd)} />
    </div>
  )
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(600)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(80, Math.round(entry?.contentRect.width ?? 0))))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}
