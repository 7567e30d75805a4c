import { formatDuration } from '#renderer/ui/format.ts'
import type { PortfolioPoint } from '#shared/domain/portfolio-report.ts'

const dayMs = 86_400_000

/** How far ahead a suggestion looks: whole days from two on. */
export function horizonWords(ms: number): string {
  return ms >= 2 * dayMs ? `${Math.round(ms / dayMs)} days` : formatDuration(ms)
}

/** A picture's inside, in pixels, and where a point of the frontier stands in it. */
export interface FrontierScale {
  readonly x: (risk: number) => number
  readonly y: (expected: number) => number
  /** Values at which lines and numbers are drawn. */
  readonly risks: readonly number[]
  readonly returns: readonly number[]
}

export interface PlotFrame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Four to eight round values over a range: steps of 1, 2 or 5 times a power of ten. */
export function roundValues(low: number, high: number): number[] {
  const span = Math.max(high - low, 1e-9)
  const rough = span / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => span / each <= 7) ?? 10 * power
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(12)))
}

/** Scales a picture so that all points stand in it with a little room, and neither axis is empty. */
export function frontierScale(points: readonly PortfolioPoint[], frame: PlotFrame): FrontierScale {
  const range = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const room = Math.max(0.08 * (high - low), 0.01)
    return [low - room, high + room] as const
  }
  const [leastRisk, mostRisk] = range(points.map(({ risk }) => risk))
  const [leastReturn, mostReturn] = range(points.map(({ expected }) => expected))
  const inside = { width: frame.width - frame.left - frame.right, height: frame.height - frame.top - frame.bottom }
  const from = Math.max(0, leastRisk)
  return {
    x: (risk) => frame.left + (inside.width * (risk - from)) / (mostRisk - from),
    y: (expected) => frame.top + (inside.height * (mostReturn - expected)) / (mostReturn - leastReturn),
    risks: roundValues(from, mostRisk),
    returns: roundValues(leastReturn, mostReturn),
  }
}
