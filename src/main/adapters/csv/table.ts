const linesBetweenReports = 5_000

/** One row of a delimited file: the line it starts on (counted from 1) and its cells, trimmed and unquoted. */
export interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

const separators = [',', ';', '\t', '|'] as const
/** What may stand between the cells of a row. */
export type Separator = (typeof separators)[number]

/** The separators that occur in the text's beginning, the most frequent first; at least one. */
export function separatorsByFrequency(text: string): readonly Separator[] {
  const head = text.slice(0, 4_096)
  const count = (separator: Separator) => head.split(separator).length - 1
  const found = separators.filter((separator) => count(separator) > 0).sort((a, b) => count(b) - count(a))
  return found.length === 0 ? [','] : found
}

/**
 * Splits delimited text into rows after RFC 4180: cells may be quoted, and quoted cells may hold separators, doubled
 * quotes and line breaks. A byte-order mark is dropped, and so are lines with nothing on them. `report` is told the
 * share that is split, from 0 to 1.
 */
export function splitRows(
  text: string,
  separator: Separator,
  report: (share: number) => void = () => {},
): readonly Row[] {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const rows: Row[] = []
  let line = 1
  let start = 0
  while (start < source.length) {
    let end = lineEnd(source, start)
    let lines = 1
    if (source.slice(start, end).includes('"')) {
      while (end < source.length && hasOpenQuote(source.slice(start, end))) {
        end = lineEnd(source, afterBreak(source, end))
        lines++
      }
    }
    const cells = splitCells(source.slice(start, end), separator)
    if (cells.some((cell) => cell !== '')) rows.push({ line, cells })
    line += lines
    if (line % linesBetweenReports === 0) report(start / source.length)
    start = afterBreak(source, end)
  }
  return rows
}

function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from)
  const end = feed < 0 ? text.length : feed
  // Carriage returns end a line before a line feed, and by themselves in very old files.
  const back = text.slice(from, end).indexOf('\r')
  return back < 0 ? end : from + back
}

function afterBreak(text: string, end: number): number {
  return text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1
}

function hasOpenQuote(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 1
}

function splitCells(text: string, separator: Separator): string[] {
  if (!text.includes('"')) return text.split(separator).map((cell) => cell.trim())
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index)
    if (char === '"') {
      if (quoted && text.charAt(index + 1) === '"') {
        cell += '"'
        index++
      } else quoted = !quoted
    } else if (char === separator && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += char
  }
  cells.push(cell.trim())
  return cells
}
