import { ParleyError } from '#shared/lib/error.ts'

/** The most that an agent may say in one answer: many times what an honest one does. */
const most = { values: 5_000, characters: 200_000 } as const

/**
 * Refuses an answer that says too much, before anybody reads, keeps or shows it: more than 5,000 values or 200,000
 * characters, keys among them. Looks no further than that, also at what goes round in circles. Throws ANSWER_INVALID.
 */
export function refuseFlood(asked: string, seat: string, answer: unknown): void {
  let values = 0
  let characters = 0
  const rest: unknown[] = [answer]
  while (rest.length > 0) {
    const value = rest.pop()
    values += 1
    if (typeof value === 'string') characters += value.length
    else if (Array.isArray(value)) {
      // What is too much by its length alone is not looked at.
      values += value.length > most.values ? value.length : 0
      if (values <= most.values) rest.push(...value)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, held] of Object.entries(value)) {
        characters += key.length
        rest.push(held)
      }
    }
    if (values <= most.values && characters <= most.characters) continue
    throw new ParleyError('ANSWER_INVALID', `The ${seat} says too much: its answer to "${asked}" is not read.`, {
      details: { seat, asked, ...most },
    })
  }
}
