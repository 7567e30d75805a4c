import type { ProposalBriefing, Remark } from '#engine/agents/seat.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { ModelCall, ModelUse } from '#shared/domain/model.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { refuseInvented } from './answer-checks.ts'
import { type Answer, checkAnswer, type Question } from './answers.ts'
import type { DeskParts } from './desk-parts.ts'
import type { RunState } from './run-state.ts'

/** One run as its steps see it. */
export interface RunContext {
  readonly parts: DeskParts
  readonly memory: RunState
  /** The epoch of the trading state when the run began: after a stop nothing of it is carried out (KS-12). */
  readonly epoch: number
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

/** Journals and says something for a seat. */
export const tellAs =
  (run: RunContext, seat: Seat): Tell =>
  (events, remarks) => {
    const said = remarks.map((remark) => ({ ...remark, confidence: null, evidence: [] }))
    return record(run, seat, ...events, ...posted(run, seat, said))
  }

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
  }: Asking & { seat: Seat; asked: Asked; input: unknown; onLate?: (answer: unknown) => void },
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
  input: unknown,
): Promise<Answer<Asked>> {
  return askSeat(run, {
    seat,
    asked,
    input,
    ...askingOf(context),
    onLate: (answer) => void recordLate(run, context, seat, asked, answer),
  })
}

/** Journals an answer that came after the step's time was over; nothing else comes of it. */
function recordLate(
  { parts, memory }: RunContext,
  { step, attempt }: StepContext,
  seat: Seat,
  asked: Question,
  answer: unknown,
): Promise<unknown> {
  const usd = typeof answer === 'object' && answer !== null && 'usd' in answer ? Number(answer.usd) : 0
  const what = `The ${seat} answered "${asked}" after its time${usd > 0 ? `, at a cost of $${usd}` : ''}.`
  const data = { runId: memory.runId, stepId: step.id, attempt, what }
  const actor: Actor = { kind: 'agent', id: seat }
  return parts.journal.append({ kind: 'stepAnsweredLate', data, actor, correlationId: memory.runId })
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

/** Journals what an agent did; the run goes on while it becomes durable. */
export function record(run: RunContext, seat: Seat, ...events: readonly DeskEvent[]): Promise<unknown> {
  const actor: Actor = { kind: 'agent', id: seat }
  return run.parts.journal.append(...events.map((event) => ({ ...event, actor, correlationId: run.memory.runId })))
}

/** Remarks of a seat as messages of the run, each after the one before. */
export function posted(run: RunContext, seat: Seat, remarks: readonly (Remark | SystemRemark)[]): DeskEvent[] {
  const { ids, clock } = run.parts
  return remarks.map((remark) => ({
    kind: 'messagePosted',
    data: {
      message: {
        id: ids.next('msg'),
        runId: run.memory.runId,
        at: Math.floor(clock.now()),
        agent: seat,
        kind: remark.kind,
        text: remark.text,
        confidence: remark.confidence,
        evidence: [...remark.evidence],
        replyTo: null,
      },
    },
  }))
}

/** What the desk itself says: a decision, or how things stand. */
export interface SystemRemark extends Omit<Remark, 'kind'> {
  readonly kind: 'decision' | 'system'
}

/** Whether the seat has a language model for the use. */
export function hasModel({ parts }: RunContext, seat: Seat, use: ModelUse): boolean {
  return parts.models.get(seat)?.uses.includes(use) === true
}

/** Journals what a language model was asked and what came of it. */
export function recordCall(run: RunContext, { step }: StepContext, call: ModelCall, ...events: readonly DeskEvent[]) {
  const data = { runId: run.memory.runId, stepId: step.id, call }
  return record(run, call.seat, { kind: 'modelAsked', data }, ...events)
}

/** How a step journals something and says something, each kept by who did it. */
export type Tell = (
  events: readonly DeskEvent[],
  remarks: readonly { readonly kind: Remark['kind'] | 'decision'; readonly text: string }[],
) => Promise<unknown>

/** A run that is under way, and what ends it. */
export interface RunUnderWay {
  readonly work: RunContext
  readonly signal: AbortSignal
}
