import type { Row } from './table.ts'

const fields = ['open', 'high', 'low', 'close', 'volume'] as const
type Field = (typeof fields)[number]

/** Where each number of a bar stands in a row; `symbol` is the instrument that the columns name, if they do. */
export interface CsvColumns {
  readonly symbol: string | undefined
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Every column that may be the volume, with what its name adds to the word. */
  readonly volumes: readonly { readonly column: number; readonly unit: string }[]
}

/** The columns of a file with bars in it. */
export interface Columns {
  /** One column, or a date column and a clock column to be joined. */
  readonly time: readonly number[]
  readonly symbol: number | undefined
  /** One a symbol; at least one. */
  readonly groups: readonly CsvColumns[]
}

const names: Readonly<Record<Field | 'time' | 'clock' | 'symbol', readonly string[]>> = {
  time: (
    'unix timestamp unixtimestamp epoch opentime datetime dateutc timeutc date time gmttime localtime day ' +
    'datetimeutc timestamputc unixtime startdate start timestart'
  ).split(' '),
  clock: ['time', 'timeutc', 'gmttime', 'localtime'],
  symbol: ['symbol', 'ticker', 'tic', 'pair', 'instrument', 'market', 'asset', 'product'],
  open: ['open', 'o', 'openprice', 'priceopen', 'opening', 'openingprice', 'first'],
  high: ['high', 'h', 'highprice', 'pricehigh', 'max', 'highest'],
  low: ['low', 'l', 'lowprice', 'pricelow', 'min', 'lowest'],
  close: ['close', 'c', 'closeprice', 'priceclose', 'closing', 'closingprice', 'closelast', 'last', 'price'],
  volume: ['volume', 'vol', 'v', 'qty', 'quantity', 'volumetraded', 'tradevolume', 'tickvol'],
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** Finds the columns by their names, or undefined when the row is no header of bars. */
function findColumns(header: readonly string[]): Columns | undefined {
  const plainNames = header.map(plain)
  const time = findTime(plainNames)
  if (time === undefined) return undefined
  const symbol = plainNames.findIndex((name) => names.symbol.includes(name))
  const alone = findGroup(header, undefined)
  const groups = alone ? [alone] : findSymbols(header).flatMap((name) => findGroup(header, name) ?? [])
  if (groups.length === 0) return undefined
  return { time, symbol: symbol < 0 ? undefined : symbol, groups }
}

/** The first row that is a header of bars, looked for in the first fifty, with its columns. */
export function findHeader(rows: readonly Row[]): { readonly index: number; readonly columns: Columns } | undefined {
  for (const [index, row] of rows.slice(0, 50).entries()) {
    const columns = findColumns(row.cells)
    if (columns !== undefined) return { index, columns }
  }
  return undefined
}

/** Which kinds of column a row lacks to be a header of bars, in words. */
export function missingColumns(header: readonly string[]): readonly string[] {
  const found = header.map(plain)
  const required = ['open', 'high', 'low', 'close'] as const
  const missing: string[] = required.filter((field) => !found.some((name) => names[field].includes(name)))
  return findTime(found) === undefined ? ['time', ...missing] : missing
}

function findTime(plainNames: readonly string[]): readonly number[] | undefined {
  const date = plainNames.indexOf('date')
  const clock = plainNames.findIndex((name) => names.clock.includes(name))
  const epoch = plainNames.findIndex((name) => names.time.slice(0, 4).includes(name))
  if (epoch < 0 && date >= 0 && clock >= 0) return [date, clock]
  for (const name of names.time) {
    const column = plainNames.indexOf(name)
    if (column >= 0) return [column]
  }
  // A table written with its index has no name over the first column.
  return plainNames[0] === '' ? [0] : undefined
}

function fieldOf(name: string): Field | undefined {
  return fields.find((field) => names[field].includes(plain(name)))
}

/** "BTC:close" and "close_BTC" both name BTC's close. */
function splitName(name: string): { readonly symbol: string; readonly field: Field } | undefined {
  const match = /^(.+?)[:_. -]+([a-z]+)$/i.exec(name)
  if (match) {
    const field = fieldOf(match[2] as string)
    if (field) return { symbol: match[1] as string, field }
  }
  const reverse = /^([a-z]+)[:_. -]+(.+)$/i.exec(name)
  const field = reverse ? fieldOf(reverse[1] as string) : undefined
  return reverse && field ? { symbol: reverse[2] as string, field } : undefined
}

function findSymbols(header: readonly string[]): readonly string[] {
  return [...new Set(header.flatMap((name) => splitName(name)?.symbol ?? []))]
}

function findGroup(header: readonly string[], symbol: string | undefined): CsvColumns | undefined {
  const find = (field: Field) => {
    if (symbol !== undefined) {
      return header.findIndex((name) => {
        const split = splitName(name)
        return split?.symbol === symbol && split.field === field
      })
    }
    for (const name of names[field]) {
      const column = header.findIndex((cell) => plain(cell) === name)
      if (column >= 0) return column
    }
    return -1
  }
  const [open, high, low, close] = [find('open'), find('high'), find('low'), find('close')]
  if (Math.min(open, high, low, close) < 0) return undefined
  return { symbol, open, high, low, close, volumes: findVolumes(header, symbol, find('volume')) }
}

function findVolumes(header: readonly string[], symbol: string | undefined, own: number): CsvColumns['volumes'] {
  if (symbol !== undefined) return own < 0 ? [] : [{ column: own, unit: '' }]
  return header.flatMap((name, column) => {
    const text = plain(name)
    if (column === own) return [{ column, unit: '' }]
    if (/trade|tick|taker|count/.test(text)) return []
    if (text === 'turnover') return [{ column, unit: 'quote' }]
    const unit = /^(?:volume|vol)(.+)$/.exec(text)?.[1] ?? /^(.+?)(?:asset)?volume$/.exec(text)?.[1]
    return unit === undefined ? [] : [{ column, unit }]
  })
}
