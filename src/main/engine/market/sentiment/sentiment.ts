import { financeLexicon } from './finance-lexicon.ts'
import { type EmojiDescriptions, type Lexicon, polarity, words } from './vader.ts'

/** The words that a desk scores texts by. */
export interface SentimentWords {
  readonly lexicon: Lexicon
  readonly emoji?: EmojiDescriptions
}

/** How positive a text is for what it is about. */
export interface TextSentiment {
  /** -1 to 1. */
  readonly score: number
  /** 0 (no word says anything) to 1 (many words that agree). */
  readonly confidence: number
  /** How many words counted. */
  readonly hits: number
}

/**
 * Scores one headline or post. Confidence is the share of valence that agrees with the score times hits / (hits + 2).
 * Without words it knows only our finance lexicon.
 */
export function scoreText(text: string, known: SentimentWords = { lexicon: financeLexicon }): TextSentiment {
  const { compound, valences } = polarity(text, known.lexicon, known.emoji)
  let sum = 0
  let size = 0
  let hits = 0
  for (const valence of valences) {
    sum += valence
    size += Math.abs(valence)
    if (valence !== 0) hits++
  }
  return { score: compound, confidence: hits === 0 ? 0 : (Math.abs(sum) / size) * (hits / (hits + 2)), hits }
}

const promotion =
  /\b(airdrop|giveaway|100x|1000x|guaranteed|dm me|join (my|our)|telegram|whatsapp|promo|referral|free money|sign ?up)\b/gi

/** How much a text looks like spam, 0 to 1: promotion, links, tags, shouting, repeated characters. */
export function spamScore(text: string): number {
  const tokens = words(text)
  if (tokens.length === 0) return 1
  const count = (pattern: RegExp) => (text.match(pattern) ?? []).length
  const letters = count(/[A-Za-z]/g)
  const shouted = letters >= 20 ? count(/[A-Z]/g) / letters : 0
  const score =
    0.35 * Math.min(3, count(promotion)) +
    0.1 * Math.max(0, count(/https?:\/\//g) - 1) +
    0.08 * Math.max(0, count(/[#$@][A-Za-z]\w*/g) - 3) +
    (shouted > 0.7 ? 0.3 : 0) +
    (/(.)\1{4,}/u.test(text) ? 0.15 : 0) +
    0.05 * Math.max(0, count(/!/g) - 2)
  return Math.min(1, score)
}

/** One text of a source; time in epoch milliseconds; reliability of the source from 0 to 1 (default 1). */
export interface SentimentItem {
  readonly text: string
  readonly time: number
  readonly source: string
  readonly reliability?: number
}

export interface SentimentRead {
  /** Weighted mean score, -1 to 1; null where no text says anything. */
  readonly score: number | null
  /** 0 to 1: grows with the effective number of texts and their agreement. */
  readonly confidence: number
  /** Texts given, and how many independent ones they are worth (Kish). */
  readonly count: number
  readonly effectiveCount: number
  readonly duplicates: number
  readonly spam: number
  /** Weighted mean score a source. */
  readonly bySource: Readonly<Record<string, number>>
}

function shingles(text: string): Set<string> {
  const tokens = words(
    text
      .toLowerCase()
      .replace(/https?:\/\/\S+/g, '')
      .replace(/^rt @\w+:?/, ''),
  )
  if (tokens.length < 3) return new Set([tokens.join(' ')])
  return new Set(tokens.slice(2).map((_, k) => tokens.slice(k, k + 3).join(' ')))
}

function similar(a: Set<string>, b: Set<string>): boolean {
  let common = 0
  for (const shingle of a) if (b.has(shingle)) common++
  return common >= 0.6 * (a.size + b.size - common)
}

export interface AggregateOptions {
  /** A text's weight halves every so many milliseconds (default 12 hours). */
  readonly halfLifeMs?: number
  readonly words?: SentimentWords
}

/**
 * Adds up what texts say as of `now` (epoch milliseconds): each counts by its confidence, its source's reliability,
 * its age and how little it looks like spam. Texts from after `now` are left out. Of near copies (three-word
 * shingles) the first counts in full, each further copy half as much as the one before it, and nothing from a source
 * that already had it.
 */
export function aggregateSentiment(
  items: readonly SentimentItem[],
  now: number,
  options: AggregateOptions = {},
): SentimentRead {
  const { halfLifeMs = 12 * 3_600_000 } = options
  const groups: { shingles: Set<string>; sources: Set<string>; copies: number }[] = []
  const sources = new Map<string, { weight: number; sum: number }>()
  let weightSum = 0
  let squares = 0
  let sum = 0
  let spread = 0
  let duplicates = 0
  let spam = 0
  const past = items.filter((item) => item.time <= now).sort((a, b) => a.time - b.time)
  const weighted: { score: number; weight: number }[] = []
  for (const item of past) {
    const own = shingles(item.text)
    let copies = 0
    const group = groups.find((other) => similar(other.shingles, own))
    if (group) {
      duplicates++
      if (group.sources.has(item.source)) continue
      group.sources.add(item.source)
      copies = ++group.copies
    } else groups.push({ shingles: own, sources: new Set([item.source]), copies: 0 })

    const suspicion = spamScore(item.text)
    if (suspicion >= 0.5) spam++
    const { score, confidence } = scoreText(item.text, options.words)
    const age = 0.5 ** ((now - item.time) / halfLifeMs)
    const weight = confidence * (item.reliability ?? 1) * age * (1 - suspicion) * 0.5 ** copies
    if (weight <= 0) continue
    weighted.push({ score, weight })
    weightSum += weight
    squares += weight * weight
    sum += weight * score
    const total = sources.get(item.source) ?? { weight: 0, sum: 0 }
    sources.set(item.source, { weight: total.weight + weight, sum: total.sum + weight * score })
  }
  const bySource = Object.fromEntries(Array.from(sources, ([name, total]) => [name, total.sum / total.weight]))
  if (weightSum === 0) {
    return { score: null, confidence: 0, count: past.length, effectiveCount: 0, duplicates, spam, bySource }
  }
  const score = sum / weightSum
  for (const item of weighted) spread += item.weight * (item.score - score) ** 2
  const effectiveCount = (weightSum * weightSum) / squares
  const agreement = 1 - Math.min(1, Math.sqrt(spread / weightSum))
  return {
    score,
    // What one typical text is worth, more texts, and their agreement.
    confidence: agreement * (1 - 0.5 ** (weightSum + 0.25 * effectiveCount)),
    count: past.length,
    effectiveCount,
    duplicates,
    spam,
    bySource,
  }
}
