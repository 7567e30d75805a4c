import { describe, expect, it } from 'vitest'
import { financeLexicon, overlayLexicon } from './finance-lexicon.ts'
import { aggregateSentiment, scoreText, spamScore } from './sentiment.ts'

describe('the finance lexicon', () => {
  it('knows good news from bad', () => {
    for (const text of [
      'Apple beats estimates, raises guidance',
      'SEC approves spot bitcoin ETF',
      'Broker upgraded to overweight',
    ]) {
      expect(scoreText(text).score, text).toBeGreaterThan(0.3)
    }
    for (const text of [
      'Apple misses earnings, shares plunge',
      'Exchange hacked, funds stolen',
      'Shares tumble on lawsuit',
    ]) {
      expect(scoreText(text).score, text).toBeLessThan(-0.3)
    }
  })

  it('turns a word that is negated', () => {
    expect(scoreText('The company did not miss estimates').score).toBeGreaterThan(0)
    expect(scoreText("The regulator won't approve the fund").score).toBeLessThan(0)
  })

  it('lies over a general lexicon', () => {
    const general = new Map([
      ['gross', -2.1],
      ['great', 3.1],
    ])
    const lexicon = overlayLexicon(general, financeLexicon)
    expect(scoreText('gross margin', { lexicon }).score).toBe(0)
    expect(scoreText('great margin', { lexicon }).score).toBeGreaterThan(0)
  })

  it('is sure of nothing when no word says anything, and surer the more words agree', () => {
    expect(scoreText('The cat sat on the mat')).toEqual({ score: 0, confidence: 0, hits: 0 })
    const one = scoreText('Shares plunge').confidence
    expect(scoreText('Shares plunge and crash after fraud').confidence).toBeGreaterThan(one)
    expect(scoreText('Shares plunge, then rally and surge').confidence).toBeLessThan(one)
  })
})

describe('sentiment over sources', () => {
  const now = 1_700_000_000_000
  const hour = 3_600_000
  const good = { text: 'Acme beats estimates and raises guidance', time: now - hour, source: 'wire' }
  const bad = { text: 'Acme shares plunge on fraud probe today', time: now - hour, source: 'paper' }

  it('has no score where nobody says anything', () => {
    expect(aggregateSentiment([], now)).toMatchObject({ score: null, confidence: 0, count: 0 })
    expect(aggregateSentiment([{ ...good, text: 'Acme is a company' }], now).score).toBeNull()
  })

  it('leaves out what was not yet written', () => {
    expect(aggregateSentiment([good, { ...bad, time: now + 1 }], now)).toMatchObject({ count: 1 })
  })

  it('weighs the newer text more', () => {
    const fresh = aggregateSentiment([good, { ...bad, time: now - 48 * hour }], now).score as number
    const stale = aggregateSentiment([{ ...good, time: now - 48 * hour }, bad], now).score as number
    expect(fresh).toBeGreaterThan(0.4)
    expect(stale).toBeLessThan(-0.4)
  })

  it('a hundred copies by one source weigh no more than the first', () => {
    const copies = Array.from({ length: 100 }, (_, k) => ({ ...good, time: now - hour + k }))
    const flooded = aggregateSentiment([...copies, bad], now)
    expect(flooded.duplicates).toBe(99)
    expect(flooded.score).toBeCloseTo(aggregateSentiment([good, bad], now).score as number, 9)
  })

  it('copies by other sources count for ever less', () => {
    const copies = Array.from({ length: 50 }, (_, k) => ({ ...good, source: `mirror ${k}`, time: now - hour + k }))
    expect(aggregateSentiment(copies, now).effectiveCount).toBeLessThan(3.1)
  })

  it('discounts spam', () => {
    const spam = 'FREE AIRDROP GIVEAWAY!!!! JOIN OUR TELEGRAM 100x MOON #a #b #c #d #e'
    expect(spamScore(spam)).toBe(1)
    expect(spamScore(good.text)).toBe(0)
    const read = aggregateSentiment([bad, { ...good, text: spam }], now)
    expect(read.spam).toBe(1)
    expect(read.score).toBeCloseTo(aggregateSentiment([bad], now).score as number, 9)
  })
})
