import { type Bar, type Timeframe, timeframeMs, timeframes } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { isTimeZone } from '#shared/lib/time-zone.ts'
import { describeSpan, findBarLength, namedLength } from './bar-length.ts'
import { isClockChange, readTimes } from './bar-times.ts'
import { type CsvColumns, missingColumns } from './columns.ts'
import { badRows, emptyFile, listedLines } from './csv-errors.ts'
import { readFileName } from './file-name.ts'
import { findHeader, findShape, type Header } from './header.ts'
import { chooseInstrument } from './instrument-choice.ts'
import { findNumberStyles, isBlank } from './number.ts'
import { findOutliers, findSplits } from './oddities.ts'
import { type ReadBar, readBarPrices } from './read-bar.ts'
import { type LineNote, type Row, type Separator, separatorsByFrequency, splitRows } from './table.ts'
import { onTradingDays } from './trading-day.ts'
import { chooseVolume } from './volume.ts'

/** What the caller knows of a file. */
export interface ParseOptions {
  /** The file's name, with or without folders: it often says the instrument. */
  readonly file?: string
  /** Which of the file's instruments is meant, or what to call the only one: "BTC", "btcusd" and "BTC/USD" all do. */
  readonly instrument?: string
  /** The bars' length, where the spacing of the rows cannot tell it. */
  readonly timeframe?: Timeframe
  /** The IANA name of the place whose clocks showed times without a zone; UTC unless given. */
  readonly timeZone?: string
  /** Told the share of the text that has been read, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** All bars of a file, and what was noticed on the way. */
export interface ParsedBars {
  /** BASE/QUOTE, of a perpetual BASE/QUOTE:QUOTE. */
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
  /** The first twenty lines with something odd that does not make them wrong, prices before gaps. */
  readonly warnings: readonly LineNote[]
  /** What was assumed, as sentences for people. */
  readonly notes: readonly string[]
}

/** Splitting a text into rows takes about this share of the time that reading it takes. */
const splitShare = 0.4
const rowsBetweenReports = 5_000

/**
 * Reads bars from delimited text, finding separator, header, columns, how numbers and times are written, order and bar
 * length by itself. All or nothing: throws CSV_EMPTY, CSV_NO_TEXT, CSV_NO_COLUMNS, CSV_WHICH_INSTRUMENT,
 * CSV_TIMEFRAME_UNKNOWN, TIME_ZONE_UNKNOWN, or CSV_BAD_ROWS with `details.rows` (the first twenty {line, reason}) and
 * `details.count`.
 */
export function parseBars(text: string, options: ParseOptions = {}): ParsedBars {
  const { timeZone } = options
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new ParleyError('TIME_ZONE_UNKNOWN', `There is no time zone ${timeZone}.`, {
      wayOut: 'Name one as in Europe/Berlin or America/New_York.',
    })
  }
  const { rows, header, separator } = readTable(text, options)
  const { columns } = header
  const choice = chooseInstrument(rows, columns, options.file, options.instrument)
  const mine = choice.symbol === undefined ? rows : rows.filter((row) => cell(row, columns.symbol) === choice.symbol)
  const held = mine.filter((row) => !isBlankRow(row, choice.group))
  if (held.length === 0) throw emptyFile(`${fileName(options)} has a header and no prices below it.`)

  const notes = [...header.notes, ...choice.notes]
  const reading = readRows(held, { header, group: choice.group, separator, instrument: choice.instrument }, options)
  if (reading.bad.length > 0) throw badRows(fileName(options), reading.bad, reading.wayOut)
  notes.push(...reading.notes)
  const { timeframe, isDateOnly } = barLength(reading, options)
  const isClosing = columns.isCloseTime && !reading.isDateOnly
  const opened = isClosing ? openTimes(reading.bars, timeframe) : reading.bars
  if (isClosing) notes.push('The times are those of the closes: each bar opened its length before.')
  const placed = timeframe === '1d' ? onTradingDays(opened) : { bars: opened, notes: [] }
  const { bars } = placed
  const { bad, warnings, gaps } = checkSpacing(bars, timeframe, isDateOnly)
  if (bad.length > 0) throw badRows(fileName(options), bad)
  const blankRows = mine.length - held.length
  if (blankRows > 0) notes.push(`${blankRows} rows without prices were skipped.`)
  notes.push(...placed.notes, ...(timeframe === '1d' ? findSplits(bars) : []))
  const odd = [...reading.warnings, ...findOutliers(bars)].sort((a, b) => a.line - b.line)
  return {
    instrument: choice.instrument,
    symbol: choice.written,
    timeframe,
    bars: bars.map(({ bar }) => bar),
    blankRows,
    gaps,
    warnings: [...odd, ...warnings].slice(0, listedLines),
    notes,
  }
}

function fileName(options: ParseOptions): string {
  return options.file ?? 'The file'
}

