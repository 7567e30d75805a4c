import { describe, expect, test } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { type ChoiceStep, planChoices } from './choices.ts'

const steps: ChoiceStep[] = [
  {
    id: 'quotes',
    needs: [],
    sources: [
      { name: 'free', seconds: 20, cost: 0 },
      { name: 'paid', seconds: 5, cost: 2 },
      { name: 'worse', seconds: 25, cost: 3 },
    ],
  },
  { id: 'news', needs: [], isOptional: true, sources: [{ name: 'feed', seconds: 30, cost: 1 }] },
  { id: 'report', needs: ['quotes', 'news'], sources: [{ name: 'desk', seconds: 10, cost: 0 }] },
]
const slots = [
  { slots: 1, cost: 0 },
  { slots: 2, cost: 1 },
]

describe('choices between time, cost and value', () => {
  test('the front holds what is fastest, cheapest and fullest, and nothing that is worse in every way', () => {
    const { front, isComplete } = planChoices({ steps, slots, random: createRandom(1) })
    expect(isComplete).toBe(true)
    expect(front.map(({ seconds, cost, value }) => [seconds, cost, value])).toEqual([
      [15, 2, 2],
      [30, 0, 2],
      [40, 2, 3],
      [60, 1, 3],
    ])
    expect(front[0]?.leftOut).toEqual(['news'])
    expect(front[2]?.slots).toBe(2)
    expect(front[2]?.sources.get('quotes')).toBe('free')
  })

  test('a budget bounds the choices', () => {
    const { front } = planChoices({ steps, slots, random: createRandom(1), budget: 1 })
    expect(front.map(({ seconds, cost }) => [seconds, cost])).toEqual([
      [30, 0],
      [60, 1],
    ])
  })

  test('with too many combinations the search finds the ends of the front all the same', () => {
    const many: ChoiceStep[] = Array.from({ length: 8 }, (_, index) => ({
      id: `s${index}`,
      needs: [],
      sources: [
        { name: 'slow', seconds: 10, cost: 0 },
        { name: 'fast', seconds: 2, cost: 1 },
      ],
    }))
    const { front, isComplete } = planChoices({
      steps: many,
      slots: [{ slots: 1, cost: 0 }],
      random: createRandom(1),
      evaluations: 200,
    })
    expect(isComplete).toBe(false)
    expect(front.map(({ seconds, cost }) => [seconds, cost])).toEqual(
      Array.from({ length: 9 }, (_, slow) => [16 + 8 * slow, 8 - slow]),
    )
  })
})
