import { count, figure, listWords } from '#engine/agents/wording.ts'
import { aggregateSentiment, type SentimentItem, type SentimentRead } from '#engine/market/sentiment/sentiment.ts'
import { median } from '#engine/market/statistics.ts'
import type { SourceData, Text } from '#engine/ports/research-sources.ts'
import {
  clamp,
  coverage,
  type Finding,
  knownFigures,
  type Nothing,
  type ReadContext,
  type TaskReaders,
} from './reading.ts'

const halfAt = 5

/** Texts as what the sentiment reader takes; one that reaches fewer than the median reader counts by the root of its share. */
function itemsOf(texts: readonly Text[]): readonly SentimentItem[] {
  const typical = median(Float64Array.from(texts, ({ reach }) => reach))
  return texts.map(({ at, text, publisher, reach }) => ({
    text,
    time: at,
    source: publisher,
    reliability: typical > 0 ? Math.sqrt(clamp(reach / typical, 0, 1)) : 1,
  }))
}

/** The signal is the tone itself, the strength how far the texts agree and how many independent ones they are worth. */
function signalOfTone(read: SentimentRead): { readonly signal: number; readonly strength: number } {
  return { signal: clamp(read.score ?? 0, -1, 1), strength: clamp(read.confidence, 0, 1) }
}

function toneWord(score: number): string {
  if (Math.abs(score) < 0.05) return 'neutral'
  const way = score > 0 ? 'positive' : 'negative'
  return Math.abs(score) < 0.25 ? `mildly ${way}` : `clearly ${way}`
}

function readTexts(texts: readonly Text[], noun: string, { instrument, now }: ReadContext): Finding | Nothing {
  const known = texts.filter(({ at }) => at <= now)
  const read = aggregateSentiment(itemsOf(known), now)
  if (read.score === null) {
    return { nothing: `None of ${count(read.count, noun)} about ${instrument} gives a direction.` }
  }
  const left = [
    ...(read.duplicates > 0 ? [count(read.duplicates, 'repeat')] : []),
    ...(read.spam > 0 ? [`${figure(read.spam)} that look like spam`] : []),
  ]
  const discount = left.length === 0 ? '' : `, after discounting ${listWords(left)}`
  return {
    summary: `${count(read.count, noun)} on ${instrument} read ${toneWord(read.score)}: tone ${read.score.toFixed(2)} from -1 to 1, counting as ${figure(read.effectiveCount, 2)} independent ones${discount}.`,
    figures: {
      ...knownFigures({
        score: read.score,
        texts: read.count,
        effectiveTexts: read.effectiveCount,
        duplicates: read.duplicates,
        spam: read.spam,
        confidence: read.confidence,
      }),
      ...signalOfTone(read),
    },
    quality: coverage(read.effectiveCount, halfAt),
  }
}

function moodWord(value: number): string {
  if (value < 25) return 'extreme fear'
  if (value < 45) return 'fear'
  if (value <= 55) return 'neutral'
  return value <= 75 ? 'greed' : 'extreme greed'
}

/** Read against the crowd: the signal leans the other way, and counts only near the ends of the scale. */
export function signalOfMood(value: number): { readonly signal: number; readonly strength: number } {
  const lean = clamp((value - 50) / 50, -1, 1)
  return { signal: lean === 0 ? 0 : -lean, strength: lean * lean }
}

function readFearGreed(data: SourceData['fear_greed'], { now }: ReadContext): Finding | Nothing {
  const days = data.filter(({ at }) => at <= now)
  const last = days.at(-1)
  if (last === undefined) return { nothing: 'The fear and greed index has no value yet.' }
  const weekAgo = days.at(-8)
  const before = weekAgo === undefined ? '' : `, from ${figure(weekAgo.value)} a week ago`
  return {
    summary: `Fear and greed stands at ${figure(last.value)} of 100 (${moodWord(last.value)})${before}; extremes tend to reverse.`,
    figures: {
      ...knownFigures({ index: last.value, weekAgo: weekAgo?.value ?? null, days: days.length }),
      ...signalOfMood(last.value),
    },
    quality: coverage(days.length, halfAt),
  }
}

/** Tone of headlines and posts, and the mood of the crowd. */
export const marketSentiment: TaskReaders = {
  readers: {
    news: (data, context) => readTexts(data, 'headline', context),
    social: (data, context) => readTexts(data, 'post', context),
    fear_greed: readFearGreed,
  },
}
