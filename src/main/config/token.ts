import { randomBytes } from 'node:crypto'
import { ParleyError } from '#shared/lib/error.ts'

const shortest = 32

/**
 * The token that lets callers in over the network: the one given, or a new one. Throws TOKEN_INVALID for one that could be
 * guessed (shorter than 32 characters) or that no header can carry.
 */
export function chooseToken(given: string | undefined): string {
  if (given === undefined) return randomBytes(24).toString('base64url')
  if (given.length >= shortest && /^[\x21-\x7e]+$/.test(given)) return given
  const wrong = given.length < shortest ? `has ${given.length} characters` : 'has characters that no header can carry'
  throw new ParleyError('TOKEN_INVALID', `PARLEY_TOKEN ${wrong}: whoever has it can trade on this desk.`, {
    details: { length: given.length, shortest },
    wayOut: `Give at least ${shortest} random letters and digits, as "openssl rand -hex 32" prints, or leave it out for a new one each time.`,
  })
}
