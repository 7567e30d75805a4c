import { figure, listWords, signedFigure } from '#engine/agents/wording.ts'
import type { SourceData } from '#engine/ports/research-sources.ts'
import {
  coverage,
  deviationOf,
  type Finding,
  inDeviations,
  knownFigures,
  type Nothing,
  type ReadContext,
  signalOf,
  significance,
  type TaskReaders,
} from './reading.ts'

/** Which way a rise of the series usually pushes risky assets. A series that is not here says nothing of direction. */
const effects: Readonly<Record<string, 1 | -1>> = {
  DXY: -1,
  USD_BROAD: -1,
  US10Y: -1,
  SPX: 1,
  VIX: -1,
  CPI_YOY: -1,
  FED_FUNDS: -1,
}

const weekMs = 7 * 86_400_000
const leastSteps = 3

interface Shift {
  readonly series: string
  readonly value: number
  readonly change: number
  readonly deviations: number
}

/** The change within a week, or the last one of a series that is published more rarely, in deviations of its own changes. */
function shiftOf(series: string, rows: SourceData['macro_data'], now: number): Shift | undefined {
  const last = rows.at(-1)
  const steps = rows.slice(1).map(({ value }, index) => value - (rows[index]?.value as number))
  if (last === undefined || steps.length < leastSteps) return undefined
  const recent = steps.slice(-Math.max(1, rows.filter(({ at }) => at > now - weekMs).length))
  const change = recent.reduce((sum, step) => sum + step, 0)
  return {
    series,
    value: last.value,
    change,
    deviations: inDeviations(change, deviationOf(steps) * Math.sqrt(recent.length)),
  }
}

/** The shifts' pushes on risky assets, added up as independent ones are. */
export function signalOfShifts(shifts: readonly Pick<Shift, 'series' | 'deviations'>[]) {
  const pushes = shifts.flatMap(({ series, deviations }) => {
    const effect = effects[series]
    return effect === undefined ? [] : [effect * deviations]
  })
  if (pushes.length === 0) return { signal: 0, strength: 0 }
  const deviations = pushes.reduce((sum, push) => sum + push, 0) / Math.sqrt(pushes.length)
  return { signal: signalOf(deviations), strength: significance(deviations) }
}

function readMacro(data: SourceData['macro_data'], { now }: ReadContext): Finding | Nothing {
  const bySeries = Map.groupBy(
    data.filter(({ at }) => at <= now),
    ({ series }) => series,
  )
  const shifts = Array.from(bySeries, ([series, rows]) => shiftOf(series, rows, now)).filter(
    (shift) => shift !== undefined,
  )
  if (shifts.length === 0) return { nothing: 'No macroeconomic series is long enough to say how it moves.' }
  const loudest = [...shifts].sort((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations)).slice(0, 3)
  const words = loudest.map(
    ({ series, value, change, deviations }) =>
      `${series} ${figure(value)} (${signedFigure(change)}, ${deviations.toFixed(1)} deviations)`,
  )
  const direction = signalOfShifts(shifts)
  const wind = direction.signal > 0 ? 'a tailwind' : direction.signal < 0 ? 'a headwind' : 'neutral'
  const named = shifts.flatMap(({ series, value, deviations }) => [
    [series, value] as const,
    [`${series} deviations`, deviations] as const,
  ])
  return {
    summary: `Macro is ${wind} for risk: the largest moves are ${listWords(words)}.`,
    figures: { ...knownFigures(Object.fromEntries(named)), ...direction },
    quality: coverage(shifts.filter(({ series }) => series in effects).length, 2),
  }
}

/** Here the index is read for where appetite for risk is going: the week's change against its usual changes. */
function readAppetite(data: SourceData['fear_greed'], { now }: ReadContext): Finding | Nothing {
  const values = data.filter(({ at }) => at <= now).map(({ value }) => value)
  const last = values.at(-1)
  const before = values.at(-8)
  if (last === undefined || before === undefined) {
    return { nothing: 'The fear and greed index is too short to show a trend.' }
  }
  const steps = values.slice(1).map((value, index) => value - (values[index] as number))
  const deviations = inDeviations(last - before, deviationOf(steps) * Math.sqrt(7))
  return {
    summary: `Risk appetite ${last > before ? 'rose' : last < before ? 'fell' : 'did not move'}: fear and greed went from ${figure(before)} to ${figure(last)} in a week (${deviations.toFixed(1)} deviations of its usual week).`,
    figures: {
      ...knownFigures({ index: last, weekAgo: before, deviations, days: values.length }),
      signal: signalOf(deviations),
      strength: significance(deviations),
    },
    quality: coverage(values.length, 15),
  }
}

/** The dollar, yields, shares, inflation, rates, and the appetite for risk. */
export const macroFactors: TaskReaders = { readers: { macro_data: readMacro, fear_greed: readAppetite } }
