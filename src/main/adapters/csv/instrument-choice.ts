import { ParleyError } from '#shared/lib/error.ts'
import type { Columns, CsvColumns } from './columns.ts'
import { readFileName } from './file-name.ts'
import { baseOfSymbol, parseSymbol, readSymbol } from './symbol.ts'
import type { Row } from './table.ts'

/** Which of a file's bars are meant, and what they are called. */
export interface InstrumentChoice {
  readonly instrument: string
  readonly group: CsvColumns
  /** The value of the symbol column whose rows are meant, where there is one. */
  readonly symbol: string | undefined
  /** What the chosen rows or columns are called in the file. */
  readonly written: string | null
  readonly notes: readonly string[]
}

/**
 * Chooses by what the caller asks for, what the file's cells or columns name, and the file's name. Throws
 * CSV_WHICH_INSTRUMENT.
 */
export function chooseInstrument(
  rows: readonly Row[],
  columns: Columns,
  file: string | undefined,
  wanted: string | undefined,
): InstrumentChoice {
  const named = readFileName(file ?? '')
  const about = file ?? 'The file'
  const { symbol: column } = columns
  const symbols = column === undefined ? [] : [...new Set(rows.map(({ cells }) => cells[column] ?? ''))]
  const written = symbols.filter((symbol) => symbol !== '')
  const several = columns.groups.length > 1 ? columns.groups.map((group) => group.symbol ?? '') : written
  const called = (symbol: string) =>
    parseSymbol(symbol) ?? (named.quote ? `${symbol.toUpperCase()}/${named.quote}` : undefined)
  if (several.length > 1) {
    const chosen = wanted === undefined ? undefined : findSymbol(several, wanted, called)
    const group = columns.groups.find(({ symbol }) => symbol === chosen) ?? columns.groups[0]
    if (chosen === undefined || group === undefined) {
      const known = chosen === undefined ? several.map((symbol) => called(symbol) ?? symbol) : several
      throw whichInstrument(known, about, wanted)
    }
    const own = columns.groups.length > 1 ? undefined : chosen
    const name = called(chosen) ?? parseSymbol(wanted ?? '') ?? chosen
    return { group, symbol: own, written: chosen, ...nameInstrument(name) }
  }
  const group = columns.groups[0] as CsvColumns
  const inFile = group.symbol ?? written[0]
  const byFile = inFile === undefined ? undefined : (called(inFile) ?? inFile)
  const byName = named.instrument ?? (named.assets.length === 1 ? named.assets[0] : undefined)
  const guess = wanted ?? byFile ?? byName
  if (guess === undefined || guess.trim() === '') {
    throw new ParleyError('CSV_WHICH_INSTRUMENT', `${about} does not say which instrument it holds.`, {
      details: { instruments: [] },
      wayOut: 'Name the instrument, for instance BTC/USD.',
    })
  }
  // Read as written, so that what was assumed of a name is said.
  const { instrument, notes } = nameInstrument(wanted === undefined && byFile === inFile ? (inFile ?? guess) : guess)
  const assumed = wanted === undefined && inFile !== undefined ? (readSymbol(inFile).note ?? []) : []
  const told = inFile === undefined ? named.instrument : (called(inFile) ?? inFile)
  const toldAsset = told === undefined ? undefined : readSymbol(told)
  const other = told !== undefined && baseOfSymbol(told) !== baseOfSymbol(instrument)
  const said = other
    ? [`The file speaks of ${toldAsset?.pair ?? toldAsset?.asset}; it was imported as ${instrument}, as asked.`]
    : []
  return {
    group,
    symbol: undefined,
    written: inFile ?? null,
    instrument,
    notes: [...new Set([...notes, ...[assumed].flat(), ...said])],
  }
}

function nameInstrument(guess: string): { readonly instrument: string; readonly notes: readonly string[] } {
  const { pair, asset, venueQuote, note } = readSymbol(guess)
  const notes = note === undefined ? [] : [note]
  if (pair !== undefined) return { instrument: pair, notes }
  const quote = venueQuote ?? 'USD'
  const why = venueQuote === undefined ? 'No quote currency is named' : `Its venue trades in ${quote}`
  return { instrument: `${asset}/${quote}`, notes: [...notes, `${why}: ${asset} is taken as ${asset}/${quote}.`] }
}

function findSymbol(
  symbols: readonly string[],
  wanted: string,
  called: (symbol: string) => string | undefined,
): string | undefined {
  const plain = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  const exact = symbols.find((symbol) =>
    [symbol, called(symbol) ?? symbol].some((name) => plain(name) === plain(wanted)),
  )
  if (exact !== undefined) return exact
  const alike = symbols.filter((symbol) => baseOfSymbol(symbol) === baseOfSymbol(wanted))
  return alike.length === 1 ? alike[0] : undefined
}

function whichInstrument(instruments: readonly string[], about: string, wanted: string | undefined): ParleyError {
  const shown = instruments.slice(0, 30).join(', ')
  const asked = wanted === undefined ? '' : `, and none is ${wanted}`
  return new ParleyError('CSV_WHICH_INSTRUMENT', `${about} holds several instruments: ${shown}${asked}.`, {
    details: { instruments },
    wayOut: 'Name one of them.',
  })
}
