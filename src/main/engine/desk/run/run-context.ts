import type { Answer, Input, Question } from '#engine/agents/questions.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { ModelUse } from '#shared/domain/model.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { refuseInvented } from './answer-checks.ts'
import { checkAnswer } from './answers.ts'
import type { DeskParts } from './desk-parts.ts'
import { recordLate } from './run-log.ts'
import type { RunState } from './run-state.ts'

/** One run as its steps see it. */
export interface RunContext {
  readonly parts: DeskParts
  readonly memory: RunState
  /** The epoch of the trading state when the run began: after a stop nothing of it is carried out (KS-12). */
  readonly tradingEpoch: number
  /** Outcomes of earlier decisions on the instrument. */
  readonly outcomes: ProposalBriefing['outcomes']
  /** How many rounds of debate are planned. */
  readonly plannedRounds: number
  /** Agents that think again about what the trader has said; the votes are counted after that. */
  readonly thinkingAgain: { current: Promise<unknown> | undefined }
  /** Looks for conflicts with other plans (see createReconciler). */
  readonly reconcile: () => void
}

/** How long an agent may take, and what makes its answer too late. */
export interface Asking {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Does one step of a run. */
export type StepWork = (run: RunContext, context: StepContext, seat: Seat) => Promise<StepResult>

/** A step that is done and cost nothing; what came of it is in the journal. */
export const done: StepResult = { status: 'succeeded', output: null, usd: 0 }

/** Asks a seat over the bus. Rejects with ANSWER_INVALID, ANSWER_LATE after the signal, and with what the agent fails with. */
export async function askSeat<Asked extends Question>(
  run: RunContext,
  {
    seat,
    asked,
    input,
    timeoutMs,
    signal,
    onLate,
  }: Asking & { seat: Seat; asked: Asked; input: Input<Asked>; onLate?: (answer: unknown) => void },
): Promise<Answer<Asked>> {
  if (signal.aborted) {
    throw new ParleyError('ANSWER_LATE', `The ${seat} was not asked "${asked}": the step was stopped before.`)
  }
  // The request is not withdrawn when the run stops: what the agent was asked may be billed, and is to be recorded.
  const answer = await run.parts.bus.request(
    `agent.${seat}`,
    { action: asked, input },
    { timeoutMs, ...(onLate && { onLate }) },
  )
  if (signal.aborted) {
    throw new ParleyError('ANSWER_LATE', `The ${seat} answered "${asked}" after the step was stopped.`)
  }
  const checked = checkAnswer(asked, seat, answer)
  refuseInvented(run.memory, seat, checked)
  return checked
}

/** Asks the seat that owns a step, within the step’s time; an answer after that is journalled as late. */
export function ask<Asked extends Question>(
  run: RunContext,
  context: StepContext,
  seat: Seat,
  asked: Asked,
  input: Input<Asked>,
): Promise<Answer<Asked>> {
  return askSeat(run, {
    seat,
    asked,
    input,
    ...askingOf(context),
    onLate: (answer) => void recordLate(run, context, seat, asked, costOf(answer)),
  })
}

/** What an answer that nobody has checked says that it cost, in USD; 0 where it says nothing. */
function costOf(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'usd' in answer ? Number(answer.usd) : 0
}

/** How long a step’s seat may take. */
export const askingOf = ({ step: { timeoutMs }, signal }: StepContext): Asking => ({ timeoutMs, signal })

/** Refuses what an agent says of another run or instrument than it was asked about; throws ANSWER_INVALID. */
export function refuseStray(
  { runId, goal }: RunState,
  seat: Seat,
  what: string,
  about: { readonly runId: string; readonly instrument?: string },
): void {
  const { instrument = goal.instrument } = about
  if (about.runId === runId && instrument === goal.instrument) return
  throw new ParleyError('ANSWER_INVALID', `${what} of the ${seat} is about ${instrument} in ${about.runId}.`)
}

/** Whether the seat has a language model for the use. */
export function hasModel({ parts }: RunContext, seat: Seat, use: ModelUse): boolean {
  return parts.models.get(seat)?.uses.includes(use) === true
}

/** A run that is under way, and what ends it. */
export interface RunUnderWay {
  readonly work: RunContext
  readonly signal: AbortSignal
}
