import type { Bar } from '#shared/domain/bar.ts'

/** Writes bars as CSV: a header, then one line a bar, oldest first, times in ISO 8601 UTC (dates alone for days). */
export function formatBars(bars: readonly Bar[]): string {
  const days = bars.every((bar) => bar.time % 86_400_000 === 0)
  const lines = bars.map((bar) => {
    const time = new Date(bar.time).toISOString()
    return [days ? time.slice(0, 10) : time, bar.open, bar.high, bar.low, bar.close, bar.volume].join(',')
  })
  return `date,open,high,low,close,volume\n${lines.join('\n')}\n`
}
