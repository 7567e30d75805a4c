import { type Bar, barOpenTime, type Timeframe } from '#shared/domain/bar.ts'

/** Sums of float quantities, rid of the last digits that depend on the order of adding: 12 significant digits. */
export function tidyVolume(volume: number): number {
  return Number(volume.toPrecision(12))
}

/**
 * Folds bars into longer ones, oldest first. A bar belongs to the longer bar that holds its opening; spans without bars
 * give no bar. The last one may be incomplete.
 */
export function foldBars(bars: readonly Bar[], timeframe: Timeframe): Bar[] {
  const folded: Bar[] = []
  let current: Bar | undefined
  for (const bar of bars) {
    const time = barOpenTime(bar.time, timeframe)
    if (current !== undefined && current.time === time) {
      current.high = Math.max(current.high, bar.high)
      current.low = Math.min(current.low, bar.low)
      current.close = bar.close
      current.volume += bar.volume
      continue
    }
    current = { ...bar, time }
    folded.push(current)
  }
  for (const bar of folded) bar.volume = tidyVolume(bar.volume)
  return folded
}
