import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { awardInTurn, awardTogether, type BidWeights, type Contractor } from './contract-net.ts'

interface Task {
  readonly id: string
  readonly needs: string
}

const weights: BidWeights = { cost: 1, load: 1, trackRecord: 1 }

function contractor(name: string, cost: number, extra: Partial<Contractor<Task>> = {}): Contractor<Task> {
  return { name, load: 0, trackRecord: 0.5, offer: () => ({ cost, load: 0.5 }), ...extra }
}

function task(id: string, needs = 'anything'): Task {
  return { id, needs }
}

describe('awards in turn', () => {
  it('go to the cheapest, the least busy, the most reliable, other things being equal', () => {
    const winner = (contractors: Contractor<Task>[]) =>
      awardInTurn([task('a')], contractors, weights).awards[0]?.contractor
    expect(winner([contractor('dear', 2), contractor('cheap', 1)])).toBe('cheap')
    expect(winner([contractor('busy', 1, { load: 0.3 }), contractor('idle', 1)])).toBe('idle')
    expect(winner([contractor('poor', 1), contractor('sound', 1, { trackRecord: 0.9 })])).toBe('sound')
    expect(winner([contractor('b', 1), contractor('a', 1)])).toBe('a')
  })

  it('fill hands until there is no capacity, and say who declined and what is left over', () => {
    const only = contractor('only', 1)
    const unable = contractor('unable', 1, { offer: () => undefined })
    const { awards, unassigned, transcript } = awardInTurn([task('a'), task('b'), task('c')], [only, unable], weights)
    expect(awards.map(({ taskId, load }) => [taskId, load])).toEqual([
      ['a', 0.5],
      ['b', 1],
    ])
    expect(unassigned).toEqual(['c'])
    expect(transcript.slice(-4)).toEqual([
      { kind: 'announced', taskId: 'c' },
      { kind: 'declined', taskId: 'c', contractor: 'only', reason: 'NO_CAPACITY' },
      { kind: 'declined', taskId: 'c', contractor: 'unable', reason: 'NOT_ABLE' },
      { kind: 'unassigned', taskId: 'c' },
    ])
  })

  it('need contractors of different names', () => {
    expect(() => awardInTurn([], [contractor('a', 1), contractor('a', 2)], weights)).toThrowError(
      expect.objectContaining({ code: 'CONTRACTOR_INVALID' }),
    )
  })
})

describe('awards together', () => {
  it('see what taking turns does not: the one who can do both is kept for the task that only it can do', () => {
    const both = contractor('both', 1, { load: 0.5 })
    const one = contractor('one', 2, {
      offer: ({ needs }) => (needs === 'anything' ? { cost: 2, load: 0.5 } : undefined),
    })
    const tasks = [task('easy'), task('hard', 'skill')]
    expect(awardInTurn(tasks, [both, one], { cost: 1, load: 0, trackRecord: 0 }).unassigned).toEqual(['hard'])
    const { awards, unassigned } = awardTogether(tasks, [both, one], { cost: 1, load: 0, trackRecord: 0 })
    expect(unassigned).toEqual([])
    expect(awards.map(({ taskId, contractor }) => `${taskId} ${contractor}`)).toEqual(['easy one', 'hard both'])
  })

  it('go on in rounds while somebody has capacity', () => {
    const { awards, unassigned } = awardTogether([task('a'), task('b'), task('c')], [contractor('only', 1)], weights)
    expect(awards.map(({ taskId }) => taskId)).toEqual(['a', 'b'])
    expect(unassigned).toEqual(['c'])
  })
})

it('every task is awarded once or left over, no one is overloaded, and the order of contractors does not matter', () => {
  const crews = fc.uniqueArray(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(9), fc.integer({ min: 0, max: 3 })),
    {
      selector: ([name]) => name,
      maxLength: 4,
    },
  )
  fc.assert(
    fc.property(crews, fc.nat(6), fc.constantFrom(awardInTurn, awardTogether), (crew, count, method) => {
      const tasks = Array.from({ length: count }, (_, index) => task(`task ${index}`))
      const contractors = crew.map(([name, cost, load]) => contractor(name, cost, { load: load / 4 }))
      const outcome = method(tasks, contractors, weights)
      const seen = [...outcome.awards.map(({ taskId }) => taskId), ...outcome.unassigned]
      expect(seen.sort()).toEqual(tasks.map(({ id }) => id))
      for (const { load } of outcome.awards) expect(load).toBeLessThanOrEqual(1)
      expect(method(tasks, [...contractors].reverse(), weights)).toEqual(outcome)
    }),
  )
})
