import { answerFrom } from '#main/workers/answer.ts'
import { heavyFunctions } from './heavy-functions.ts'

export const answer = answerFrom(heavyFunctions)
