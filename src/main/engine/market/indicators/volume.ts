import type { BarSeries } from '#shared/domain/bar.ts'
import { type BarColumns, type Column, overBars, type Sheet } from './sheet.ts'

export function obvRule(sheet: Sheet, bars: BarColumns): Column {
  const out = sheet.column()
  sheet.rule((from, to) => {
    const close = bars.close.values
    for (let row = from; row < to; row++) {
      if (row === 0) {
        out.values[0] = 0
        continue
      }
      const change = (close[row] as number) - (close[row - 1] as number)
      out.values[row] = (out.values[row - 1] as number) + Math.sign(change) * (bars.volume.values[row] as number)
    }
  })
  return out
}

/** On-balance volume: volume added on a higher close and subtracted on a lower one; starts at 0 (TA-Lib: at the first volume). */
export function obv(series: BarSeries): Float64Array {
  return overBars(series, obvRule)
}
