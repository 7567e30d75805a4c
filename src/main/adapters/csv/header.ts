import { type Columns, findColumns, isTimeName, namesPrices } from './columns.ts'
import { isBlank, parseNumber } from './number.ts'
import type { Row } from './table.ts'
import { parseTime } from './time.ts'

/** The columns of a file, and where its bars begin. */
export interface Header {
  /** How many of the rows stand before the first bar. */
  readonly rows: number
  /** How many cells the header has; a bar may not have more. */
  readonly width: number
  readonly columns: Columns
  readonly notes: readonly string[]
}

/** The first row that is a header of bars, looked for in the first fifty, alone or with the rows of tickers below it. */
export function findHeader(rows: readonly Row[]): Header | undefined {
  for (const [index, { cells }] of rows.slice(0, 50).entries()) {
    const stacked = stackedHeader(rows.slice(index, index + 3))
    if (stacked) return { ...stacked, rows: index + stacked.rows }
    const columns = findColumns(cells, rows[index + 1]?.cells ?? [])
    if (columns !== undefined) return { rows: index + 1, width: cells.length, columns, notes: [] }
  }
  return undefined
}

/**
 * Tables whose columns have two names, a field and a ticker, are written as two rows and a third with the name of the
 * index alone.
 */
function stackedHeader(rows: readonly Row[]): Header | undefined {
  const [first, second, third] = rows.map(({ cells }) => cells)
  if (first === undefined || second === undefined || third === undefined) return undefined
  const indexed = isTimeName(third[0] ?? '') && third.slice(1).every((cell) => cell === '')
  if (!indexed) return undefined
  const [fields, tickers] = namesPrices(first.slice(1)) ? [first, second] : [second, first]
  if (!namesPrices(fields.slice(1))) return undefined
  const joined = fields.map((field, column) => (column === 0 ? (third[0] ?? '') : `${tickers[column] ?? ''}:${field}`))
  const columns = findColumns(joined, [])
  const names = [...new Set(tickers.slice(1))].filter((name) => name !== '')
  if (columns === undefined) return undefined
  return {
    rows: 3,
    width: joined.length,
    columns,
    notes: [`Taken: the header has three rows, of ${names.slice(0, 5).join(', ')}.`],
  }
}

/** A file of a known kind that has no header: what stands in its columns. */
interface Shape {
  readonly name: string
  readonly columns: string
  /** How the first cell looks, and the second where a clock time follows. */
  readonly first: RegExp
  readonly second?: RegExp
}

const dateAlone = /^\d{4}[-./]\d{1,2}[-./]\d{1,2}$|^\d{8}$|^\d{1,2}[-./]\d{1,2}[-./]\d{4}$/
const clockAlone = /^\d{1,2}:\d{2}(?::\d{2})?$|^\d{6}$/
const anyTime = /^-?\d{9,19}$|^\d{4}[-./]?\d{1,2}[-./]?\d{1,2}(?:[T ].*)?$|^\d{1,2}[-./]\d{1,2}[-./]\d{4}(?:[ ,].*)?$/
const epoch = /^\d{9,19}$/
const ticker = /^[A-Z][A-Z0-9.=^-]{0,15}$/i

const shapes: readonly Shape[] = [
  {
    name: 'Binance klines',
    columns: 'time open high low close volume unused turnover unused unused unused unused',
    first: epoch,
  },
  { name: 'MetaTrader', columns: 'date time open high low close volume', first: dateAlone, second: clockAlone },
  { name: 'MetaTrader', columns: 'date time open high low close', first: dateAlone, second: clockAlone },
  {
    name: 'MetaTrader 5',
    columns: 'date time open high low close tickvol vol unused',
    first: dateAlone,
    second: clockAlone,
  },
  { name: 'Kraken', columns: 'time open high low close volume unused', first: epoch },
  { name: 'Kraken', columns: 'time open high low close unused volume unused', first: epoch },
  { name: 'Finam', columns: 'symbol unused date time open high low close volume', first: ticker },
  { name: 'tickers and dates', columns: 'symbol date open high low close volume', first: ticker },
  { name: 'time, open, high, low, close, volume', columns: 'time open high low close volume', first: anyTime },
  { name: 'time, open, high, low, close', columns: 'time open high low close', first: anyTime },
  { name: 'KuCoin klines', columns: 'time open close high low volume turnover', first: epoch },
  { name: 'Bitfinex candles', columns: 'time open close high low volume', first: epoch },
  { name: 'Coinbase candles', columns: 'time low high open close volume', first: epoch },
]

/**
 * The columns of rows that have no header but a known shape: MetaTrader, Binance, Kraken and others, told by what their
 * first cells look like, how many they are, and that no price leaves its bar's range.
 */
export function findShape(rows: readonly Row[]): Header | undefined {
  const sample = rows.slice(0, 200)
  const [first] = sample
  if (first === undefined) return undefined
  for (const { name, columns: words, ...looks } of shapes) {
    const names = words.split(' ')
    const [one = '', two = ''] = first.cells
    const alike = names.length === first.cells.length && looks.first.test(one) && (looks.second?.test(two) ?? true)
    const columns = alike ? findColumns(names, first.cells) : undefined
    if (columns === undefined || !columns.groups.some((group) => holdTogether(sample, group))) continue
    const time = columns.time.map((column) => first.cells[column] ?? '').join(' ')
    if (
      !epoch.test(time) &&
      !/^\d{8}/.test(time) &&
      'reason' in parseTime(time, 'month first') &&
      'reason' in parseTime(time, 'day first')
    )
      continue
    return {
      rows: 0,
      width: names.length,
      columns,
      notes: [`There is no header: taken for ${name} (${names.join(', ')}).`],
    }
  }
  return undefined
}

/** The high is the highest and the low the lowest of all rows but a few, which are named as bad later on. */
function holdTogether(rows: readonly Row[], group: Columns['groups'][number]): boolean {
  let good = 0
  for (const { cells } of rows) {
    const style = cells.some((cell) => /^\d+,\d+$/.test(cell)) ? 'comma' : 'point'
    const at = (column: number) => (isBlank(cells[column] ?? '') ? Number.NaN : parseNumber(cells[column] ?? '', style))
    const [open, high, low, close] = [at(group.open), at(group.high), at(group.low), at(group.close)]
    if (low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close)) good++
  }
  return good > rows.length * 0.9 || (rows.length < 10 && good >= rows.length - 1 && good > 0)
}
