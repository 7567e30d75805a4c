import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseEmoji, parseLexicon, polarity } from './vader.ts'

const folder = '../shared/reference/sentiment'
const missing = !existsSync(folder)

describe.skipIf(missing)('VADER beside the reference implementation', () => {
  if (missing) return
  const lexicon = parseLexicon(readFileSync(`${folder}/vader_lexicon.txt`, 'utf8'))
  const emoji = parseEmoji(readFileSync(`${folder}/emoji_utf8_lexicon.txt`, 'utf8'))

  it('scores its sentences alike', () => {
    const file = JSON.parse(readFileSync(`${folder}/vader-sentences.json`, 'utf8')) as {
      sentences: { text: string; expected: { neg: number; neu: number; pos: number; compound: number } }[]
    }
    expect(file.sentences.length).toBeGreaterThan(10)
    for (const { text, expected } of file.sentences) {
      const actual = polarity(text, lexicon, emoji)
      expect(actual.compound, text).toBeCloseTo(expected.compound, 4)
      expect(actual.positive, text).toBeCloseTo(expected.pos, 2)
      expect(actual.neutral, text).toBeCloseTo(expected.neu, 2)
      expect(actual.negative, text).toBeCloseTo(expected.neg, 2)
    }
  })

  it('scores its tweets alike', () => {
    const [header, ...rows] = readFileSync(`${folder}/tweets.tsv`, 'utf8').trim().split('\n')
    expect(header).toMatch(/^id\thuman_mean\tvader_compound/)
    const off = rows.filter((row) => {
      const [, , compound, , , , ...text] = row.split('\t')
      return Math.abs(polarity(text.join('\t'), lexicon, emoji).compound - Number(compound)) > 1e-4
    })
    expect(off).toEqual([])
  })
})
