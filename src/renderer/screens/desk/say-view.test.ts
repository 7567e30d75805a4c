import { expect, test } from 'vitest'
import { remarkOf, sayPlaceholder } from './say-view.ts'

test('a question goes to the agent that was chosen', () => {
  expect(remarkOf('ask:bear', 'none', ' Why? ')).toEqual({ intent: 'ask', to: 'bear', text: 'Why?' })
  expect(sayPlaceholder('ask:risk')).toBe('Ask the risk manager')
})

test('a fact carries what it speaks for, and how surely', () => {
  const fact = { intent: 'fact', text: 'A listing tomorrow.' }
  expect(remarkOf('fact', 'surely-up', 'A listing tomorrow.')).toEqual({ ...fact, direction: 'up', confidence: 0.95 })
  expect(remarkOf('fact', 'none', 'A listing tomorrow.')).toMatchObject({ direction: 'none' })
})

test('an objection is one, and without words there is no remark', () => {
  expect(remarkOf('object', 'up', 'Not tonight.')).toEqual({ intent: 'object', text: 'Not tonight.' })
  expect(remarkOf('object', 'up', '   ')).toBeUndefined()
})
