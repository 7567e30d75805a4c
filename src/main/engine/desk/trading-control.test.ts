import { describe, expect, it } from 'vitest'
import type { Actor } from '#shared/domain/journal.ts'
import { type RearmStanding, type RearmWords, wrongForRearm } from './trading-control.ts'

const trader: Actor = { kind: 'human', id: 'trader' }
const typed: RearmWords = { reason: 'I have looked at it', account: 'paper', mode: 'PAPER' }
const standing: RearmStanding = {
  account: 'paper',
  mode: 'paper',
  coolDownLeftMs: 0,
  isCompared: true,
  unsettledOrders: 0,
}

describe('KS-9 what keeps a desk from being re-armed', () => {
  it('is nothing, for a person who knows why and where, once it has cooled down and is settled', () => {
    expect(wrongForRearm(trader, typed, standing)).toEqual([])
  })

  const wrongs: readonly (readonly [string, Actor, Partial<RearmWords>, Partial<RearmStanding>, string])[] = [
    ['nobody but a machine asks', { kind: 'system', id: 'desk' }, {}, {}, 'only a person may re-arm the desk'],
    ['a reason of spaces', trader, { reason: `short${' '.repeat(9)}` }, {}, 'the reason needs at least 10 characters'],
    ['another account', trader, { account: 'Paper' }, {}, 'the account is "paper", not "Paper"'],
    ['another mode', trader, { mode: 'live' }, {}, 'the mode is "paper", not "live"'],
    ['a second too soon', trader, {}, { coolDownLeftMs: 1 }, 'the desk cools down for 1 more seconds'],
    [
      'no answer of the broker',
      trader,
      {},
      { isCompared: false },
      'the account has not been compared with the broker yet',
    ],
    ['orders on their way', trader, {}, { unsettledOrders: 2 }, '2 orders are not settled with the broker'],
  ]

  it.each(wrongs)('%s', (_what, by, words, desk, wrong) => {
    expect(wrongForRearm(by, { ...typed, ...words }, { ...standing, ...desk })).toEqual([wrong])
  })

  it('is told all at once', () => {
    const wrong = wrongForRearm(
      { kind: 'agent', id: 'risk' },
      { reason: '', account: '', mode: '' },
      {
        ...standing,
        coolDownLeftMs: 29_001,
        isCompared: false,
        unsettledOrders: 1,
      },
    )
    expect(wrong).toHaveLength(7)
    expect(wrong[4]).toContain('30 more seconds')
  })
})
