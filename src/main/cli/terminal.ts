/** Colours, where the output is a terminal that wants them; never the only sign of anything. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
}

/** Where a command writes to, and what that place can show. */
export interface Terminal {
  readonly paint: Paint
  /** Characters in a line; 100 where nobody says. */
  readonly columns: number
  /** Lines that can be redrawn; 0 where nothing can be. */
  readonly rows: number
}

/** What standard output can show. NO_COLOR (no-color.org) and TERM=dumb turn colours off. */
export function describeTerminal(stream = process.stdout, environment = process.env): Terminal {
  const isTerminal = stream.isTTY && environment['TERM'] !== 'dumb'
  const colours = isTerminal && (environment['NO_COLOR'] ?? '') === ''
  const sgr = (code: number, end: number) => (text: string) => (colours ? `\u001B[${code}m${text}\u001B[${end}m` : text)
  return {
    paint: { strong: sgr(1, 22), faint: sgr(2, 22), good: sgr(32, 39), bad: sgr(31, 39), warn: sgr(33, 39) },
    columns: Math.min(140, Math.max(60, stream.columns || 100)),
    rows: isTerminal ? stream.rows || 24 : 0,
  }
}

/** Writes a text and a line break to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/**
 * Shows how far something is, as a share from 0 to 1, in one line of standard error that is written over and in the end
 * wiped; shows nothing where standard error is no terminal.
 */
export function showShare(
  what: string,
  stream = process.stderr,
): { readonly report: (share: number) => void; readonly end: () => void } {
  let shown = ''
  const write = (line: string) => {
    if (!stream.isTTY || line === shown) return
    shown = line
    stream.write(`\r\u001B[K${line}`)
  }
  return { report: (share) => write(`${what}: ${wholePercent(share)} (Ctrl+C cancels)`), end: () => write('') }
}

/** Writes a value as indented JSON to standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/**
 * Breaks a text into lines of at most `width` characters between words; a word that is longer stands alone. Always at
 * least one line.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}

/** A text under an indentation, wrapped to the width; further lines hang two characters deeper. */
export function hang(text: string, indent: number, columns: number): string {
  const [first = '', ...rest] = wrapText(text, Math.max(20, columns - indent - 2))
  return [`${' '.repeat(indent)}${first}`, ...rest.map((line) => `${' '.repeat(indent + 2)}${line}`)].join('\n')
}

/** How a column of a table stands. */
export type Align = 'left' | 'right'

/**
 * Rows as a table: columns as wide as their widest cell, the last one wrapped to what is left of the line. Cells are
 * plain text; `paintRow` may colour a finished line.
 */
export function textTable(
  rows: readonly (readonly string[])[],
  options: {
    readonly columns: number
    readonly indent?: number
    readonly align?: readonly Align[]
    readonly paintRow?: (line: string, row: number) => string
  },
): string {
  const { columns, indent = 2, align = [], paintRow = (line: string) => line } = options
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  const before = indent + widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const lastWidth = Math.max(24, columns - before)
  return rows
    .flatMap((row, index) => {
      const [lastCell = '', ...firstCells] = row.toReversed()
      const cells = firstCells.toReversed().map((cell, column) => pad(cell, widths[column] ?? 0, align[column]))
      const last = widths.at(-1) ?? 0
      const lines =
        last <= lastWidth ? [pad(lastCell, last, align[row.length - 1] ?? 'left')] : wrapText(lastCell, lastWidth)
      return lines.map((line, at) => {
        const start =
          at === 0 ? `${' '.repeat(indent)}${cells.map((cell) => `${cell}  `).join('')}` : ' '.repeat(before)
        return paintRow(`${start}${line}`.trimEnd(), index)
      })
    })
    .join('\n')
}

function pad(text: string, width: number, align: Align = 'left'): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width)
}

/** A share from 0 to 1 as a bar of so many characters. */
export function shareBar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}

/** A moment as `2026-01-05 00:00 UTC`. */
export function utcMinute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A share from 0 to 1 in whole per cent. */
export function wholePercent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** Seconds with as many places as they deserve: `0.92 s`, `45 s`. */
export function durationText(seconds: number): string {
  return `${seconds >= 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds * 100) / 100} s`
}
