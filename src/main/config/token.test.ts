import { describe, expect, it } from 'vitest'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { chooseToken } from './token.ts'

function refusal(given: string): unknown {
  try {
    return chooseToken(given)
  } catch (error) {
    return error
  }
}

describe('the token of the network host', () => {
  it('is a new one of at least 32 characters each time where none is given', () => {
    expect(chooseToken(undefined)).toMatch(/^[\w-]{32,}$/)
    expect(chooseToken(undefined)).not.toBe(chooseToken(undefined))
  })

  it('is the given one from 32 characters on', () => {
    expect(chooseToken('x'.repeat(32))).toBe('x'.repeat(32))
  })

  it.each(['', 'short', 'x'.repeat(31), `${'x'.repeat(32)} y`, 'ä'.repeat(32)])(
    '"%s" is refused with a code and a way out, and not repeated in the message',
    (given) => {
      const error = refusal(given)
      expect(errorCode(error)).toBe('TOKEN_INVALID')
      expect(error instanceof ParleyError && error.wayOut).toContain('at least 32')
      if (given !== '') expect(errorMessage(error)).not.toContain(given)
    },
  )
})
