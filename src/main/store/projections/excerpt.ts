/** Marks around a found word: characters that no text has. */
export const foundMarks = { before: '\u{E000}', after: '\u{E001}' } as const

/** A piece of a text; found marks what was looked for. */
export interface ExcerptPart {
  readonly text: string
  readonly found: boolean
}

/** An excerpt in pieces, those between marks as found. */
export function excerptParts(excerpt: string): ExcerptPart[] {
  const { before, after } = foundMarks
  return excerpt
    .split(new RegExp(`(${before}[^${after}]*${after})`, 'u'))
    .filter((part) => part !== '')
    .map((part) => {
      const found = part.startsWith(before)
      return { text: found ? part.slice(before.length, -after.length) : part, found }
    })
}
