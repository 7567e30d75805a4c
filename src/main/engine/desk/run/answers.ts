import { z } from 'zod'
import { ballotSchema } from '#shared/domain/ballot.ts'
import { conflictSchema } from '#shared/domain/conflict.ts'
import { argumentSchema } from '#shared/domain/debate.ts'
import { decimalSchema } from '#shared/domain/decimal.ts'
import { evidenceSchema, validationSchema } from '#shared/domain/evidence.ts'
import { insightSchema } from '#shared/domain/insight.ts'
import { modelCallSchema } from '#shared/domain/model.ts'
import { outcomeSchema } from '#shared/domain/outcome.ts'
import { executionScheduleSchema } from '#shared/domain/parent-order.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { refuseFlood } from './answer-limits.ts'

const remarkSchema = z.object({
  kind: z.enum(['thought', 'analysis', 'proposal', 'challenge', 'vote']),
  text: z.string(),
  confidence: z.number().min(0).max(1).nullable(),
  evidence: z.array(z.string()),
})
const remarks = z.array(remarkSchema)
const assessment = ballotSchema.pick({ choice: true, confidence: true, reasons: true, evidence: true })

/** What a seat may answer, by what it was asked. An agent is believed nothing that does not fit. */
export const answerSchemas = {
  research: z.object({
    evidence: z.array(evidenceSchema),
    usd: z.number().min(0),
    before: z.int().min(0),
    failed: z
      .object({
        code: z.string(),
        message: z.string(),
        rateLimited: z.boolean().optional(),
        retryAfterMs: z.number().optional(),
      })
      .optional(),
  }),
  validate: validationSchema,
  analyse: z.object({ insight: insightSchema.nullable(), remarks }),
  argue: z.object({ argument: argumentSchema, remarks }),
  propose: z.array(proposalSchema),
  assess: z.object({
    assessment,
    remarks,
    revised: z.object({ quantity: decimalSchema, why: z.string() }).optional(),
  }),
  revise: z.object({ quantity: decimalSchema, riskAtStop: decimalSchema.nullable(), why: z.string() }).nullable(),
  arrange: z.object({ schedule: executionScheduleSchema.nullable(), why: z.string() }),
  evaluate: outcomeSchema,
  settle: z.object({
    conflicts: z.array(conflictSchema),
    said: z.array(
      z.object({
        by: z.enum(['strategist', 'risk', 'optimizer', 'executor', 'planner']),
        kind: z.enum(['proposal', 'thought']),
        text: z.string(),
      }),
    ),
    revised: proposalSchema.nullable(),
  }),
  answer: remarkSchema,
  judge: z.object({ assessment, call: modelCallSchema }),
  speak: z.object({ remark: remarkSchema.nullable(), call: modelCallSchema }),
} as const

/** What can be asked of a seat. */
export type Question = keyof typeof answerSchemas
/** The answer to a question, once it was checked. */
export type Answer<Asked extends Question> = z.infer<(typeof answerSchemas)[Asked]>

/** Checks what an agent answered; throws ANSWER_INVALID. */
export function checkAnswer<Asked extends Question>(asked: Asked, seat: string, answer: unknown): Answer<Asked> {
  refuseFlood(asked, seat, answer)
  const result = answerSchemas[asked].safeParse(answer)
  if (result.success) return result.data as Answer<Asked>
  const [issue] = result.error.issues
  const where = issue?.path.map(String).join('.') ?? ''
  throw new ParleyError(
    'ANSWER_INVALID',
    `The ${seat}'s answer to "${asked}" cannot be used: ${where === '' ? 'it' : where}: ${issue?.message}.`,
    { details: { seat, asked } },
  )
}
