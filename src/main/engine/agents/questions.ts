import { z } from 'zod'
import { ballotSchema } from '#shared/domain/ballot.ts'
import { conflictSchema, type RaisedConflict } from '#shared/domain/conflict.ts'
import { type Argument, argumentSchema } from '#shared/domain/debate.ts'
import { decimalSchema } from '#shared/domain/decimal.ts'
import { type Evidence, evidenceSchema, validationSchema } from '#shared/domain/evidence.ts'
import { type Insight, insightSchema, type PastView } from '#shared/domain/insight.ts'
import { modelCallSchema } from '#shared/domain/model.ts'
import { outcomeSchema } from '#shared/domain/outcome.ts'
import { executionScheduleSchema } from '#shared/domain/parent-order.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import { type Proposal, proposalSchema } from '#shared/domain/proposal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { Handlers } from './agent.ts'
import type { Briefing, ProposalBriefing } from './seat.ts'
import type { AskedOfSeat } from './seats/answer.ts'
import type { Execution } from './seats/measure-outcome.ts'
import type { OrderToSchedule } from './seats/schedule-order.ts'

/** What the researcher is asked. */
export interface ResearchInput {
  readonly task: string
  readonly definition: ResearchTask
  readonly runId: string
  /** When the run began. */
  readonly runBegan: number
  readonly instrument: string
  readonly attemptsLeft: number
}

/**
 * What a seat is told with a question. The desk makes it in this process and is believed what is in it; what comes over the
 * bus is no more than looked at for being an object.
 */
function told<Input extends object>() {
  return z.custom<Input>((value) => typeof value === 'object' && value !== null, 'it is not told about what')
}

const remark = z.object({
  kind: z.enum(['thought', 'analysis', 'proposal', 'challenge', 'vote']),
  text: z.string(),
  confidence: z.number().min(0).max(1).nullable(),
  evidence: z.array(z.string()),
})
const remarks = z.array(remark)
const assessment = ballotSchema.pick({ choice: true, confidence: true, reasons: true, evidence: true })

const table = {
  research: {
    input: told<ResearchInput>(),
    answer: z.object({
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
  },
  validate: {
    input: told<{ readonly briefing: Briefing; readonly tasks: Readonly<Record<string, ResearchTask>> }>(),
    answer: validationSchema,
  },
  analyse: {
    input: told<{ readonly briefing: Briefing; readonly past: readonly PastView[] }>(),
    answer: z.object({ insight: insightSchema.nullable(), remarks }),
  },
  argue: {
    input: told<{ readonly briefing: Briefing; readonly round: number; readonly earlier: readonly Argument[] }>(),
    answer: z.object({ argument: argumentSchema, remarks }),
  },
  propose: {
    input: told<{
      readonly briefing: Briefing
      readonly insight: Insight | null
      readonly debate: readonly Argument[]
    }>(),
    answer: z.array(proposalSchema),
  },
  assess: {
    input: told<{ readonly briefing: ProposalBriefing }>(),
    answer: z.object({
      assessment,
      remarks,
      revised: z.object({ quantity: decimalSchema, why: z.string() }).optional(),
    }),
  },
  revise: {
    input: told<{ readonly briefing: Briefing; readonly proposal: Proposal }>(),
    answer: z.object({ quantity: decimalSchema, riskAtStop: decimalSchema.nullable(), why: z.string() }).nullable(),
  },
  arrange: {
    input: told<{ readonly order: OrderToSchedule }>(),
    answer: z.object({ schedule: executionScheduleSchema.nullable(), why: z.string() }),
  },
  evaluate: { input: told<Execution>(), answer: outcomeSchema },
  settle: {
    input: told<{ readonly briefing: ProposalBriefing; readonly raised?: RaisedConflict }>(),
    answer: z.object({
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
  },
  answer: { input: told<AskedOfSeat>(), answer: remark },
  judge: {
    input: told<{ readonly briefing: ProposalBriefing }>(),
    answer: z.object({ assessment, call: modelCallSchema }),
  },
  speak: {
    input: told<{ readonly argument: Argument; readonly evidence: readonly Evidence[] }>(),
    answer: z.object({ remark: remark.nullable(), call: modelCallSchema }),
  },
} as const

/** What can be asked of a seat. */
export type Question = keyof typeof table
/** What a seat is told with a question. */
export type Input<Asked extends Question> = z.infer<(typeof table)[Asked]['input']>
/** The answer to a question, once it was checked. */
export type Answer<Asked extends Question> = z.infer<(typeof table)[Asked]['answer']>

/** Every question: what the seat is told with it, and what it may answer. An agent is believed nothing that does not fit. */
export const questions: {
  readonly [Asked in Question]: {
    readonly input: z.ZodType<Input<Asked>>
    readonly answer: z.ZodType<Answer<Asked>>
  }
} = table

/** A value that nobody is to change, all the way down. */
type Unchanging<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Unchanging<Item>[]
    : { readonly [Key in keyof Value]: Unchanging<Value[Key]> }

/** What a seat answers to each question that it can be asked. */
export type SeatHandlers = {
  readonly [Asked in Question]?: (
    input: Input<Asked>,
    signal: AbortSignal,
  ) => Unchanging<Answer<Asked>> | Promise<Unchanging<Answer<Asked>>>
}

/** The handlers of a seat as they stand at the bus: what comes over it is read by the table first. */
export function atBus(handlers: SeatHandlers): Handlers {
  return Object.fromEntries(
    Object.keys(handlers).flatMap((name) => (isQuestion(name) ? [[name, reading(name, handlers[name])]] : [])),
  )
}

function reading<Asked extends Question>(asked: Asked, handle: SeatHandlers[Asked]): Handlers[string] {
  return (input, signal) => handle?.(inputOf(asked, input), signal)
}

function isQuestion(name: string): name is Question {
  return Object.hasOwn(table, name)
}

function inputOf<Asked extends Question>(asked: Asked, input: unknown): Input<Asked> {
  const { success, data, error } = questions[asked].input.safeParse(input)
  if (success) return data
  throw new ParleyError('AGENT_FAILED', `"${asked}" cannot be answered: ${error.issues[0]?.message ?? ''}.`)
}
