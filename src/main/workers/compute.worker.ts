import { answerFrom } from './answer.ts'
import { heavyTable } from './heavy.ts'

// The entry of the desk's worker threads.

export const answer = answerFrom(heavyTable)
