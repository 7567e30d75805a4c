import type { Bar } from '#shared/domain/bar.ts'
import type { CsvColumns } from './columns.ts'
import { isBlank, type NumberStyles, parseNumber } from './number.ts'
import type { Row } from './table.ts'
import type { VolumeChoice } from './volume.ts'

/** A bar, and what its row said beside it. */
export interface ReadBar {
  readonly bar: Bar
  readonly line: number
  /** Midnight of the date as written: where the bar of a whole day opens. */
  readonly day: number
  /** What the clock showed as it was written, in epoch milliseconds as if in UTC. */
  readonly wall: number
  readonly isUtc: boolean
  /** The close after splits and dividends. */
  readonly adjusted: number | undefined
}

/** The numbers of a row, or why it is no bar, as words that follow the line's number. */
export type ReadPrices =
  | { readonly reason: string }
  | {
      readonly prices: Omit<Bar, 'time'>
      readonly adjusted: number | undefined
      readonly volumeBlank: boolean
      readonly warning: string | undefined
    }

const required = ['open', 'high', 'low', 'close'] as const

/** A range that misses its own open or close by this share at most comes from rounding adjusted prices. */
const roundingShare = 0.01

/** Reads the prices and the volume of a row and checks that they make a bar. */
export function readBarPrices(
  { cells }: Row,
  group: CsvColumns,
  volumeChoice: VolumeChoice | undefined,
  styles: NumberStyles,
): ReadPrices {
  const values: number[] = []
  for (const field of required) {
    const text = cells[group[field]] ?? ''
    if (isBlank(text)) return { reason: `${field} is blank` }
    const value = parseNumber(text, styles.price)
    if (Number.isNaN(value)) return { reason: `${field} "${text}" is not a number` }
    if (!Number.isFinite(value)) return { reason: `${field} ${text} is too large` }
    if (value <= 0) return { reason: `${field} ${text} is not greater than zero` }
    values.push(value)
  }
  const [open = 0, high = 0, low = 0, close = 0] = values
  const volumeText = volumeChoice === undefined ? '' : (cells[volumeChoice.column] ?? '')
  const written = isBlank(volumeText) ? 0 : parseNumber(volumeText, styles.volume)
  if (Number.isNaN(written)) return { reason: `volume "${volumeText}" is not a number` }
  if (!Number.isFinite(written)) return { reason: `volume ${volumeText} is too large` }
  if (written < 0) return { reason: `volume ${volumeText} is negative` }
  if (high < low) return { reason: `the high ${high} is below the low ${low}` }
  const top = Math.max(high, open, close)
  const bottom = Math.min(low, open, close)
  if (top > high * (1 + roundingShare)) return { reason: `the high ${high} is below ${top}` }
  if (bottom < low * (1 - roundingShare)) return { reason: `the low ${low} is above ${bottom}` }
  const widened = top !== high || bottom !== low
  const volume = volumeChoice?.inQuote === true ? written / close : written
  const adjusted = group.adjusted === undefined ? Number.NaN : parseNumber(cells[group.adjusted] ?? '', styles.price)
  return {
    prices: { open, high: top, low: bottom, close, volume },
    adjusted: adjusted > 0 ? adjusted : undefined,
    volumeBlank: volumeChoice !== undefined && isBlank(volumeText),
    warning: widened
      ? `the range ${low} to ${high} misses the open or close: it was widened to ${bottom} to ${top}`
      : undefined,
  }
}
