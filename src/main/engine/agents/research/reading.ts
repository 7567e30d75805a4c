import { normalCdf } from '#engine/portfolio/statistics.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { SourceData, SourceName } from '#engine/ports/research-sources.ts'
import type { ChartRead } from '#shared/domain/pattern.ts'

/**
 * What a reader makes of one source's data. Among the figures are always `signal`, from -1 (bearish) to 1 (bullish) and 0
 * where the data says nothing of direction, and `strength`, from 0 to 1: how much the signal should count.
 */
export interface Finding {
  readonly summary: string
  readonly figures: Readonly<Record<string, number>> & { readonly signal: number; readonly strength: number }
  /** From 0 to 1: how much of what the task wants was there. */
  readonly quality: number
  /** The patterns on the chart, where it is about these. */
  readonly chart?: ChartRead
}

/** The source answered, and there is nothing in it to go by; the text says why. */
export interface Nothing {
  readonly nothing: string
}

export interface ReadContext {
  readonly instrument: string
  readonly now: number
  /** What the task's other sources answered with a value. */
  readonly answers: Partial<SourceData>
  readonly compute: Pick<Compute, 'run'>
}

/** How a task reads its sources; those in `also` are asked too, but nobody misses them. */
export interface TaskReaders {
  readonly readers: {
    readonly [Name in SourceName]?: (
      data: SourceData[Name],
      context: ReadContext,
    ) => Finding | Nothing | Promise<Finding | Nothing>
  }
  readonly also?: readonly SourceName[]
}

/** The figures that are there: those that are null or not finite are left out. */
export function knownFigures(figures: Readonly<Record<string, number | null>>): Record<string, number> {
  const known: Record<string, number> = {}
  for (const [name, value] of Object.entries(figures)) {
    if (value !== null && Number.isFinite(value)) known[name] = value
  }
  return known
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}

/** How many deviations a value is; 0 where nothing deviates. */
export function inDeviations(value: number, deviation: number): number {
  return deviation > 0 && Number.isFinite(value) ? value / deviation : 0
}

/** The signal of a reading that stands so many deviations from its usual: about a half at one, 0.96 at four. */
export function signalOf(deviations: number): number {
  return Math.tanh(deviations / 2)
}

/** The probability that a reading so many deviations from its usual is no chance: 0.68 at one, 0.95 at two. */
export function significance(deviations: number): number {
  return clamp(2 * normalCdf(Math.abs(deviations)) - 1, 0, 1)
}

/** Count / (count + half): 0 for none, a half at `half`, towards 1. */
export function coverage(count: number, half: number): number {
  return count / (count + half)
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Sample standard deviation; 0 for fewer than two values. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}
