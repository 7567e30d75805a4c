import { type CsvColumns, isQuoteUnit } from './columns.ts'
import { type NumberStyle, parseNumber } from './number.ts'
import type { Row } from './table.ts'

/** Where the volume is read, and how. */
export interface VolumeChoice {
  readonly column: number
  /** It is counted in the quote currency, and has to be divided by the close. */
  readonly inQuote: boolean
  readonly notes: readonly string[]
}

/** A file's numbers as volumes and prices are weighed against one another. */
interface Numbers {
  readonly rows: readonly Row[]
  readonly price: NumberStyle
  readonly volume: NumberStyle
}

/**
 * The column in base units: the one named for the base, else the plain "volume", else the one with the smallest sum; but
 * where another column times the price comes to the same sums, that other one is in base units. Changes of the price are
 * counted where nothing else was, and money is turned into base units where there is nothing else.
 */
export function chooseVolume(group: CsvColumns, instrument: string, numbers: Numbers): VolumeChoice | undefined {
  const traded = group.volumes.filter(({ ticks }) => !ticks)
  const ticks = group.volumes.find((each) => each.ticks)
  const chosen = chooseTraded(traded, group.close, instrument, numbers)
  if (chosen === undefined) {
    return ticks && { column: ticks.column, inQuote: false, notes: ['Tick volume used: there is no other volume.'] }
  }
  if (ticks !== undefined && total(numbers, chosen.column) === 0 && total(numbers, ticks.column) > 0) {
    return { column: ticks.column, inQuote: false, notes: ['Tick volume used: the volume column is all zeros.'] }
  }
  const inQuote = chosen.unit !== '' && isQuoteUnit(chosen.unit, instrument)
  const money = /^(?:quote|quoteasset)$/.test(chosen.unit) ? 'the quote currency' : chosen.unit.toUpperCase()
  const notes = inQuote ? [`The only volume is in ${money}: it is turned into base units by the close.`] : []
  return { column: chosen.column, inQuote, notes }
}

function chooseTraded(
  volumes: CsvColumns['volumes'],
  close: number,
  instrument: string,
  numbers: Numbers,
): CsvColumns['volumes'][number] | undefined {
  if (volumes.length < 2) return volumes[0]
  const [base = ''] = instrument.toLowerCase().split('/')
  const named = volumes.find(({ unit }) => unit === base || unit === 'base')
  if (named) return named
  const others = volumes.filter(({ unit }) => unit === '' || !isQuoteUnit(unit, instrument))
  const candidates = others.length > 0 ? others : volumes
  const least = candidates.reduce((best, next) =>
    total(numbers, next.column) < total(numbers, best.column) ? next : best,
  )
  const first = candidates.find(({ unit }) => unit === '') ?? least
  const sum = total(numbers, first.column)
  const valued = candidates.find(({ column }) => {
    const share = total(numbers, column, close) / sum
    return column !== first.column && share > 0.8 && share < 1.25
  })
  return valued ?? first
}

function total({ rows, price, volume }: Numbers, column: number, priceColumn?: number): number {
  let sum = 0
  for (const { cells } of rows) {
    const size = parseNumber(cells[column] ?? '', volume) || 0
    sum += size * (priceColumn === undefined ? 1 : parseNumber(cells[priceColumn] ?? '', price) || 0)
  }
  return sum
}
