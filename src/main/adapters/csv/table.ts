const linesBetweenReports = 5_000

/** What is worth saying of one line; lines count from 1. */
export interface LineNote {
  readonly line: number
  readonly reason: string
}

/** One row of a delimited file: the line it starts on (counted from 1) and its cells, trimmed and unquoted. */
export interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/** The rows of a text, up to a fault in its quoting where there is one. */
export interface SplitRecords {
  readonly rows: readonly Row[]
  readonly fault: LineNote | undefined
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

/** A quoted cell longer than this was never closed. */
const longestCell = 10_000

/**
 * Splits delimited text into rows after RFC 4180: cells may be quoted, and quoted cells may hold separators, doubled
 * quotes and line breaks. A byte-order mark is dropped, and so are lines with nothing on them. Ends at a quoted cell that
 * is not closed, or that goes on after its closing quote. `report` is told the share that is split, from 0 to 1.
 */
export function splitRows(
  text: string,
  separator: Separator,
  report: (share: number) => void = () => {},
): SplitRecords {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  // Carriage returns end lines by themselves in very old files only; before a line feed they are trimmed off.
  const lineBreak = source.includes('\n') ? '\n' : '\r'
  const rows: Row[] = []
  let line = 1
  let start = 0
  while (start < source.length) {
    const feed = source.indexOf(lineBreak, start)
    let end = feed < 0 ? source.length : feed
    const plain = source.slice(start, end)
    let cells: readonly string[]
    let lines = 1
    if (plain.includes('"')) {
      const read = readQuotedRow(source, start, separator, lineBreak)
      if (!read.closed) {
        const reason = 'a quote is opened and not closed in its cell'
        return { rows, fault: { line: line + read.breaks, reason } }
      }
      cells = read.cells
      lines += read.breaks
      end = read.end
    } else cells = plain.split(separator).map((cell) => cell.trim())
    if (cells.some((cell) => cell !== '')) rows.push({ line, cells })
    line += lines
    if (line % linesBetweenReports === 0) report(start / source.length)
    start = end + 1
  }
  return { rows, fault: undefined }
}

interface QuotedRow {
  readonly cells: readonly string[]
  /** Where the row's line break stands, or the text ends. */
  readonly end: number
  /** Line breaks inside the cells before the end, or before the cell that is not closed. */
  readonly breaks: number
  readonly closed: boolean
}

function readQuotedRow(source: string, start: number, separator: string, lineBreak: string): QuotedRow {
  const cells: string[] = []
  let breaks = 0
  let at = start
  for (;;) {
    while (isBlankCharacter(source, at, separator)) at++
    if (source[at] === '"') {
      const cell = readQuotedCell(source, at, lineBreak)
      let next = cell.end
      while (isBlankCharacter(source, next, separator)) next++
      const ends = next >= source.length || source[next] === separator || source[next] === lineBreak
      if (!cell.closed || !ends) return { cells, end: at, breaks, closed: false }
      cells.push(cell.text.trim())
      breaks += cell.breaks
      at = next
    } else {
      const from = at
      while (at < source.length && source[at] !== separator && source[at] !== lineBreak) at++
      cells.push(source.slice(from, at).trim())
    }
    if (source[at] !== separator) return { cells, end: at, breaks, closed: true }
    at++
  }
}

function isBlankCharacter(source: string, at: number, separator: string): boolean {
  const character = source[at]
  return character === ' ' || character === '\r' || (character === '\t' && separator !== '\t')
}

function readQuotedCell(source: string, start: number, lineBreak: string) {
  let text = ''
  let from = start + 1
  for (;;) {
    const quote = source.indexOf('"', from)
    if (quote < 0 || quote - start > longestCell) return { text, end: from, breaks: 0, closed: false }
    text += source.slice(from, quote)
    if (source[quote + 1] !== '"') {
      return { text, end: quote + 1, breaks: text.split(lineBreak).length - 1, closed: true }
    }
    text += '"'
    from = quote + 2
  }
}
