import { expect, it } from 'vitest'
import { choiceWords } from './choice-words.ts'

it('says a ballot in full, and in short where its conditions are told beside it', () => {
  const both = (choice: Parameters<typeof choiceWords>[0]['choice']) => [
    choiceWords({ choice }, 'full'),
    choiceWords({ choice }, 'short'),
  ]
  expect(both({ kind: 'option', option: 'buy' })).toEqual(['BUY', 'BUY'])
  expect(both({ kind: 'conditional', option: 'buy', conditions: ['x'] })).toEqual(['BUY if x', 'BUY on a condition'])
  expect(both({ kind: 'conditional', option: 'buy', conditions: ['x', 'y'] })).toEqual([
    'BUY if x and y',
    'BUY on 2 conditions',
  ])
  expect(both({ kind: 'ranking', ranking: [['buy'], ['hold', 'sell']] })[0]).toBe('BUY > HOLD = SELL')
  expect(both({ kind: 'ranking', ranking: [] })[0]).toBe('abstains')
  expect(both({ kind: 'abstain' })).toEqual(['abstains', 'abstains'])
})