function cell(row: Row, column: number | undefined): string {
  return column === undefined ? '' : (row.cells[column] ?? '')
}

/** The first lines of a file, which tell how it is separated. */
const headLength = 65_536

function readTable(text: string, options: ParseOptions) {
  if (text.replace('\uFEFF', '').trim() === '') throw emptyFile(`${fileName(options)} is empty.`)
  if (text.slice(0, headLength).includes('\0')) {
    throw new ParleyError('CSV_NO_TEXT', `${fileName(options)} is no text file.`, {
      wayOut: 'Unpack it, or export it as CSV from the program that made it.',
    })
  }
  const head = text.length > headLength ? text.slice(0, text.lastIndexOf('\n', headLength) + 1) || text : text
  const tables = separatorsByFrequency(text).map((separator) => ({ separator, ...splitRows(head, separator) }))
  for (const find of [findHeader, findShape]) {
    for (const { separator, rows } of tables) {
      const header = find(rows)
      if (header) return { header, separator, rows: rowsBelow(text, header, separator, options) }
    }
  }
  const fault = tables.find((table) => table.fault !== undefined)?.fault
  if (fault !== undefined) throw badRows(fileName(options), [fault])
  throw noColumns(tables[0]?.rows ?? [], options)
}

function rowsBelow(text: string, header: Header, separator: Separator, options: ParseOptions): readonly Row[] {
  const { rows, fault } = splitRows(text, separator, (share) => options.onProgress?.(splitShare * share))
  if (fault !== undefined) throw badRows(fileName(options), [fault], 'Close the quote and import the file again.')
  const below = rows.slice(header.rows)
  const wide = below.filter(({ cells }) => cells.slice(header.width).some((extra) => extra !== ''))
  if (wide.length === 0) return below
  const bad = wide.map(({ line, cells }) => ({
    line,
    reason: `it has ${cells.length} cells, and the header ${header.width}`,
  }))
  throw badRows(
    fileName(options),
    bad,
    separator === ',' ? 'Put numbers with commas in them in quotes, or separate the cells by semicolons.' : undefined,
  )
}

function noColumns(rows: readonly Row[], options: ParseOptions): ParleyError {
  const widest = rows
    .slice(0, 50)
    .reduce((best: readonly string[], row) => (row.cells.length > best.length ? row.cells : best), [])
  const found = widest.map((name) => name || '(no name)').slice(0, 30)
  return new ParleyError(
    'CSV_NO_COLUMNS',
    `${fileName(options)} has no columns named ${missingColumns(widest).join(', ')}; found ${found.join(', ')}.`,
    { details: { found }, wayOut: 'Give the file a header line with date, open, high, low, close and volume.' },
  )
}

function isBlankRow(row: Row, group: CsvColumns): boolean {
  return [group.open, group.high, group.low, group.close].every((column) => isBlank(cell(row, column)))
}

interface Source {
  readonly header: Header
  readonly group: CsvColumns
  readonly separator: Separator
  readonly instrument: string
}

interface Reading {
  readonly bars: readonly ReadBar[]
  readonly isDateOnly: boolean
  readonly bad: readonly LineNote[]
  /** What helps against the bad rows; undefined where they have to be mended one by one. */
  readonly wayOut: string | undefined
  readonly warnings: readonly LineNote[]
  readonly notes: readonly string[]
}

function readRows(rows: readonly Row[], source: Source, options: ParseOptions): Reading {
  const { group, instrument } = source
  const times = readTimes(rows, source.header.columns, options.timeZone)
  const styles = numberStyles(rows, group, source.separator)
  const volume = chooseVolume(group, instrument, { rows, price: styles.price, volume: styles.volume })
  const bars: ReadBar[] = []
  const bad: LineNote[] = [...times.bad]
  const warnings: LineNote[] = []
  let noVolume = 0
  for (const [index, row] of rows.entries()) {
    const share = splitShare + (1 - splitShare) * (index / rows.length)
    if (index % rowsBetweenReports === 0) options.onProgress?.(share)
    const time = times.times[index]
    if (time === undefined) continue
    const read = readBarPrices(row, group, volume, styles)
    if ('reason' in read) {
      bad.push({ line: row.line, reason: read.reason })
      continue
    }
    if (read.volumeBlank) noVolume++
    if (read.warning !== undefined) warnings.push({ line: row.line, reason: read.warning })
    bars.push({
      bar: { time: time.ms, ...read.prices },
      line: row.line,
      day: time.day,
      wall: time.wall,
      isUtc: time.zone === 'utc',
      adjusted: read.adjusted,
    })
  }
  const ordered = inOrder(bars)
  const twice = repeated(bars, times.isUnzoned)
  const notes = [...styles.notes, ...times.notes, ...(volume?.notes ?? [])]
  if (volume === undefined) notes.push('There is no volume column: every volume is 0.')
  else if (noVolume > 0) notes.push(`${noVolume} rows have no volume: it is taken as 0.`)
  const isClockSetBack = bad.length === 0 && twice.some(({ reason }) => reason.includes('clocks'))
  return {
    bars: ordered.bars,
    isDateOnly: times.isDateOnly,
    bad: [...bad, ...twice],
    wayOut: isClockSetBack
      ? 'Name the time zone, as in --time-zone Europe/Berlin, or write the times in UTC or with their offset from it.'
      : undefined,
    warnings,
    notes: [...notes, ...ordered.notes],
  }
}

