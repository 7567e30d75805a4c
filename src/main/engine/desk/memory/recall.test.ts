import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '#shared/domain/decision.ts'
import type { Episode } from '#shared/domain/memory.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import { alikeWithin, type Situation } from '#shared/domain/situation.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { anySituation } from '#test/builders/events.ts'
import { episodesCompared, recall, recalledSentence, recollectionSentence } from './recall.ts'

const dayMs = 86_400_000
const start = Date.UTC(2026, 5, 1, 9)
const features = { trend: 0, drift: 0, volatility: 0, rsi: 50, volume: 0, sentiment: 0, onchain: 0, conviction: 0 }
const situation: Situation = { instrument: 'BTC/USDT', at: start, regime: 'range', features }

function episode(name: string, day: number, about: Partial<Situation> = {}, filled = '0.5'): Episode {
  const at = start + day * dayMs
  return {
    runId: name,
    instrument: about.instrument ?? 'BTC/USDT',
    profile: 'balanced',
    startedAt: at,
    endedAt: at + 60_000,
    situation: { ...situation, at, ...about },
    horizonMs: dayMs,
    decision: { runId: name, at, action: 'buy', status: 'agreed' } as Decision,
    outcome: { filledQuantity: decimal(filled), lessons: ['All of it was filled.'] } as Outcome,
  }
}
const noMove = () => null
const names = (episodes: readonly Episode[]) => recall(situation, episodes, noMove).recalled.map(({ runId }) => runId)

describe('what memory brings up', () => {
  it('is what was decided in situations like this one, nearest first', () => {
    const near = episode('near', -2, { features: { ...features, rsi: 60 } })
    const far = episode('far', -3, { features: { ...features, rsi: 90 } })
    const other = episode('other', -1, { regime: 'crisis', instrument: 'ETH/USDT' })
    expect(names([other, far, near])).toEqual(['near', 'far'])
    expect(recall(situation, [other, far, near], noMove)).toMatchObject({
      compared: 3,
      nearest: expect.closeTo(0.1 / 11),
    })
  })

  it('are three at most, the newest of those that are as near, and one a day of an instrument', () => {
    const days = [-1, -2, -3, -4].map((day) => episode(`day ${day}`, day))
    expect(names(days.toReversed())).toEqual(['day -1', 'day -2', 'day -3'])
    const sameDay = [0.1, 0.2, 0.3].map((hours) => episode(`at ${hours}`, -1 + hours))
    expect(names(sameDay)).toEqual(['at 0.3'])
    expect(names([...sameDay, episode('eth', -1, { instrument: 'ETH/USDT' })])).toEqual(['at 0.3', 'eth'])
  })

  it('is never further away than is alike, and in order, whatever happened', () => {
    const episodes = fc
      .array(anySituation, { maxLength: 30 })
      .map((situations) => situations.map((about, index) => episode(`run_${index}`, -index, about)))
    fc.assert(
      fc.property(anySituation, episodes, (now, known) => {
        const { recalled, compared, nearest } = recall(now, known, noMove)
        const distances = recalled.map(({ distance }) => distance)
        expect(distances).toEqual(distances.toSorted((a, b) => a - b))
        expect(distances.every((distance) => distance <= alikeWithin)).toBe(true)
        expect(recalled.length <= 3 && compared <= known.length).toBe(true)
        expect(nearest === null).toBe(compared === 0)
        // In whichever order they come.
        expect(recall(now, known.toReversed(), noMove)).toEqual({ recalled, compared, nearest })
      }),
    )
  })

  it('leaves out what has no situation or no decision', () => {
    const { compared } = recall(
      situation,
      [
        { ...episode('a', -1), situation: null },
        { ...episode('b', -2), decision: null },
      ],
      noMove,
    )
    expect(compared).toBe(0)
  })

  it('says how the price moved over the horizon that the desk looked ahead', () => {
    const asked: unknown[] = []
    const { recalled } = recall(situation, [episode('a', -1)], (...about) => {
      asked.push(about)
      return { share: 0.021, afterMs: dayMs }
    })
    expect(asked).toEqual([['BTC/USDT', start - dayMs, dayMs]])
    expect(recalled[0]).toMatchObject({ filled: true, move: { share: 0.021 }, lessons: ['All of it was filled.'] })
  })

  it('compares a bounded number', () => {
    expect(episodesCompared).toBeLessThanOrEqual(1_000)
  })
})

describe('in words', () => {
  const moved = () => ({ share: 0.021, afterMs: dayMs })

  it('says when, how near, what was done and how the price went on', () => {
    const { recalled } = recall(situation, [episode('a', -1)], moved)
    expect(recalled.map(recalledSentence)).toEqual([
      'BTC/USDT on 2026-05-31 09:00 UTC (0.00 away, in a range): the desk bought; 24 h later the price stood +2.10 %.',
    ])
    const unfilled = recall(situation, [episode('a', -1, {}, '0')], noMove)
    expect(recollectionSentence(unfilled)).toBe(
      'Of 1 earlier decision this was made in a situation like this (alike is up to 0.15). BTC/USDT on 2026-05-31 09:00 UTC (0.00 away, in a range): the desk wanted to buy, and nothing was bought; how the price went on is unavailable.',
    )
  })

  it('says that nothing was like this, and how near the nearest came', () => {
    const away = episode('a', -1, { regime: 'crisis', instrument: 'ETH/USDT' })
    expect(recollectionSentence(recall(situation, [away], moved))).toBe(
      'The one earlier decision was not made in a situation like this. The nearest is 0.27 away; alike is up to 0.15.',
    )
    expect(recollectionSentence(recall(situation, [away, away], moved))).toMatch(/^None of 2 earlier decisions was/)
  })
})
