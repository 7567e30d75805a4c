import { describe, expect, it } from 'vitest'
import type { PlanChoice } from '#shared/domain/plan-choice.ts'
import { choiceKey, markWords, planChoiceWords, plotChoices, withoutWords } from './choices-view.ts'

const choice = (about: Partial<PlanChoice> = {}): PlanChoice => ({
  leaveOut: [],
  slots: 3,
  seconds: 45,
  usd: 0.19,
  coverage: 1,
  sources: 9,
  marks: ['profile'],
  ...about,
})
const room = { width: 100, height: 60, edge: 10 }

describe('the choices as points', () => {
  it('have time to the right and cost upwards, within the edges, the fuller the larger', () => {
    const fast = choice({ seconds: 30, usd: 0.1, coverage: 0.5 })
    expect(plotChoices([fast, choice()], room)).toEqual([
      { choice: fast, x: 10, y: 50, radius: 6 },
      { choice: choice(), x: 90, y: 10, radius: 8 },
    ])
  })

  it('stand in the middle where there is nothing to tell apart', () => {
    expect(plotChoices([choice()], room)).toMatchObject([{ x: 50, y: 30 }])
    expect(plotChoices([], room)).toEqual([])
  })
})

describe('a choice in words', () => {
  it('says what it does without', () => {
    expect(withoutWords(choice())).toBe('All research.')
    expect(withoutWords(choice({ leaveOut: ['momentum'] }))).toBe('Without momentum.')
    expect(planChoiceWords(choice({ leaveOut: ['momentum', 'macro_factors'] }))).toBe(
      '45 s, $0.19, 100 % of the research, 3 in parallel. Without momentum and macro factors.',
    )
  })

  it('is told from others by what it leaves out and how much it runs at once', () => {
    const keys = [choice(), choice({ slots: 4 }), choice({ leaveOut: ['momentum'] })].map(choiceKey)
    expect(new Set(keys).size).toBe(3)
    expect(markWords(choice({ marks: ['profile', 'fastest'] }), 'balanced')).toBe('balanced unchanged, fastest')
  })
})
