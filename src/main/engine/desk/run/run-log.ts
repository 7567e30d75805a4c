import type { Entry, Journal } from '#engine/journal/journal.ts'
import type { StepContext } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Message } from '#shared/domain/message.ts'
import type { ModelCall } from '#shared/domain/model.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Ids } from '#shared/lib/ids.ts'

/** A run that something is recorded of. */
export interface RecordedRun {
  readonly parts: { readonly journal: Pick<Journal, 'append'> }
  readonly memory: { readonly runId: string }
}

/** A run that somebody says something in. */
export interface SpokenRun {
  readonly parts: { readonly clock: Clock; readonly ids: Ids }
  readonly memory: { readonly runId: string }
}

/** What is said in a run: without a confidence, evidence, or a message that it answers unless they are given. */
export type Said = Pick<Message, 'kind' | 'text'> & {
  readonly confidence?: number | null
  readonly evidence?: readonly string[]
  readonly replyTo?: string
  readonly runs?: Message['runs']
}

/** An event as an entry of the journal that belongs to a run. */
export function entryOf(runId: string, by: Actor, event: DeskEvent): Entry {
  return { ...event, actor: by, correlationId: runId }
}

/**
 * Journals what happened in a run by whoever did it: a seat, a person or the desk. The run goes on while it becomes durable;
 * rejects with JOURNAL_UNWRITABLE.
 */
export function record({ parts, memory }: RecordedRun, by: Actor | Seat, ...events: readonly DeskEvent[]) {
  const actor: Actor = typeof by === 'string' ? { kind: 'agent', id: by } : by
  return parts.journal.append(...events.map((event) => entryOf(memory.runId, actor, event)))
}

/** Something said in a run, now, by a seat, a person or the desk. */
export function messageOf({ parts, memory }: SpokenRun, speaker: string, said: Said): Message {
  const { kind, text, confidence = null, evidence = [], replyTo = null, runs } = said
  return {
    id: parts.ids.next('msg'),
    runId: memory.runId,
    at: Math.floor(parts.clock.now()),
    agent: speaker,
    kind,
    text,
    confidence,
    evidence: [...evidence],
    replyTo,
    ...(runs !== undefined && { runs }),
  }
}

/** The event of a message. */
export function posted(message: Message): DeskEvent {
  return { kind: 'messagePosted', data: { message } }
}

/** The events of what somebody says in a run, each message after the one before. */
export function said(run: SpokenRun, speaker: string, ...remarks: readonly Said[]): DeskEvent[] {
  return remarks.map((remark) => posted(messageOf(run, speaker, remark)))
}

/** Journals what a language model was asked and what came of it. */
export function recordCall(
  run: RecordedRun,
  { step }: StepContext,
  call: ModelCall,
  ...events: readonly DeskEvent[]
): Promise<unknown> {
  const data = { runId: run.memory.runId, stepId: step.id, call }
  return record(run, call.seat, { kind: 'modelAsked', data }, ...events)
}

/** Journals an answer that came after the step's time was over; nothing else comes of it. `usd` is what it cost. */
export function recordLate(
  run: RecordedRun,
  { step, attempt }: StepContext,
  seat: Seat,
  asked: string,
  usd: number,
): Promise<unknown> {
  const what = `The ${seat} answered "${asked}" after its time${usd > 0 ? `, at a cost of $${usd}` : ''}.`
  const data = { runId: run.memory.runId, stepId: step.id, attempt, what }
  return record(run, seat, { kind: 'stepAnsweredLate', data })
}
