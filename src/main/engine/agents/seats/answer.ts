import { nameOf, sourceOf } from '#engine/agents/evidence-words.ts'
import { isValue } from '#engine/agents/market-read.ts'
import type { Remark } from '#engine/agents/seat.ts'
import { type Ballot, firstChoices } from '#shared/domain/ballot.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Message } from '#shared/domain/message.ts'

/** What a seat is asked by the trader, and what it can answer from. */
export interface AskedOfSeat {
  readonly question: string
  /** What the seat itself has said in the run. */
  readonly said: readonly Message[]
  /** Its last ballot; null when it has not voted. */
  readonly ballot: Ballot | null
  readonly evidence: readonly Evidence[]
}

/** Something that a seat can say, with what it stands on. */
interface Statement {
  readonly text: string
  readonly evidence: readonly string[]
}

const most = 3
/** A statement that fits less than this share of the best one is left out. */
const enough = 0.5

/**
 * Answers from what the seat has said, why it voted, and the dossier: the statements that share most of the question's
 * telling words (each weighed by how few statements have it, as in Robertson and Sparck Jones 1976), at most three, with
 * what they stand on. It makes nothing up: where nothing fits, and no vote is there to give reasons for, it says so.
 */
export function answerQuestion({ question, said, ballot, evidence }: AskedOfSeat): Remark {
  const statements = [...reasonsOf(ballot), ...said.flatMap(sentencesOf), ...evidence.map(findingOf)]
  const fitting = bestFitting(question, statements)
  const position = ballot === null ? [] : [positionOf(ballot)]
  const told = fitting.length > 0 ? fitting : reasonsOf(ballot)
  if (told.length === 0 && position.length === 0) {
    const text = 'I have no answer: neither my messages nor the dossier cover it.'
    return { kind: 'analysis', text, confidence: null, evidence: [] }
  }
  const beside = fitting.length > 0 ? [] : ['Nothing I know matches the question closely. My reasons for the vote:']
  const text = [...beside, ...told.map((each) => each.text), ...position].join(' ')
  const cited = [...new Set(told.flatMap((each) => each.evidence))]
  return { kind: 'analysis', text, confidence: ballot?.confidence ?? null, evidence: cited }
}

function reasonsOf(ballot: Ballot | null): readonly Statement[] {
  return ballot === null ? [] : ballot.reasons.map((text) => ({ text, evidence: ballot.evidence }))
}

function positionOf({ choice, confidence }: Ballot): string {
  const [option] = firstChoices(choice)
  return option === undefined ? 'I abstained.' : `I voted ${option} (${confidence.toFixed(2)}).`
}

function sentencesOf({ text, evidence }: Message): readonly Statement[] {
  return text.split(/(?<=[.!?])\s+(?=\p{Lu})/u).map((sentence) => ({ text: sentence, evidence }))
}

function findingOf(piece: Evidence): Statement {
  if (piece.status === 'unavailable') {
    return { text: `${sourceOf(piece)} is unavailable: ${piece.reason}`, evidence: [piece.id] }
  }
  const quality = isValue(piece) ? `, quality ${piece.quality.toFixed(2)}` : ''
  return { text: `By ${nameOf(piece)}${quality}: ${piece.summary}`, evidence: [piece.id] }
}

/** Words that tell nothing of what a question is about. */
const plain = new Set(
  'a an and are as at be but by can could did do does for from had has have how i if in is it its me my not of on or our should so than that the their them then there these they this to us was we were what when where which who why will with would you your'.split(
    ' ',
  ),
)

function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(words.filter((word) => !plain.has(word)).map(stemOf))
}

/** Enough of a word to know it again in the plural or in another tense. */
function stemOf(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|s)$/u, '').replace(/(?:ie|e|y)$/u, '') : word
}

function bestFitting(question: string, statements: readonly Statement[]): readonly Statement[] {
  const wanted = wordsOf(question)
  const known = statements.map((statement) => ({ statement, words: wordsOf(statement.text) }))
  const rarity = new Map(
    [...wanted].map((word) => {
      const having = known.filter(({ words }) => words.has(word)).length
      return [word, Math.log(1 + (known.length - having + 0.5) / (having + 0.5))]
    }),
  )
  const scored = known
    .map(({ statement, words }) => ({
      statement,
      score: [...rarity].reduce((sum, [word, weight]) => (words.has(word) ? sum + weight : sum), 0),
    }))
    .filter(({ score }) => score > 0)
    // A sort keeps the order of equals: what the seat says itself comes before what others found.
    .sort((a, b) => b.score - a.score)
  const best = scored[0]?.score ?? 0
  const texts = new Set<string>()
  return scored
    .filter(({ score, statement: { text } }) => score >= enough * best && !texts.has(text) && texts.add(text))
    .slice(0, most)
    .map(({ statement }) => statement)
}
