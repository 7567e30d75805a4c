import { describe, expect, it } from 'vitest'
import { amount, count, figure, listWords, percent, sentence, signedFigure, signedPercent, span } from './wording.ts'

describe('numbers in words', () => {
  it('are rounded to what is worth reading, without a minus zero', () => {
    expect([0.0213, -0.0213, -0.00001].map((value) => signedPercent(value))).toEqual(['+2.1 %', '-2.1 %', '0.0 %'])
    expect(percent(0.5, 0)).toBe('50 %')
    expect([64210.24, 1_234_567, 0.012345, 3, -0.5, 0].map((value) => figure(value))).toEqual([
      '64,210',
      '1,234,567',
      '0.01235',
      '3',
      '-0.5',
      '0',
    ])
    expect([84, -1.5].map((value) => signedFigure(value))).toEqual(['+84', '-1.5'])
    expect([1.26e12, 4e9, 1.5e6, 1_200].map(amount)).toEqual(['1.3 tn', '4.0 bn', '1.5 m', '1,200'])
  })

  it('count in the singular and the plural', () => {
    expect([count(1, 'text'), count(2, 'text'), count(3, 'past stretch')]).toEqual([
      '1 text',
      '2 texts',
      '3 past stretches',
    ])
  })

  it('tell spans in the largest unit that there are two of', () => {
    expect([30_000, 600_000, 86_400_000, 3 * 86_400_000].map(span)).toEqual(['30 s', '10 min', '24 h', '3 days'])
  })

  it('are joined as people join them', () => {
    expect([listWords([]), listWords(['a']), listWords(['a', 'b']), listWords(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ])
    expect(sentence('buy')).toBe('Buy')
  })
})
