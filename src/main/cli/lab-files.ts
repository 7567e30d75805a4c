import { decodeText } from '#adapters/csv/decode-text.ts'
import { parseBars } from '#adapters/csv/parse-bars.ts'
import { separatorsByFrequency, splitRows } from '#adapters/csv/table.ts'
import { type BarSeries, barSeries } from '#shared/domain/bar.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { readInput, readInputBytes } from './input-file.ts'
import type { LabAlmgrenChriss } from './lab-portfolio.ts'
import type { LabStatsRequest } from './lab-stats.ts'

/** Bars of a price file, oldest first; what they are called does not matter here. Throws the CSV_ errors of parseBars. */
export function readBarFile(file: string, instrument: string | undefined): BarSeries {
  const text = decodeText(readInputBytes(file))
  const name = instrument === undefined ? {} : { instrument }
  try {
    return barSeries(parseBars(text, { file, ...name }).bars)
  } catch (error) {
    if (errorCode(error) !== 'CSV_WHICH_INSTRUMENT' || instrument !== undefined || namesSeveral(error)) throw error
    return barSeries(parseBars(text, { file, instrument: 'FILE/USD' }).bars)
  }
}

function namesSeveral(error: unknown): boolean {
  const { details } = error as ParleyError
  return Array.isArray(details['instruments']) && details['instruments'].length > 0
}

const nothing = new Set(['', 'NA', 'NAN', 'NULL'])

/** The numbers of one column of a delimited file, empty cells left out. Throws COLUMN_NOT_FOUND, RETURNS_INVALID. */
export function readColumn(file: string, column: string): Float64Array {
  const text = readInput(file)
  const [separator = ','] = separatorsByFrequency(text)
  const [header, ...rows] = splitRows(text, separator).rows
  const names = header?.cells ?? []
  const at = names.indexOf(column)
  if (at < 0) {
    throw new ParleyError('COLUMN_NOT_FOUND', `${file} has no column "${column}".`, {
      details: { columns: names },
      wayOut: `It has ${names.filter((name) => name !== '').join(', ')}.`,
    })
  }
  const values: number[] = []
  for (const { line, cells } of rows) {
    const cell = cells[at] ?? ''
    if (nothing.has(cell.toUpperCase())) continue
    const value = Number(cell)
    if (!Number.isFinite(value)) {
      throw new ParleyError('RETURNS_INVALID', `${file}, line ${line}: "${cell}" is not a number.`, {
        details: { file, line, cell },
        wayOut: 'Write returns as fractions, such as 0.012; leave a cell empty where there is none.',
      })
    }
    values.push(value)
  }
  return Float64Array.from(values)
}

/**
 * The texts of a tab-separated file: its column "text" (or the one named), else its last column. Quotes are part of a
 * text. Throws COLUMN_NOT_FOUND.
 */
export function readTextsFile(file: string, column: string | undefined): readonly string[] {
  const lines = readInput(file)
    .split(/\r?\n/)
    .filter((line) => line !== '')
  const names = lines[0]?.split('\t') ?? []
  const at = names.indexOf(column ?? 'text')
  if (at < 0 && column !== undefined) {
    throw new ParleyError('COLUMN_NOT_FOUND', `${file} has no column "${column}".`, {
      details: { columns: names },
      wayOut: `It has ${names.join(', ')}.`,
    })
  }
  return at < 0
    ? lines.map((line) => line.split('\t').at(-1) ?? '')
    : lines.slice(1).map((line) => line.split('\t')[at] ?? '')
}

/** The first column of a file of numbers in columns apart by white space. Throws FRONTIER_UNREADABLE. */
export function readReturnsFile(file: string): number[] {
  const rows = readInput(file)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
  return rows.map((row, index) => {
    const value = Number(row.trim().split(/\s+/)[0])
    if (Number.isFinite(value)) return value
    throw new ParleyError('FRONTIER_UNREADABLE', `${file}, line ${index + 1}: "${row.trim()}" starts with no number.`, {
      wayOut: 'Give one return a line; what follows it is not read.',
    })
  })
}

/** Each parameter under the names that it goes by: ours, and the paper's. */
const impactNames: Readonly<Record<keyof LabAlmgrenChriss, readonly string[]>> = {
  quantity: ['quantity', 'X'],
  horizon: ['horizon', 'T', 'T_days'],
  slices: ['slices', 'N'],
  volatility: ['volatility', 'sigma', 'sigma_dollar_per_share_per_sqrt_day'],
  permanent: ['permanent', 'gamma'],
  temporary: ['temporary', 'eta'],
  fixed: ['fixed', 'epsilon'],
}

/**
 * Parameters of Almgren and Chriss (2000) from a JSON file, by our names or the paper's symbols, under "parameters" or at
 * the top. Throws PARAMETERS_INVALID.
 */
export function readImpactModel(file: string): LabAlmgrenChriss {
  const invalid = (why: string) =>
    new ParleyError('PARAMETERS_INVALID', `${file} ${why}.`, {
      wayOut: `It is JSON with ${Object.values(impactNames)
        .map((names) => names.slice(0, 2).join(' or '))
        .join(', ')}.`,
    })
  let content: unknown
  try {
    content = JSON.parse(readInput(file))
  } catch (error) {
    if (error instanceof ParleyError) throw error
    throw invalid('cannot be read as JSON')
  }
  const object = Object(content) as Record<string, unknown>
  const parameters = Object(object['parameters'] ?? object) as Record<string, unknown>
  const entries = Object.entries(impactNames).map(([name, names]) => {
    const value = names.map((known) => parameters[known]).find((known) => known !== undefined)
    if (typeof value !== 'number') throw invalid(`has no number for ${names.join(' or ')}`)
    return [name, value]
  })
  return Object.fromEntries(entries) as LabAlmgrenChriss
}

/** The object in a JSON file. Throws JSON_INVALID. */
export function readStatsRequest(file: string): LabStatsRequest {
  const text = readInput(file)
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new ParleyError('JSON_INVALID', `${file} is not JSON: ${errorMessage(error)}`, {
      wayOut: 'Correct the file.',
    })
  }
  return Object(content)
}
