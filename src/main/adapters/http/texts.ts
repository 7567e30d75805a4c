import { parseFeed } from 'feedsmith'
import { sourceUnavailable } from '#adapters/research/source-unavailable.ts'
import type { SourceName, Text } from '#engine/ports/research-sources.ts'

/** Longer texts are cut: a headline is a line. */
const longest = 300

interface Item {
  readonly title?: string | { readonly value?: string } | undefined
  readonly pubDate?: string | Date | undefined
  readonly published?: string | Date | undefined
  readonly updated?: string | Date | undefined
  readonly date_published?: string | Date | undefined
  readonly dc?: { readonly dates?: readonly (string | Date)[]; readonly date?: string | Date } | undefined
}

/**
 * Reads the headlines of an RSS, Atom, RDF or JSON feed, oldest first. Entries without a title or a date, and those dated
 * after now, are left out. Throws SOURCE_UNAVAILABLE for what is no feed.
 */
export function readTexts(
  source: Extract<SourceName, 'news' | 'social'>,
  body: string,
  host: string,
  publisher: string,
  nowMs: number,
): readonly Text[] {
  let parsed: { readonly feed: unknown }
  try {
    parsed = parseFeed(body)
  } catch {
    throw sourceUnavailable(source, `${host} sent something that is no feed.`, 'definitive', { cause: 'wrong schema' })
  }
  const { items, entries } = parsed.feed as { readonly items?: readonly Item[]; readonly entries?: readonly Item[] }
  return (items ?? entries ?? [])
    .flatMap((item) => {
      const at = momentOf(item)
      const text = plain(typeof item.title === 'string' ? item.title : (item.title?.value ?? ''))
      return at === undefined || at > nowMs || text === '' ? [] : { at, text, publisher, reach: 1 }
    })
    .sort((a, b) => a.at - b.at)
}

function momentOf(item: Item): number | undefined {
  const dated =
    item.pubDate ?? item.published ?? item.updated ?? item.date_published ?? item.dc?.dates?.[0] ?? item.dc?.date
  const at = dated === undefined ? Number.NaN : new Date(dated).getTime()
  return Number.isNaN(at) ? undefined : at
}

/** Without tags, control characters and runs of spaces: what somebody else wrote is shown as a line of text and nothing else. */
function plain(title: string): string {
  const text = title
    .replaceAll(/<[^>]*>/g, ' ')
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

/** True when one of the names stands in the text as a whole word, in any case. */
export function isAbout(text: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    return new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped}(?![\p{L}\p{N}])`, 'iu').test(text)
  })
}
