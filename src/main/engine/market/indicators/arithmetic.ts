import { type BarColumns, checkPeriod, type Sheet, type SheetColumn, slot } from './sheet.ts'

/** Adds a column computed from one other, row by row. */
export function mapRule(sheet: Sheet, x: SheetColumn, f: (x: number) => number): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) out.values[row] = f(x.values[row] as number)
  })
  return out
}

/** Adds a column computed from two others, row by row. */
export function combineRule(
  sheet: Sheet,
  a: SheetColumn,
  b: SheetColumn,
  f: (a: number, b: number) => number,
): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    const left = a.values
    const right = b.values
    const result = out.values
    for (let row = from; row < to; row++) result[row] = f(left[row] as number, right[row] as number)
  })
  return out
}

/** Adds a - b. */
export function differenceRule(sheet: Sheet, a: SheetColumn, b: SheetColumn): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    const left = a.values
    const right = b.values
    const result = out.values
    for (let row = from; row < to; row++) result[row] = (left[row] as number) - (right[row] as number)
  })
  return out
}

/** Adds (high + low) / 2. */
export function medianPriceRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  return combineRule(sheet, bars.high, bars.low, (high, low) => (high + low) / 2)
}

/** Adds (high + low + close) / 3. */
export function typicalPriceRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    const high = bars.high.values
    const low = bars.low.values
    const close = bars.close.values
    const result = out.values
    for (let row = from; row < to; row++) {
      result[row] = ((high[row] as number) + (low[row] as number) + (close[row] as number)) / 3
    }
  })
  return out
}

/** Adds x - x `period` rows before. */
export function changeRule(sheet: Sheet, x: SheetColumn, period = 1): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      out.values[row] = row < period ? Number.NaN : (x.values[row] as number) - (x.values[row - period] as number)
    }
  })
  return out
}

/** True when the value is at least the best so far; anything beats a hole. */
function beats(value: number, best: number): boolean {
  return value >= best || Number.isNaN(best)
}

function extremeRule(sheet: Sheet, x: SheetColumn, period: number, sign: 1 | -1): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  // The row of the window's extreme, kept until it leaves the window: then the window is searched again.
  const at = new Float64Array(2).fill(-1)
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    let best = at[slot(from - 1)] as number
    for (let row = from; row < to; row++) {
      const start = row - period + 1
      const value = sign * (values[row] as number)
      if (best < start || best < 0) {
        best = Math.max(0, start)
        for (let k = best + 1; k <= row; k++) {
          if (beats(sign * (values[k] as number), sign * (values[best] as number))) best = k
        }
      } else if (beats(value, sign * (values[best] as number))) best = row
      result[row] = start < 0 || Number.isNaN(values[start]) ? Number.NaN : (values[best] as number)
    }
    at[slot(to - 1)] = best
  })
  return out
}

/** Adds the highest of the last `period` values. */
export function highestRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  return extremeRule(sheet, x, period, 1)
}

/** Adds the lowest of the last `period` values. */
export function lowestRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  return extremeRule(sheet, x, period, -1)
}

/** Sum of values [start, end), in four sums side by side: additions that wait for each other cost the most. */
export function windowSum(values: Float64Array, start: number, end: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let k = start
  for (; k + 4 <= end; k += 4) {
    a += values[k] as number
    b += values[k + 1] as number
    c += values[k + 2] as number
    d += values[k + 3] as number
  }
  for (; k < end; k++) a += values[k] as number
  return a + b + (c + d)
}

/** Rows after which a running deviation is taken anew from its window. */
const deviationRefresh = 64
/** A running sum of squares that has shrunk below this part of its largest since it was taken anew has lost digits. */
const leastKept = 1e-4

/**
 * Adds the population standard deviation of the last `period` values: mean and squares run along (Welford 1962, one value
 * in and one out), counted from a value nearby so that no digits cancel, and are taken anew from the window in two passes
 * every 64 rows and whenever the squares have shrunk so far that what an outlier has left behind could tell.
 */
export function deviationRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  // What values are counted from, the mean and the sum of squares from there, and the largest such sum.
  const states = new Float64Array(8)
  const share = 1 / period
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    const at = 4 * slot(from - 1)
    let anchor = states[at] as number
    let mean = states[at + 1] as number
    let squares = states[at + 2] as number
    let most = states[at + 3] as number
    for (let row = from; row < to; row++) {
      const start = row - period + 1
      if (start < 0) {
        result[row] = Number.NaN
        continue
      }
      let isKept = start > 0 && row % deviationRefresh !== 0
      if (isKept) {
        const value = (values[row] as number) - anchor
        const old = (values[row - period] as number) - anchor
        const change = value - old
        const before = mean
        mean += change * share
        squares += change * (value - mean + (old - before))
        most = squares > most ? squares : most
        isKept = squares >= leastKept * most
      }
      if (!isKept) {
        anchor = values[row] as number
        mean = (windowSum(values, start, row + 1) - period * anchor) * share
        squares = 0
        for (let k = start; k <= row; k++) {
          const gap = (values[k] as number) - anchor - mean
          squares += gap * gap
        }
        most = squares
      }
      result[row] = Math.sqrt(squares * share)
    }
    const next = 4 * slot(to - 1)
    states[next] = anchor
    states[next + 1] = mean
    states[next + 2] = squares
    states[next + 3] = most
  })
  return out
}

/** Adds f of the last `period` rows, called with the window's first and last row; NaN while the window is not full. */
export function windowRule(sheet: Sheet, period: number, f: (start: number, end: number) => number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      out.values[row] = row < period - 1 ? Number.NaN : f(row - period + 1, row)
    }
  })
  return out
}

/** Adds f of each row's number. */
export function rowRule(sheet: Sheet, f: (row: number) => number): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) out.values[row] = f(row)
  })
  return out
}

/** Adds x as it was `period` rows before. */
export function lagRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  return rowRule(sheet, (row) => (row < period ? Number.NaN : (x.values[row - period] as number)))
}

/** Adds a running total. */
export function totalRule(sheet: Sheet, x: SheetColumn): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      out.values[row] = (row === 0 ? 0 : (out.values[row - 1] as number)) + (x.values[row] as number)
    }
  })
  return out
}
