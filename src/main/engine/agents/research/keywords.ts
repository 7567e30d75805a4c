import { count, listWords } from '#engine/agents/wording.ts'
import { scoreText } from '#engine/market/sentiment/sentiment.ts'
import type { Text } from '#engine/ports/research-sources.ts'
import {
  coverage,
  deviationOf,
  type Finding,
  inDeviations,
  knownFigures,
  meanOf,
  type Nothing,
  type ReadContext,
  signalOf,
  significance,
  type TaskReaders,
} from './reading.ts'

const dayMs = 86_400_000
const shownWords = 5

const silent = new Set(
  `about after again against also amid and any are back been before being below between both but can could does down during each even
  every for from gets had has have her here his how into its just last least less like made make many more most much near new next not
  now off on once one only other our out over own per says set still such than that the their them then there these they this three
  through today under until up us very was week well were what when where which while who why will with without would year you your`.split(
    /\s+/,
  ),
)

function wordsOf(text: string, names: ReadonlySet<string>): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[a-z][a-z'-]{2,}/g) ?? []
  return new Set(words.filter((word) => !silent.has(word) && !names.has(word)))
}

/** How much tone a word comes with. */
function loudness({ times, tone }: { readonly times: number; readonly tone: number }): number {
  return times * Math.abs(tone)
}

/** The tone of the last day's headlines against that of the days before: it is the turn that is news. */
export function signalOfTurn(recent: readonly number[], before: readonly number[]) {
  if (recent.length === 0 || before.length === 0) return { turn: 0, signal: 0, strength: 0 }
  const turn = meanOf(recent) - meanOf(before)
  const spread = deviationOf([...recent, ...before])
  const deviations = inDeviations(turn, spread * Math.sqrt(1 / recent.length + 1 / before.length))
  return { turn, signal: signalOf(deviations), strength: significance(deviations) }
}

function readKeywords(texts: readonly Text[], { instrument, now }: ReadContext): Finding | Nothing {
  const known = texts.filter(({ at }) => at <= now)
  const names = new Set(instrument.toLowerCase().split('/'))
  const themes = new Map<string, number[]>()
  const scored = known.map(({ at, text }) => ({ at, text, score: scoreText(text).score }))
  for (const { text, score } of scored) {
    for (const word of wordsOf(text, names)) {
      const scores = themes.get(word) ?? []
      themes.set(word, scores)
      scores.push(score)
    }
  }
  // What every third headline says is what they are about, not news of it.
  const most = Math.max(2, known.length / 3)
  const common = Array.from(themes, ([word, scores]) => ({ word, times: scores.length, tone: meanOf(scores) }))
    .filter(({ times }) => times > 1 && times <= most)
    .sort((a, b) => loudness(b) - loudness(a) || b.times - a.times || (a.word < b.word ? -1 : 1))
    .slice(0, shownWords)
  if (common.length === 0)
    return { nothing: `No word comes up twice in ${count(known.length, 'headline')} on ${instrument}.` }
  const words = common.map(({ word, times, tone }) => `"${word}" (${times} times, tone ${tone.toFixed(2)})`)
  const { turn, ...direction } = signalOfTurn(
    scored.filter(({ at }) => at > now - dayMs).map(({ score }) => score),
    scored.filter(({ at }) => at <= now - dayMs).map(({ score }) => score),
  )
  const turned =
    Math.abs(turn) < 0.05 ? 'is little changed' : `turned ${turn > 0 ? 'up' : 'down'} by ${Math.abs(turn).toFixed(2)}`
  return {
    summary: `The tone of headlines on ${instrument} ${turned} in a day; most used words: ${listWords(words)}.`,
    figures: {
      ...knownFigures({ headlines: known.length, turn }),
      ...knownFigures(Object.fromEntries(common.map(({ word, times }) => [`word ${word}`, times]))),
      ...direction,
    },
    quality: coverage(known.length, 10),
  }
}

/** What headlines are about, and which way their tone turns. */
export const keywordExtraction: TaskReaders = { readers: { news: readKeywords } }
