/**
 * What a person types, as a full-text query that cannot be malformed: every word must be there (each may be the beginning
 * of a longer one), "words in quotes" as a phrase, and none that has a minus before it. Undefined when there is no word to
 * look for: words to leave out alone find nothing out.
 */
export function fullTextQuery(typed: string): string | undefined {
  const wanted: string[] = []
  const unwanted: string[] = []
  for (const [, minus, phrase, word] of typed.replaceAll('\0', ' ').matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/gu)) {
    const text = phrase ?? word ?? ''
    if (!/[\p{L}\p{N}]/u.test(text)) continue
    const quoted = `"${text}"${phrase === undefined ? '*' : ''}`
    if (minus === '-') unwanted.push(quoted)
    else wanted.push(quoted)
  }
  if (wanted.length === 0) return undefined
  const query = wanted.join(' AND ')
  return unwanted.length === 0 ? query : `(${query}) NOT (${unwanted.join(' OR ')})`
}
