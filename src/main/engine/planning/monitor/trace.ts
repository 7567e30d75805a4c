import type { DeskEvent } from '#shared/domain/event.ts'
import { isFinalStep, type Plan, type Step, type StepState } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A step's event with its time in epoch milliseconds. */
export type TimedStepEvent = { readonly at: number } & Extract<
  DeskEvent,
  { kind: 'stepStarted' | 'stepRetried' | 'stepSucceeded' | 'stepFailed' | 'stepSkipped' | 'stepCancelled' }
>

/** One attempt at a step; the code says why it failed. */
export interface AttemptTrace {
  readonly startedAt: number
  readonly endedAt: number | null
  readonly code: string | null
}

/** What was expected of a step and what came of it. */
export interface StepTrace {
  readonly id: string
  /** Start and end in epoch milliseconds, the duration of one attempt in seconds, the cost in USD. */
  readonly expected: {
    readonly startAt: number
    readonly endAt: number
    readonly seconds: number
    readonly usd: number
  }
  readonly state: StepState
  readonly attempts: readonly AttemptTrace[]
  readonly endedAt: number | null
  /** When the next attempt is due, while it waits for one. */
  readonly retryAt: number | null
  /** Exact once the step ended with a cost; until then what is known, an attempt that timed out counting as its estimate. */
  readonly usd: number
  /** Why it failed, was skipped or cancelled. */
  readonly reason: string | null
}

/** How a run goes, step by step, in the plan's order. Plain data: it survives JSON unchanged. */
export interface ExecutionTrace {
  readonly startedAt: number
  /** The time of the last event. */
  readonly lastAt: number
  readonly steps: readonly StepTrace[]
}

/** The code with which the executor fails an attempt that took longer than its step may. */
const timedOut = 'STEP_TIMED_OUT'

/** The trace of a run that begins now (epoch milliseconds), with the start planned for each step in seconds from now. */
export function startTrace(plan: Plan, starts: ReadonlyMap<string, number>, now: number): ExecutionTrace {
  return {
    startedAt: now,
    lastAt: now,
    steps: plan.steps.map((step) => freshTrace(step, starts.get(step.id) ?? 0, now)),
  }
}

/**
 * The trace with one more event in it. Throws TRACE_STEP_UNKNOWN for a step that the plan does not have, and
 * TRACE_OUT_OF_ORDER for an event of a step that has ended.
 */
export function traceEvent(trace: ExecutionTrace, event: TimedStepEvent): ExecutionTrace {
  const { stepId } = event.data
  const index = trace.steps.findIndex(({ id }) => id === stepId)
  const step = trace.steps[index]
  if (step === undefined) throw new ParleyError('TRACE_STEP_UNKNOWN', `The trace has no step "${stepId}".`)
  if (isFinalStep(step.state)) {
    throw new ParleyError('TRACE_OUT_OF_ORDER', `Step "${stepId}" is ${step.state}, and then came ${event.kind}.`)
  }
  return { ...trace, lastAt: Math.max(trace.lastAt, event.at), steps: trace.steps.with(index, advance(step, event)) }
}

/** Folds all events of a run. Throws as `traceEvent` does. */
export function traceOf(
  plan: Plan,
  starts: ReadonlyMap<string, number>,
  startedAt: number,
  events: readonly TimedStepEvent[],
): ExecutionTrace {
  return events.reduce(traceEvent, startTrace(plan, starts, startedAt))
}

/**
 * The trace of a run that goes on with another plan from now on: what has begun or ended stays as it was, the rest is
 * expected anew. `starts` are in seconds from now.
 */
export function retrace(
  trace: ExecutionTrace,
  plan: Plan,
  starts: ReadonlyMap<string, number>,
  now: number,
): ExecutionTrace {
  const before = new Map(trace.steps.map((step) => [step.id, step]))
  const steps = plan.steps.map((step) => {
    const known = before.get(step.id)
    const fresh = freshTrace(step, starts.get(step.id) ?? 0, now)
    if (known === undefined) return fresh
    return known.attempts.length > 0 || isFinalStep(known.state) ? known : { ...known, expected: fresh.expected }
  })
  return { ...trace, steps }
}

/** What was to have become of the step by now, had all gone as planned. */
export function expectedState(step: StepTrace, now: number): StepState {
  if (now < step.expected.startAt) return 'pending'
  return now < step.expected.endAt ? 'running' : 'succeeded'
}

/** Seconds from the step's first attempt to its end, or to now; null before it began. */
export function secondsSpent(step: StepTrace, now: number): number | null {
  const first = step.attempts[0]
  return first === undefined ? null : ((step.endedAt ?? now) - first.startedAt) / 1_000
}

/** True when the step has done its work, or found while doing it that it was not needed. */
export function isDone({ state, attempts }: StepTrace): boolean {
  return state === 'succeeded' || (state === 'skipped' && attempts.length > 0)
}

/** True when the attempt was given up because its time was over. */
export function isTimeout(attempt: AttemptTrace): boolean {
  return attempt.code === timedOut
}

function freshTrace({ id, estimate }: Step, startSeconds: number, now: number): StepTrace {
  const startAt = now + startSeconds * 1_000
  const endAt = startAt + estimate.seconds * 1_000
  return {
    id,
    expected: { startAt, endAt, seconds: estimate.seconds, usd: estimate.usd },
    state: 'pending',
    attempts: [],
    endedAt: null,
    retryAt: null,
    usd: 0,
    reason: null,
  }
}

function advance(step: StepTrace, event: TimedStepEvent): StepTrace {
  const { at, kind, data } = event
  const closed = (code: string | null) =>
    step.attempts.map((attempt) => (attempt.endedAt === null ? { ...attempt, endedAt: at, code } : attempt))
  const ended = { ...step, attempts: closed(null), endedAt: at, retryAt: null }
  switch (kind) {
    case 'stepStarted': {
      // An attempt that is still open was cut off when its process died.
      const attempts = [...closed('STEP_INTERRUPTED'), { startedAt: at, endedAt: null, code: null }]
      return { ...step, state: 'running', attempts, retryAt: null }
    }
    case 'stepRetried': {
      const usd = step.usd + (data.code === timedOut ? step.expected.usd : 0)
      const attempts = closed(data.code)
      return { ...step, state: 'waiting', attempts, retryAt: at + data.delayMs, usd, reason: data.message }
    }
    case 'stepSucceeded':
      return { ...ended, state: 'succeeded', usd: data.usd, reason: null }
    case 'stepFailed':
      return { ...ended, state: 'failed', attempts: closed(data.code), usd: data.usd, reason: data.message }
    case 'stepSkipped':
      return { ...ended, state: 'skipped', reason: data.reason }
    default: {
      // Work that was under way may be billed in full.
      const usd = step.usd + (step.state === 'running' ? step.expected.usd : 0)
      return { ...ended, state: 'cancelled', attempts: closed('STEP_CANCELLED'), usd, reason: data.reason }
    }
  }
}
