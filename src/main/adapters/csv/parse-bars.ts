import { type Bar, type Timeframe, timeframeMs, timeframes } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type Columns, type CsvColumns, findHeader, missingColumns } from './columns.ts'
import { findNumberStyle, isBlank, type NumberStyle, parseNumber } from './number.ts'
import { parseSymbol, readFileName } from './symbol.ts'
import { type Row, separatorsByFrequency, splitRows } from './table.ts'
import { findDayOrder, parseTime } from './time.ts'

/** What the caller knows of a file. */
export interface ParseOptions {
  /** The file's name, with or without folders: it often says the instrument. */
  readonly file?: string
  /** Which of the file's instruments is meant, or what to call the only one: "BTC", "btcusd" and "BTC/USD" all do. */
  readonly instrument?: string
  /** The bars' length, where the spacing of the rows cannot tell it. */
  readonly timeframe?: Timeframe
  /** Told the share of the text that has been read, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** What is worth saying of one line; lines count from 1. */
interface LineNote {
  readonly line: number
  readonly reason: string
}

/** All bars of a file, and what was noticed on the way. */
export interface ParsedBars {
  /** BASE/QUOTE. */
  readonly instrument: string
  /** What the file's own cells call it, as written there; null where they name nothing. */
  readonly symbol: string | null
  readonly timeframe: Timeframe
  /** Oldest first, times strictly increasing. */
  readonly bars: readonly Bar[]
  /** Rows without prices: known to be empty, such as the days before an asset was listed. */
  readonly blankRows: number
  /** Places where one bar or more is missing between two rows. */
  readonly gaps: number
  /** The first twenty lines with something odd that does not make them wrong. */
  readonly warnings: readonly LineNote[]
  /** What was assumed, as sentences for people. */
  readonly notes: readonly string[]
}

const listed = 20
/** Splitting a text into rows takes about this share of the time that reading it takes. */
const splitShare = 0.4
const rowsBetweenReports = 5_000

/**
 * Reads bars from delimited text, finding separator, header, columns, time format, order and bar length by itself. All
 * or nothing: throws CSV_EMPTY, CSV_NO_TEXT, CSV_NO_COLUMNS, CSV_WHICH_INSTRUMENT, CSV_TIMEFRAME_UNKNOWN, or CSV_BAD_ROWS with
 * `details.rows` (the first twenty {line, reason}) and `details.count`.
 */
export function parseBars(text: string, options: ParseOptions = {}): ParsedBars {
  const { rows, columns } = readTable(text, options)
  const named = readFileName(options.file ?? '')
  const choice = chooseInstrument(rows, columns, options, named)
  const mine = choice.symbol === undefined ? rows : rows.filter((row) => cell(row, columns.symbol) === choice.symbol)
  const held = mine.filter((row) => !isBlankRow(row, choice.group))
  if (held.length === 0) throw empty(`${fileName(options)} has a header and no prices below it.`)

  const notes = [...choice.notes]
  const reading = readRows(held, columns, choice.group, choice.instrument, notes, (share) =>
    options.onProgress?.(splitShare + (1 - splitShare) * share),
  )
  if (reading.bad.length > 0) throw badRows(reading.bad, options)
  const { timeframe, dateOnlyDays } = findTimeframe(reading.bars, reading.dateOnly, options, named.length)
  const bars = timeframe === '1d' ? reading.bars.map(onItsDay) : reading.bars
  const { bad, warnings, gaps } = checkSpacing(bars, timeframe, dateOnlyDays)
  if (bad.length > 0) throw badRows(bad, options)
  const blankRows = mine.length - held.length
  if (blankRows > 0) notes.push(`${blankRows} rows without prices were skipped.`)
  return {
    instrument: choice.instrument,
    symbol: choice.written,
    timeframe,
    bars: bars.map(({ bar }) => bar),
    blankRows,
    gaps,
    warnings: [...reading.warnings, ...warnings].sort((a, b) => a.line - b.line).slice(0, listed),
    notes,
  }
}

function fileName(options: ParseOptions): string {
  return options.file ?? 'The file'
}

function cell(row: Row, column: number | undefined): string {
  return column === undefined ? '' : (row.cells[column] ?? '')
}

function readTable(text: string, options: ParseOptions): { rows: readonly Row[]; columns: Columns } {
  if (text.replace('\uFEFF', '').trim() === '') throw empty(`${fileName(options)} is empty.`)
  if (text.slice(0, 4_096).includes('\0')) {
    throw new ParleyError('CSV_NO_TEXT', `${fileName(options)} is no text file.`, {
      wayOut: 'Unpack it, or export it as CSV from the program that made it.',
    })
  }
  for (const separator of separatorsByFrequency(text)) {
    const rows = splitRows(text, separator, (share) => options.onProgress?.(splitShare * share))
    const header = findHeader(rows)
    if (header) return { rows: rows.slice(header.index + 1), columns: header.columns }
  }
  const [separator = ','] = separatorsByFrequency(text)
  const widest = splitRows(text, separator)
    .slice(0, 50)
    .reduce((best: readonly string[], row) => (row.cells.length > best.length ? row.cells : best), [])
  const found = widest.map((name) => name || '(no name)').slice(0, 30)
  throw new ParleyError(
    'CSV_NO_COLUMNS',
    `${fileName(options)} has no columns named ${missingColumns(widest).join(', ')}; found ${found.join(', ')}.`,
    { details: { found }, wayOut: 'Give the file a header line with date, open, high, low, close and volume.' },
  )
}

interface Choice {
  readonly instrument: string
  readonly group: CsvColumns
  /** The value of the symbol column whose rows are meant, where there is one. */
  readonly symbol: string | undefined
  /** What the chosen rows or columns are called in the file. */
  readonly written: string | null
  readonly notes: readonly string[]
}

function chooseInstrument(
  rows: readonly Row[],
  columns: Columns,
  options: ParseOptions,
  named: ReturnType<typeof readFileName>,
): Choice {
  const symbols = columns.symbol === undefined ? [] : [...new Set(rows.map((row) => cell(row, columns.symbol)))]
  const written = symbols.filter((symbol) => symbol !== '')
  const several = columns.groups.length > 1 ? columns.groups.map((group) => group.symbol ?? '') : written
  const called = (symbol: string) =>
    parseSymbol(symbol) ?? (named.quote ? `${symbol.toUpperCase()}/${named.quote}` : undefined)
  if (several.length > 1) {
    const wanted = options.instrument
    const chosen = wanted === undefined ? undefined : findSymbol(several, wanted, called)
    if (chosen === undefined)
      throw whichInstrument(
        several.map((symbol) => called(symbol) ?? symbol),
        options,
      )
    const group = columns.groups.find((candidate) => candidate.symbol === chosen) ?? columns.groups[0]
    if (group === undefined) throw whichInstrument(several, options)
    const column = columns.groups.length > 1 ? undefined : chosen
    return {
      group,
      symbol: column,
      written: chosen,
      ...nameInstrument(called(chosen) ?? parseSymbol(wanted ?? '') ?? chosen),
    }
  }
  const group = columns.groups[0] as CsvColumns
  const inFile = group.symbol ?? written[0]
  const guess =
    options.instrument !== undefined
      ? (parseSymbol(options.instrument) ?? options.instrument.trim().toUpperCase())
      : inFile !== undefined
        ? (called(inFile) ?? inFile.toUpperCase())
        : (named.instrument ?? (named.assets.length === 1 ? named.assets[0] : undefined))
  if (guess === undefined || guess === '') {
    throw new ParleyError('CSV_WHICH_INSTRUMENT', `${fileName(options)} does not say which instrument it holds.`, {
      details: { instruments: [] },
      wayOut: 'Name the instrument, for instance BTC/USD.',
    })
  }
  const told = inFile === undefined ? named.instrument : (called(inFile) ?? inFile.toUpperCase())
  const { instrument, notes } = nameInstrument(guess)
  const other = told !== undefined && told.split('/')[0] !== instrument.split('/')[0]
  const said = other ? [`The file speaks of ${told}; it was imported as ${instrument}, as asked.`] : []
  return { group, symbol: undefined, written: inFile ?? null, instrument, notes: [...notes, ...said] }
}

function nameInstrument(guess: string): { readonly instrument: string; readonly notes: readonly string[] } {
  if (guess.includes('/')) return { instrument: guess, notes: [] }
  return { instrument: `${guess}/USD`, notes: [`No quote currency is named: ${guess} is taken as ${guess}/USD.`] }
}

function findSymbol(
  symbols: readonly string[],
  wanted: string,
  called: (symbol: string) => string | undefined,
): string | undefined {
  const plain = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  const base = (text: string) => (parseSymbol(text) ?? text.toUpperCase()).split('/')[0]
  const exact = symbols.find((symbol) =>
    [symbol, called(symbol) ?? symbol].some((name) => plain(name) === plain(wanted)),
  )
  if (exact !== undefined) return exact
  const alike = symbols.filter((symbol) => base(symbol) === base(wanted))
  return alike.length === 1 ? alike[0] : undefined
}

function whichInstrument(instruments: readonly string[], options: ParseOptions): ParleyError {
  const shown = instruments.slice(0, 30).join(', ')
  const asked = options.instrument === undefined ? '' : `, and none is ${options.instrument}`
  return new ParleyError('CSV_WHICH_INSTRUMENT', `${fileName(options)} holds several instruments: ${shown}${asked}.`, {
    details: { instruments },
    wayOut: 'Name one of them.',
  })
}

function isBlankRow(row: Row, group: CsvColumns): boolean {
  return [group.open, group.high, group.low, group.close].every((column) => isBlank(cell(row, column)))
}

interface ReadBar {
  readonly bar: Bar
  readonly line: number
  /** Midnight of the date as written: where the bar of a whole day opens. */
  readonly day: number
}

interface Reading {
  readonly bars: readonly ReadBar[]
  readonly dateOnly: boolean
  readonly bad: readonly LineNote[]
  readonly warnings: readonly LineNote[]
}

function readRows(
  rows: readonly Row[],
  columns: Columns,
  group: CsvColumns,
  instrument: string,
  notes: string[],
  report: (share: number) => void,
): Reading {
  const writtenTime = (row: Row) => columns.time.map((column) => cell(row, column)).join(' ')
  const { order, sure } = findDayOrder(rows.map(writtenTime))
  if (!sure) notes.push('Dates such as 1/2/2020 are read month first; the file does not settle it.')
  const prices = [group.open, group.high, group.low, group.close]
  const style = findNumberStyle(rows.slice(0, 500).flatMap((row) => prices.map((column) => cell(row, column))))
  const volume = chooseVolume(rows, group, instrument, style)
  const bars: ReadBar[] = []
  const bad: LineNote[] = []
  const warnings: LineNote[] = []
  let dateOnly = true
  let unzoned = false
  let noVolume = 0
  for (const [index, row] of rows.entries()) {
    if (index % rowsBetweenReports === 0) report(index / rows.length)
    const time = parseTime(writtenTime(row), order)
    const read = readBar(row, group, volume, style)
    const reason =
      time === undefined ? `"${writtenTime(row)}" is not a time` : 'reason' in read ? read.reason : undefined
    if (time === undefined || 'reason' in read) {
      bad.push({ line: row.line, reason: reason ?? '' })
      continue
    }
    dateOnly &&= time.dateOnly
    unzoned ||= !time.zoned
    if (read.volumeBlank) noVolume++
    if (read.warning !== undefined) warnings.push({ line: row.line, reason: read.warning })
    bars.push({ line: row.line, day: time.day, bar: { time: time.ms, ...read.prices } })
  }
  if (unzoned) notes.push('The times name no time zone: they are taken as UTC.')
  if (volume === undefined) notes.push('There is no volume column: every volume is 0.')
  else if (noVolume > 0) notes.push(`${noVolume} rows have no volume: it is taken as 0.`)
  return { ...inOrder(bars, notes), dateOnly, bad: [...bad, ...repeated(bars)], warnings }
}

function inOrder(bars: readonly ReadBar[], notes: string[]): { readonly bars: readonly ReadBar[] } {
  const rising = bars.every(({ bar }, index) => index === 0 || bar.time >= (bars[index - 1] as ReadBar).bar.time)
  if (rising) return { bars }
  const falling = bars.every(({ bar }, index) => index === 0 || bar.time <= (bars[index - 1] as ReadBar).bar.time)
  notes.push(
    falling
      ? 'The file runs from the newest row to the oldest.'
      : 'The rows are not in order of time: they were sorted.',
  )
  return { bars: [...bars].sort((a, b) => a.bar.time - b.bar.time) }
}

function repeated(bars: readonly ReadBar[]): readonly LineNote[] {
  const first = new Map<number, number>()
  return bars.flatMap(({ bar, line }) => {
    const earlier = first.get(bar.time)
    if (earlier !== undefined) return [{ line, reason: `has the same time as line ${earlier}` }]
    first.set(bar.time, line)
    return []
  })
}

type ReadPrices =
  | { readonly reason: string }
  | { readonly prices: Omit<Bar, 'time'>; readonly volumeBlank: boolean; readonly warning: string | undefined }

const required = ['open', 'high', 'low', 'close'] as const

/** A range that misses its own open or close by this share at most comes from rounding adjusted prices. */
const roundingShare = 0.01

function readBar(row: Row, group: CsvColumns, volumeColumn: number | undefined, style: NumberStyle): ReadPrices {
  for (const field of required) {
    const text = cell(row, group[field])
    if (isBlank(text)) return { reason: `${field} is blank` }
    const value = parseNumber(text, style)
    if (Number.isNaN(value)) return { reason: `${field} "${text}" is not a number` }
    if (value <= 0) return { reason: `${field} ${text} is not greater than zero` }
  }
  const [open = 0, high = 0, low = 0, close = 0] = required.map((field) => parseNumber(cell(row, group[field]), style))
  const volumeText = cell(row, volumeColumn)
  const volume = isBlank(volumeText) ? 0 : parseNumber(volumeText, style)
  if (Number.isNaN(volume)) return { reason: `volume "${volumeText}" is not a number` }
  if (volume < 0) return { reason: `volume ${volumeText} is negative` }
  if (high < low) return { reason: `the high ${high} is below the low ${low}` }
  const top = Math.max(high, open, close)
  const bottom = Math.min(low, open, close)
  if (top > high * (1 + roundingShare)) return { reason: `the high ${high} is below ${top}` }
  if (bottom < low * (1 - roundingShare)) return { reason: `the low ${low} is above ${bottom}` }
  const widened = top !== high || bottom !== low
  return {
    prices: { open, high: top, low: bottom, close, volume },
    volumeBlank: volumeColumn !== undefined && isBlank(volumeText),
    warning: widened
      ? `the range ${low} to ${high} misses the open or close: it was widened to ${bottom} to ${top}`
      : undefined,
  }
}

/**
 * The column in base units: the one named for the base, else the plain "volume", else the one with the smallest sum; but
 * where another column times the price comes to the same sums, that other one is in base units.
 */
function chooseVolume(
  rows: readonly Row[],
  group: CsvColumns,
  instrument: string,
  style: NumberStyle,
): number | undefined {
  if (group.volumes.length < 2) return group.volumes[0]?.column
  const [base = '', quote = ''] = instrument.toLowerCase().split('/')
  const named = group.volumes.find(({ unit }) => unit === base || unit === 'base')
  if (named) return named.column
  const others = group.volumes.filter(({ unit }) => unit !== quote && unit !== 'quote' && unit !== 'quoteasset')
  const total = (column: number, price?: number) => {
    const number = (row: Row, at: number) => parseNumber(cell(row, at), style) || 0
    return rows.reduce((sum, row) => sum + number(row, column) * (price === undefined ? 1 : number(row, price)), 0)
  }
  const candidates = others.length > 0 ? others : group.volumes
  const least = candidates.reduce((best, next) => (total(next.column) < total(best.column) ? next : best))
  const first = candidates.find(({ unit }) => unit === '') ?? least
  const sum = total(first.column)
  const valued = candidates.find(({ column }) => {
    const share = total(column, group.close) / sum
    return column !== first.column && share > 0.8 && share < 1.25
  })
  return (valued ?? first).column
}

const dayMs = timeframeMs['1d']

function onItsDay(read: ReadBar): ReadBar {
  return { ...read, bar: { ...read.bar, time: read.day } }
}

function findTimeframe(
  bars: readonly ReadBar[],
  dateOnly: boolean,
  options: ParseOptions,
  length: string | undefined,
): { readonly timeframe: Timeframe; readonly dateOnlyDays: boolean } {
  if (options.timeframe !== undefined) return { timeframe: options.timeframe, dateOnlyDays: dateOnly }
  const counts = new Map<number, number>()
  for (const [index, { bar }] of bars.entries()) {
    const step = index === 0 ? 0 : bar.time - (bars[index - 1] as ReadBar).bar.time
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  const [commonest] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  const step = commonest?.[0]
  const exact = timeframes.find((timeframe) => timeframeMs[timeframe] === step)
  if (exact !== undefined) return { timeframe: exact, dateOnlyDays: dateOnly }
  // Days around a weekend may stand further apart than a day; a file name can tell what a single row cannot.
  if (dateOnly && (step === undefined || step < 5 * dayMs)) return { timeframe: '1d', dateOnlyDays: true }
  const told = step === undefined ? timeframeNamed(length) : undefined
  if (told !== undefined) return { timeframe: told, dateOnlyDays: dateOnly }
  const what = step === undefined ? 'has one row only' : `has rows that are mostly ${describeSpan(step)} apart`
  throw new ParleyError('CSV_TIMEFRAME_UNKNOWN', `${fileName(options)} ${what}, which is no known bar length.`, {
    details: { stepMs: step ?? null },
    wayOut: `Parley takes bars of ${timeframes.join(', ')}.`,
  })
}

function timeframeNamed(length: string | undefined): Timeframe | undefined {
  if (length === 'daily') return '1d'
  if (length === 'hourly') return '1h'
  return timeframes.find((timeframe) => timeframe === length?.replace('min', 'm'))
}

function describeSpan(ms: number): string {
  if (ms % dayMs === 0) return `${ms / dayMs} days`
  return ms % 60_000 === 0 ? `${ms / 60_000} minutes` : `${ms / 1_000} seconds`
}

function checkSpacing(bars: readonly ReadBar[], timeframe: Timeframe, daysAlone: boolean) {
  const length = timeframeMs[timeframe]
  const bad: LineNote[] = []
  const warnings: LineNote[] = []
  let gaps = 0
  for (const [index, { bar, line }] of bars.entries()) {
    if (index === 0) continue
    const before = bars[index - 1] as ReadBar
    const step = bar.time - before.bar.time
    // A local day can be an hour short when clocks change; anything closer is no bar of this length.
    if (step < length / 2)
      bad.push({ line, reason: `opens ${describeSpan(step)} after line ${before.line}, within its bar` })
    if (step < length * 1.5) continue
    gaps++
    const weekend = daysAlone && timeframe === '1d' && step <= 4 * dayMs
    if (!weekend) warnings.push({ line, reason: `follows line ${before.line} after a gap of ${describeSpan(step)}` })
  }
  return { bad, warnings, gaps }
}

function badRows(found: readonly LineNote[], options: ParseOptions): ParleyError {
  const bad = [...found].sort((a, b) => a.line - b.line)
  const [first] = bad
  const more = bad.length > 1 ? `, and ${bad.length - 1} more` : ''
  return new ParleyError(
    'CSV_BAD_ROWS',
    `${fileName(options)} was not imported: line ${first?.line}: ${first?.reason}${more}.`,
    {
      details: { rows: bad.slice(0, listed), count: bad.length },
      wayOut: 'Correct or remove these lines and import the file again.',
    },
  )
}

function empty(message: string): ParleyError {
  return new ParleyError('CSV_EMPTY', message, { wayOut: 'Export the prices again, or choose another file.' })
}
