import { describe, expect, it } from 'vitest'
import { readExecution, typedOf } from './execution-view.ts'

describe('how an order is to be carried out, as it is typed', () => {
  it('is the choice that stands there, and what is left empty the executor decides', () => {
    for (const choice of [
      { algorithm: 'twap' },
      { algorithm: 'pov', minutes: 30, participation: 0.1 },
      { algorithm: 'at-once' },
    ] as const)
      expect(readExecution(typedOf(choice))).toEqual(choice)
    expect(readExecution(typedOf(undefined))).toEqual({ algorithm: 'auto' })
  })

  it('is nothing while something of it cannot be taken; what is not asked for does not count', () => {
    const twap = typedOf({ algorithm: 'twap' })
    for (const minutes of ['0', '601', 'soon']) expect(readExecution({ ...twap, minutes })).toBeNull()
    for (const participation of ['0', '91', 'much']) expect(readExecution({ ...twap, participation })).toBeNull()
    expect(readExecution({ algorithm: 'at-once', minutes: 'soon', participation: '' })).toEqual({
      algorithm: 'at-once',
    })
  })
})
