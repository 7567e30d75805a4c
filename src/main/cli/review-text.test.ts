import { describe, expect, it } from 'vitest'
import { createBlindReview, createReviewView } from '#test/builders/reviews.ts'
import { overridesText, reviewsText, reviewText } from './review-text.ts'
import { describeTerminal } from './terminal.ts'

const terminal = describeTerminal(process.stdout, { TERM: 'dumb' })

describe('a review in a terminal', () => {
  it('says what would be sent, its hash, the rule, what it does, and how to approve exactly that', () => {
    const text = reviewText(createReviewView(), null, terminal)
    for (const said of [
      'BUY 0.05 BTC/USDT at market',
      'waits for you, 600 s left',
      `Hash of the order: ${'a1'.repeat(32)}`,
      'NEAR_TIE: The first two options are 4 % apart; less than 10 % is a near tie.',
      'moved 3.2 bp, limit 50 bp',
      'would pass it now',
      'Four-eyes is off',
      `parley review approve rev_1 --hash ${'a1'.repeat(6)}`,
    ]) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(said)
    }
  })

  it('HO-10 keeps the votes and the rules of a hard one back until the trader has judged it', () => {
    const blind = reviewText(createBlindReview(), null, terminal)
    expect(blind).not.toMatch(/VOTE|NEAR_TIE|BUY|Hash|review approve/)
    expect(blind.replaceAll(/\s+/g, ' ')).toContain('parley review judge rev_1')
    const hard = createReviewView({ difficulty: 'hard' })
    const judgement = { action: 'hold', confidence: 0.7, at: 3 } as const
    const judged = reviewText({ ...hard, judgement }, null, terminal)
    expect(judged).toMatch(/VOTE/)
    expect(judged).toContain('Your view before the votes: hold, confidence 0.70.')
  })

  it('of a closed one says how it ended, and names no way to approve it', () => {
    const end = { at: 0, by: 'reviews', reason: 'Nobody answered in time', words: null, dwellMs: null }
    const text = reviewText(createReviewView({ status: 'expired', end }), null, terminal)
    expect(text).toContain('1970-01-01 00:00 UTC, by reviews: Nobody answered in time')
    expect(text).not.toContain('review approve')
  })
})

it('lists say what is left, what became of it, and when there is nothing', () => {
  expect(reviewsText([], terminal)).toBe('No reviews.')
  const text = reviewsText([createReviewView(), createReviewView({ id: 'rev_2', status: 'voided' })], terminal)
  expect(text).toMatch(/rev_1 +BUY 0.05 BTC\/USDT at market +waits for you, 600 s left\nrev_2 +BUY .+ +void/)
  expect(overridesText([], terminal)).toBe('You have not acted against the desk.')
})
