import { describe, expect, it } from 'vitest'
import { refuseFlood } from './answer-limits.ts'

const read = (answer: unknown) => () => refuseFlood('assess', 'bull', answer)
const tooMuch = expect.objectContaining({ code: 'ANSWER_INVALID', message: expect.stringContaining('says too much') })

describe('how much an agent may say at once', () => {
  it.each([
    ['nothing', undefined],
    ['a word', 'hold'],
    ['4,999 values in a list', Array(4_999).fill(1)],
    ['200,000 characters', 'x'.repeat(200_000)],
  ])('%s is read', (_what, answer) => {
    expect(read(answer)).not.toThrow()
  })

  it.each([
    ['5,000 values in a list', Array(5_000).fill(1)],
    ['a hundred million empty places', Array(1e8)],
    ['lists in lists', Array(200).fill(Array(200).fill(0))],
    ['200,001 characters', ['x'.repeat(200_000), 'x']],
    ['long keys', { ['x'.repeat(200_001)]: 1 }],
  ])('%s are not', (_what, answer) => {
    expect(read(answer)).toThrow(tooMuch)
  })

  it('what holds itself is not looked at for ever', () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(read(loop)).toThrow(tooMuch)
  })
})
