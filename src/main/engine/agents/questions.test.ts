import { describe, expect, it } from 'vitest'
import { atBus, questions } from './questions.ts'

const { signal } = new AbortController()

describe('a seat at the bus', () => {
  it('answers what it has a handler for, with what it was told', async () => {
    const seat = atBus({
      evaluate: () => {
        throw new Error('It was not asked.')
      },
      arrange: ({ order }) => ({ schedule: null, why: `Of ${order.side}.` }),
    })
    expect(Object.keys(seat)).toEqual(['evaluate', 'arrange'])
    expect(await seat['arrange']?.({ order: { side: 'buy' } }, signal)).toEqual({ schedule: null, why: 'Of buy.' })
  })

  it.each([null, undefined, 'now', 7])('is not asked where it is told nothing: %s', (input) => {
    const seat = atBus({ arrange: () => ({ schedule: null, why: '' }) })
    expect(() => seat['arrange']?.(input, signal)).toThrow(
      expect.objectContaining({
        code: 'AGENT_FAILED',
        message: '"arrange" cannot be answered: it is not told about what.',
      }),
    )
  })

  it('has for every question both what is told and what may be answered', () => {
    for (const { input, answer } of Object.values(questions)) {
      expect(input.safeParse(null).success).toBe(false)
      expect(answer.safeParse('anything').success).toBe(false)
    }
  })
})
