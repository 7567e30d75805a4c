import type { Bar } from '#shared/domain/bar.ts'

/** How a price file is written. */
export interface PriceDialect {
  readonly separator: ',' | ';' | '\t' | '|'
  readonly isQuoted: boolean
  readonly decimalMark: '.' | ','
  readonly grouping: 'none' | 'threes' | 'apostrophes' | 'narrow spaces' | 'Indian'
  readonly time: keyof typeof timeForms
  readonly names: keyof typeof nameSets
  /** Sorts the columns: each has a rank of its own. */
  readonly columnRanks: readonly number[]
  readonly extraColumns: number
  readonly rowOrder: 'rising' | 'falling' | 'mixed'
  readonly encoding: 'utf-8' | 'utf-8 with a mark' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  readonly lineBreak: '\n' | '\r\n'
  readonly hasTitle: boolean
}

const two = (value: number) => String(value).padStart(2, '0')
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function parts(ms: number) {
  const date = new Date(ms)
  const [hour, minute] = [date.getUTCHours(), two(date.getUTCMinutes())]
  return {
    year: date.getUTCFullYear(),
    month: two(date.getUTCMonth() + 1),
    name: months[date.getUTCMonth()] ?? '',
    day: two(date.getUTCDate()),
    clock: `${two(hour)}:${minute}`,
    half: `${((hour + 11) % 12) + 1}:${minute} ${hour < 12 ? 'AM' : 'PM'}`,
    compact: `${two(hour)}${minute}00`,
  }
}

const hourMs = 3_600_000

/** Ways to write a time: one cell, or a date and a clock in cells of their own. */
export const timeForms = {
  iso: (ms) => [new Date(ms).toISOString()],
  'without a zone': (ms) => [new Date(ms).toISOString().slice(0, 19).replace('T', ' ')],
  'with an offset': (ms) => [`${new Date(ms + 2 * hourMs).toISOString().slice(0, 19)}+02:00`],
  'GMT+0100': (ms) => {
    const { day, month, year, clock } = parts(ms + hourMs)
    return [`${day}.${month}.${year} ${clock}:00.000 GMT+0100`]
  },
  EST: (ms) => [`${new Date(ms - 5 * hourMs).toISOString().slice(0, 19).replace('T', ' ')} EST`],
  'epoch seconds': (ms) => [String(ms / 1_000)],
  'epoch milliseconds': (ms) => [String(ms)],
  'epoch microseconds': (ms) => [`${ms}000`],
  'epoch nanoseconds': (ms) => [`${ms}000000`],
  compact: (ms) => [`${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')} ${parts(ms).compact}`],
  'compact in two columns': (ms) => [new Date(ms).toISOString().slice(0, 10).replaceAll('-', ''), parts(ms).compact],
  'date and clock in two columns': (ms) => [
    new Date(ms).toISOString().slice(0, 10).replaceAll('-', '.'),
    parts(ms).clock,
  ],
  'month first': (ms) => [`${Number(parts(ms).month)}/${Number(parts(ms).day)}/${parts(ms).year} ${parts(ms).clock}`],
  'month first, twelve hours': (ms) => [`${parts(ms).month}/${parts(ms).day}/${parts(ms).year}, ${parts(ms).half}`],
  'day first': (ms) => [`${parts(ms).day}/${parts(ms).month}/${parts(ms).year} ${parts(ms).clock}`],
  'day first with dots': (ms) => [`${parts(ms).day}.${parts(ms).month}.${parts(ms).year} ${parts(ms).clock}`],
  'month named': (ms) => [`${parts(ms).name} ${parts(ms).day}, ${parts(ms).year} ${parts(ms).clock}`],
  'two-digit year': (ms) => [
    `${parts(ms).day}-${parts(ms).name}-${String(parts(ms).year).slice(2)} ${parts(ms).clock}`,
  ],
} satisfies Readonly<Record<string, (ms: number) => readonly string[]>>

/** Names of the columns time (or date), clock, open, high, low, close, volume. */
export const nameSets = {
  plain: ['Date', 'Time', 'Open', 'High', 'Low', 'Close', 'Volume'],
  MetaTrader: ['<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>'],
  short: ['t', 'clock', 'o', 'h', 'l', 'c', 'v'],
  prices: ['startTime', 'clock', 'openPrice', 'highPrice', 'lowPrice', 'closePrice', 'volume'],
  German: ['Datum', 'Zeit', 'Eröffnung', 'Hoch', 'Tief', 'Schluss', 'Volumen'],
  padded: ['Date ', 'Time ', 'OPEN ', 'HIGH ', 'LOW ', 'close ', 'No.of Shares'],
} satisfies Readonly<Record<string, readonly string[]>>

function writeNumber(value: number, { decimalMark, grouping }: PriceDialect): string {
  const [whole = '', fraction] = String(value).split('.')
  const marks = { none: '', threes: decimalMark === '.' ? ',' : '.', apostrophes: "'", 'narrow spaces': '\u00a0' }
  const grouped =
    grouping === 'Indian'
      ? whole.replace(/(\d)(?=(\d{2})+\d{3}$)/g, '$1,').replace(/(\d)(?=\d{3}$)/, '$1,')
      : whole.replace(/\B(?=(\d{3})+$)/g, marks[grouping])
  return fraction === undefined ? grouped : `${grouped}${decimalMark}${fraction}`
}

/** Writes bars as a price file in a dialect. Indian groups go with a decimal point. */
export function writePriceFile(bars: readonly Bar[], dialect: PriceDialect): Uint8Array {
  const { separator, isQuoted, lineBreak } = dialect
  const write: (ms: number) => readonly string[] = timeForms[dialect.time]
  const [date = '', clock = '', ...numbers] = nameSets[dialect.names]
  const timeNames = write(0).length === 2 ? [date, clock] : [date]
  const extra = (text: string) => Array.from({ length: dialect.extraColumns }, (_, index) => `${text} ${index + 1}`)
  const cell = (text: string) => (isQuoted || text.includes(separator) ? `"${text}"` : text)
  const line = (cells: readonly string[]) => {
    const ranked = cells.map((text, index) => ({ text, rank: dialect.columnRanks[index] ?? 0 }))
    return ranked
      .sort((a, b) => a.rank - b.rank)
      .map(({ text }) => cell(text))
      .join(separator)
  }
  const rows = bars.map(({ time, open, high, low, close, volume }) =>
    line([
      ...write(time),
      ...[open, high, low, close, volume].map((value) => writeNumber(value, dialect)),
      ...extra('x'),
    ]),
  )
  if (dialect.rowOrder === 'falling') rows.reverse()
  if (dialect.rowOrder === 'mixed') rows.sort((a, b) => (a.at(-1) ?? '').localeCompare(b.at(-1) ?? ''))
  const title = dialect.hasTitle ? [`Prices of Zürich${separator}£`] : []
  const text = [...title, line([...timeNames, ...numbers, ...extra('Nº')]), ...rows, ''].join(lineBreak)
  return encode(text, dialect.encoding)
}

function encode(text: string, encoding: PriceDialect['encoding']): Uint8Array {
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1')
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-8 with a mark') return Buffer.from(`\uFEFF${text}`)
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
  return encoding === 'utf-16le' ? bytes : bytes.swap16()
}
