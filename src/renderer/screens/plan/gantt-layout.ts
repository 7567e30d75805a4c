import type { StepView, Stretch } from './step-view.ts'

/** Height of a row, in pixels. */
export const rowHeight = 26

/** A bar in pixels from the left of the chart. */
export interface GanttBar {
  readonly x: number
  readonly width: number
}

export interface GanttRow {
  readonly id: string
  /** Top of the row, in pixels. */
  readonly y: number
  readonly planned: GanttBar | null
  readonly actual: GanttBar | null
}

export interface GanttLayout {
  readonly rows: readonly GanttRow[]
  readonly ticks: readonly { readonly x: number; readonly seconds: number }[]
  /** Where now is; null when the run is over. */
  readonly nowX: number | null
  /** Where the run is foreseen to end; null when nobody can say. */
  readonly endX: number | null
  readonly height: number
  /** Where a second from the start of the run is. */
  readonly xOf: (seconds: number) => number
}

const roundSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400]
const leastTickWidth = 56
const leastBarWidth = 3
/** The scale ends a little after the last bar. */
const headroom = 1.03

/**
 * Where everything of the bar chart stands, one row a step in the order given. `width` is the chart's in pixels, `now`
 * the seconds since the run started or null when it is over, `end` the second at which it is foreseen to end. A step that takes no time is still to be seen.
 */
export function ganttLayout(
  steps: readonly Pick<StepView, 'id' | 'planned' | 'actual'>[],
  { width, now, planned, end = null }: { width: number; now: number | null; planned: number; end?: number | null },
): GanttLayout {
  const ends = steps.flatMap((step) => [step.planned?.to ?? 0, step.actual?.to ?? 0])
  const span = Math.max(planned, now ?? 0, end ?? 0, ...ends, 1) * headroom
  const scale = width / span
  const bar = (stretch: Stretch | null): GanttBar | null => {
    if (stretch === null) return null
    const from = Math.max(0, stretch.from) * scale
    const wide = Math.max(leastBarWidth, Math.max(0, stretch.to) * scale - from)
    return { x: Math.min(from, Math.max(0, width - wide)), width: wide }
  }
  const step = roundSteps.find((each) => each * scale >= leastTickWidth) ?? span
  return {
    rows: steps.map(({ id, planned, actual }, index) => ({
      id,
      y: index * rowHeight,
      planned: bar(planned),
      actual: bar(actual),
    })),
    ticks: Array.from({ length: Math.floor(span / step + 1e-9) + 1 }, (_, index) => {
      const seconds = Number((index * step).toFixed(1))
      return { x: seconds * scale, seconds }
    }),
    nowX: now === null ? null : now * scale,
    endX: end === null ? null : end * scale,
    xOf: (seconds) => Math.max(0, seconds) * scale,
    height: steps.length * rowHeight,
  }
}
