import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Where new ids come from. */
export interface Ids {
  /** A new id, for instance `run_01k5x…`: sorts by time of making, unique on this desk. */
  next(prefix: string): string
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Ids after ULID: ten characters of time, then a counter within the millisecond, then five random characters. */
export function createIds(clock: Clock, random: Random): Ids {
  let lastMs = 0
  let counter = 0
  return {
    next(prefix) {
      const nowMs = Math.max(clock.now(), lastMs)
      counter = nowMs === lastMs ? counter + 1 : 0
      lastMs = nowMs
      let tail = ''
      for (let index = 0; index < 5; index++) tail += alphabet.charAt(random.int(0, 31))
      return `${prefix}_${encode(nowMs, 10)}${encode(counter, 3)}${tail}`
    },
  }
}

function encode(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let index = 0; index < length; index++) {
    text = alphabet.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}
