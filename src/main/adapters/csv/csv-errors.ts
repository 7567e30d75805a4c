import { ParleyError } from '#shared/lib/error.ts'
import type { LineNote } from './table.ts'

/** How many lines an error or a report lists at most. */
export const listedLines = 20

/** CSV_BAD_ROWS: the first line that is wrong and why, all of the first twenty in the details. */
export function badRows(
  file: string,
  found: readonly LineNote[],
  wayOut = 'Correct or remove these lines and import the file again.',
): ParleyError {
  const bad = [...found].sort((a, b) => a.line - b.line)
  const [first] = bad
  const more = bad.length > 1 ? `, and ${bad.length - 1} more` : ''
  return new ParleyError('CSV_BAD_ROWS', `${file} was not imported: line ${first?.line}: ${first?.reason}${more}.`, {
    details: { rows: bad.slice(0, listedLines), count: bad.length },
    wayOut,
  })
}

/** CSV_EMPTY. */
export function emptyFile(message: string): ParleyError {
  return new ParleyError('CSV_EMPTY', message, { wayOut: 'Export the prices again, or choose another file.' })
}
