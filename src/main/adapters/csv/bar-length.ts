import { type Timeframe, timeframeMs, timeframes } from '#shared/domain/bar.ts'

const dayMs = timeframeMs['1d']
const hourMs = timeframeMs['1h']

/** Steps off the grid are few and of an hour where clocks changed, and many where bars without trades are left out. */
const shareOfShifts = 0.02
const shareOfSparse = 0.3
const shareOfStrays = 0.2

/** The length of a file's bars, or the step between them that is no length Parley knows; undefined for one row. */
export type FoundLength = { readonly timeframe: Timeframe } | { readonly stepMs: number | undefined }

/**
 * Finds how long bars are that open at these times (rising): the commonest step, or where bars without trades are left
 * out, the greatest that all steps are multiples of. Dates without clock times are days, however far apart they stand.
 */
export function findBarLength(times: readonly number[], isDateOnly: boolean): FoundLength {
  const steps = stepsOf(times)
  const common = commonest(steps)
  if (common === undefined) return { stepMs: undefined }
  if (isDateOnly && common < 5 * dayMs) return { timeframe: '1d' }
  const own = timeframeOf(common)
  const off = steps.filter((step) => step % common !== 0)
  if (own !== undefined && (off.length === 0 || isClockChange(off, common, steps.length))) return { timeframe: own }
  if (own !== undefined && strays(times, common) <= shareOfStrays * times.length) return { timeframe: own }
  const finest = timeframeOf(steps.reduce(greatestDivisor))
  const isSparse = off.length > shareOfSparse * steps.length && common < 5 * dayMs
  if (finest !== undefined && (isSparse || own !== undefined)) return { timeframe: finest }
  return own === undefined ? { stepMs: common } : { timeframe: own }
}

function stepsOf(times: readonly number[]): readonly number[] {
  const steps: number[] = []
  for (let index = 1; index < times.length; index++) {
    const step = (times[index] as number) - (times[index - 1] as number)
    if (step > 0) steps.push(step)
  }
  return steps
}

function commonest(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0]
}

function timeframeOf(ms: number): Timeframe | undefined {
  return timeframes.find((timeframe) => timeframeMs[timeframe] === ms)
}

function isClockChange(off: readonly number[], length: number, steps: number): boolean {
  if (length < 4 * hourMs || off.length > Math.max(2, shareOfShifts * steps)) return false
  return off.every((step) => [hourMs, length - hourMs].includes(step % length))
}

/** How many times stand off the grid on which most of them stand. */
function strays(times: readonly number[], length: number): number {
  const phases = times.map((time) => ((time % length) + length) % length)
  const most = commonest(phases)
  return phases.filter((phase) => phase !== most).length
}

function greatestDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b]
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

/** The bar length that a file's name or a column says: "daily", "1h", "30min", "1440" (minutes). */
export function namedLength(text: string | undefined): Timeframe | undefined {
  if (text === 'daily' || text === '1440') return '1d'
  if (text === 'hourly') return '1h'
  if (text === '240') return '4h'
  return timeframes.find((timeframe) => timeframe === text?.replace('min', 'm'))
}

/** A span of time in the largest unit that it is a whole number of. */
export function describeSpan(ms: number): string {
  if (ms % dayMs === 0) return `${ms / dayMs} days`
  return ms % 60_000 === 0 ? `${ms / 60_000} minutes` : `${ms / 1_000} seconds`
}
