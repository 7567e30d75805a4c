import { type Answer, type Question, questions } from '#engine/agents/questions.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { refuseFlood } from './answer-limits.ts'

/** Checks what an agent answered; throws ANSWER_INVALID. */
export function checkAnswer<Asked extends Question>(asked: Asked, seat: string, answer: unknown): Answer<Asked> {
  refuseFlood(asked, seat, answer)
  const { success, data, error } = questions[asked].answer.safeParse(answer)
  if (success) return data
  const [issue] = error.issues
  const where = issue?.path.map(String).join('.') ?? ''
  throw new ParleyError(
    'ANSWER_INVALID',
    `The ${seat}'s answer to "${asked}" cannot be used: ${where === '' ? 'it' : where}: ${issue?.message}.`,
    { details: { seat, asked } },
  )
}
