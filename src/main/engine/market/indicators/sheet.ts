import type { Bar, BarSeries } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * One value a row; NaN where there is none yet. The array is replaced when the sheet grows, so read it anew each
 * time.
 */
export interface SheetColumn {
  values: Float64Array
}

/** The columns of a bar. */
export interface BarColumns {
  readonly time: SheetColumn
  readonly open: SheetColumn
  readonly high: SheetColumn
  readonly low: SheetColumn
  readonly close: SheetColumn
  readonly volume: SheetColumn
}

/** Fills rows [from, to) of a rule's columns from the rows before them and its own state. */
export type Rule = (from: number, to: number) => void

const stretch = 4_096

/**
 * A table in which each column is either given or computed by a rule, row by row and never from a later row.
 * A batch runs the rules once over all rows and a stream runs the same rules over one row at a time, so the two agree
 * bit by bit. A rule keeps what it needs beyond the columns in two slots (see `slot`), so that the newest row can
 * be computed again while its bar is still forming.
 */
export class Sheet {
  private readonly columns: SheetColumn[] = []
  private readonly rules: Rule[] = []
  private capacity: number

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** A given column that stands on the caller's array, which is not copied. */
  input(values: Float64Array): SheetColumn {
    const column = { values }
    this.columns.push(column)
    return column
  }

  /** An empty column for a rule to fill; its rows are 0 until the rule has written them. */
  column(): SheetColumn {
    return this.input(new Float64Array(this.capacity))
  }

  rule(rule: Rule): void {
    this.rules.push(rule)
  }

  /** Runs the rules, in the order they were added, over rows [from, to); a stretch at a time, which stays in the cache. */
  compute(from: number, to: number): void {
    for (let start = from; start < to; start += stretch) {
      const end = Math.min(to, start + stretch)
      for (const rule of this.rules) rule(start, end)
    }
  }

  /** Makes room for at least so many rows. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, this.capacity * 2)
    for (const column of this.columns) {
      const grown = new Float64Array(this.capacity)
      grown.set(column.values)
      column.values = grown
    }
  }
}

/**
 * Which of two state slots (0 or 1) belongs to a row: a rule reads the slot of row from - 1 and writes that of to -
 * 1, so computing the newest row again starts from the same state. Row -1 has slot 1.
 */
export function slot(row: number): number {
  return row & 1
}

/** Throws INDICATOR_PERIOD_INVALID unless the period is a whole number of bars, at least `minimum` (default 1). */
export function checkPeriod(period: number, minimum = 1): void {
  if (Number.isInteger(period) && period >= minimum) return
  throw new ParleyError(
    'INDICATOR_PERIOD_INVALID',
    `A period must be a whole number of bars, at least ${minimum}, not ${period}.`,
    { details: { period, minimum }, wayOut: `Give a whole number from ${minimum} up.` },
  )
}

/** Runs a one-column computation over a whole array. */
export function overValues(values: Float64Array, build: (sheet: Sheet, x: SheetColumn) => SheetColumn): Float64Array {
  const sheet = new Sheet(values.length)
  const column = build(sheet, sheet.input(values))
  sheet.compute(0, values.length)
  return column.values
}

/** The arrays behind an object of columns. */
export type Arrays<T> = { readonly [Key in keyof T]: Float64Array }

function arrays<T extends object>(columns: T): Arrays<T> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, (column as SheetColumn).values]),
  ) as Arrays<T>
}

/** Runs a computation of several columns over a whole array. */
export function overValuesMany<T extends object>(
  values: Float64Array,
  build: (sheet: Sheet, x: SheetColumn) => T,
): Arrays<T> {
  const sheet = new Sheet(values.length)
  const columns = build(sheet, sheet.input(values))
  sheet.compute(0, values.length)
  return arrays(columns)
}

function barInputs(sheet: Sheet, series: BarSeries): BarColumns {
  return {
    time: sheet.input(series.time),
    open: sheet.input(series.open),
    high: sheet.input(series.high),
    low: sheet.input(series.low),
    close: sheet.input(series.close),
    volume: sheet.input(series.volume),
  }
}

/** Runs a one-column computation over bars. */
export function overBars(series: BarSeries, build: (sheet: Sheet, bars: BarColumns) => SheetColumn): Float64Array {
  const sheet = new Sheet(series.close.length)
  const column = build(sheet, barInputs(sheet, series))
  sheet.compute(0, series.close.length)
  return column.values
}

/** Runs a computation of several columns over bars. */
export function overBarsMany<T extends object>(
  series: BarSeries,
  build: (sheet: Sheet, bars: BarColumns) => T,
): Arrays<T> {
  const sheet = new Sheet(series.close.length)
  const columns = build(sheet, barInputs(sheet, series))
  sheet.compute(0, series.close.length)
  return arrays(columns)
}

/** An indicator that is fed one bar at a time. */
export interface BarStream<T> {
  /** What the builder returned; row `length() - 1` of each column is the newest. */
  readonly columns: T
  /** How many bars it has seen. */
  length(): number
  /** Takes the next bar. */
  push(bar: Bar): void
  /** Takes a newer state of the last bar, for a bar that is still forming. The first bar must have been pushed. */
  amend(bar: Bar): void
}

/**
 * Feeds bars one by one to the rules that the builder adds to the sheet (the `...Rule` functions of this folder).
 * Value k equals what the batch function gives for the first k + 1 bars.
 */
export function streamBars<T>(build: (sheet: Sheet, bars: BarColumns) => T): BarStream<T> {
  const sheet = new Sheet(256)
  const bars: BarColumns = {
    time: sheet.column(),
    open: sheet.column(),
    high: sheet.column(),
    low: sheet.column(),
    close: sheet.column(),
    volume: sheet.column(),
  }
  const columns = build(sheet, bars)
  let length = 0

  function write(row: number, bar: Bar): void {
    bars.time.values[row] = bar.time
    bars.open.values[row] = bar.open
    bars.high.values[row] = bar.high
    bars.low.values[row] = bar.low
    bars.close.values[row] = bar.close
    bars.volume.values[row] = bar.volume
    sheet.compute(row, row + 1)
  }

  return {
    columns,
    length: () => length,
    push(bar) {
      sheet.reserve(length + 1)
      write(length, bar)
      length++
    },
    amend(bar) {
      if (length === 0) throw new ParleyError('STREAM_EMPTY', 'There is no bar yet that could be amended.')
      write(length - 1, bar)
    },
  }
}