function numberStyles(rows: readonly Row[], group: CsvColumns, separator: Separator) {
  const prices = [group.open, group.high, group.low, group.close]
  return findNumberStyles(
    rows.flatMap(({ cells }) => prices.map((column) => cells[column] ?? '')),
    rows.flatMap(({ cells }) => group.volumes.map(({ column }) => cells[column] ?? '')),
    separator,
  )
}

function inOrder(bars: readonly ReadBar[]): { readonly bars: readonly ReadBar[]; readonly notes: readonly string[] } {
  const rising = bars.every(({ bar }, index) => index === 0 || bar.time >= (bars[index - 1] as ReadBar).bar.time)
  if (rising) return { bars, notes: [] }
  const falling = bars.every(({ bar }, index) => index === 0 || bar.time <= (bars[index - 1] as ReadBar).bar.time)
  return {
    bars: [...bars].sort((a, b) => a.bar.time - b.bar.time),
    notes: [
      falling
        ? 'The file runs from the newest row to the oldest.'
        : 'The rows are not in order of time: they were sorted.',
    ],
  }
}

function repeated(bars: readonly ReadBar[], isUnzoned: boolean): readonly LineNote[] {
  const first = new Map<number, number>()
  return bars.flatMap(({ bar, line, wall }) => {
    const earlier = first.get(bar.time)
    if (earlier !== undefined) {
      const clocks =
        isUnzoned && isClockChange(wall) ? ', an hour that the clock repeats where clocks are set back that night' : ''
      return [{ line, reason: `has the same time as line ${earlier}${clocks}` }]
    }
    first.set(bar.time, line)
    return []
  })
}

function openTimes(bars: readonly ReadBar[], timeframe: Timeframe): readonly ReadBar[] {
  const length = timeframeMs[timeframe]
  return bars.map((read) => {
    // Some write the last millisecond or second of a bar.
    const short = [1, 1_000].find((ms) => (read.bar.time + ms) % 60_000 === 0) ?? 0
    const shift = short - length
    const day = Math.floor((read.wall + shift) / timeframeMs['1d']) * timeframeMs['1d']
    return { ...read, day, wall: read.wall + shift, bar: { ...read.bar, time: read.bar.time + shift } }
  })
}

function barLength(reading: Reading, options: ParseOptions) {
  const { isDateOnly } = reading
  if (options.timeframe !== undefined) return { timeframe: options.timeframe, isDateOnly }
  const found = findBarLength(
    reading.bars.map(({ bar }) => bar.time),
    isDateOnly,
  )
  if ('timeframe' in found) return { timeframe: found.timeframe, isDateOnly }
  const { stepMs } = found
  const told = stepMs === undefined ? namedLength(readFileName(options.file ?? '').length) : undefined
  if (told !== undefined) return { timeframe: told, isDateOnly }
  if (stepMs === undefined && isDateOnly) return { timeframe: '1d' as const, isDateOnly }
  const what = stepMs === undefined ? 'has one row only' : `has rows that are mostly ${describeSpan(stepMs)} apart`
  throw new ParleyError('CSV_TIMEFRAME_UNKNOWN', `${fileName(options)} ${what}, which is no known bar length.`, {
    details: { stepMs: stepMs ?? null },
    wayOut: `Parley takes bars of ${timeframes.join(', ')}.`,
  })
}

function checkSpacing(bars: readonly ReadBar[], timeframe: Timeframe, isDateOnly: boolean) {
  const length = timeframeMs[timeframe]
  const bad: LineNote[] = []
  const warnings: LineNote[] = []
  let gaps = 0
  for (const [index, { bar, line }] of bars.entries()) {
    if (index === 0) continue
    const before = bars[index - 1] as ReadBar
    const step = bar.time - before.bar.time
    if (step === 0) {
      bad.push({
        line: Math.max(line, before.line),
        reason: `is of the same day as line ${Math.min(line, before.line)}`,
      })
      continue
    }
    // A local day can be an hour short when clocks change; anything closer is no bar of this length.
    if (step < length / 2)
      bad.push({ line, reason: `opens ${describeSpan(step)} after line ${before.line}, within its bar` })
    if (step < length * 1.5) continue
    gaps++
    const weekend = isDateOnly && timeframe === '1d' && step <= 4 * timeframeMs['1d']
    if (!weekend) warnings.push({ line, reason: `follows line ${before.line} after a gap of ${describeSpan(step)}` })
  }
  return { bad, warnings, gaps }
}
