import type { Step } from '#shared/domain/plan.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** How an attempt ended: with an answer, an error, neither in time, or given up from outside. */
export type AttemptEnd<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timedOut'; readonly error: ParleyError }
  | { readonly kind: 'abandoned' }

export interface Attempt<Answer> {
  /** Never rejects, and always settles by the step's timeout. */
  readonly outcome: Promise<AttemptEnd<Answer>>
  /** Gives the attempt up: its signal aborts with the reason, its outcome is 'abandoned'. */
  readonly abandon: (reason: unknown) => void
}

/**
 * Makes one attempt at a step. When the time is up, or it is abandoned, its signal aborts and it is waited for no
 * longer; an answer after that goes to `late`, an error after that is what the signal asked for.
 */
export function attemptStep<Answer>(
  step: Step,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<Answer>,
  late: (answer: Answer) => void,
): Attempt<Answer> {
  const controller = new AbortController()
  let over = false
  let settle: (outcome: AttemptEnd<Answer>) => void = () => {}
  const outcome = new Promise<AttemptEnd<Answer>>((resolve) => {
    settle = resolve
  })
  function end(how: AttemptEnd<Answer>): boolean {
    if (over) return false
    over = true
    stopTimer()
    settle(how)
    return true
  }
  const stopTimer = clock.after(step.timeoutMs, () => {
    const error = timedOut(step)
    if (end({ kind: 'timedOut', error })) controller.abort(error)
  })
  // As an async function, so that work which throws at once is work that rejects.
  const answer = (async () => work(controller.signal))()
  answer.then(
    (value) => {
      if (!end({ kind: 'answered', answer: value })) late(value)
    },
    (error: unknown) => end({ kind: 'threw', error }),
  )
  return {
    outcome,
    abandon(reason) {
      if (end({ kind: 'abandoned' })) controller.abort(reason)
    },
  }
}

function timedOut(step: Step): ParleyError {
  return new ParleyError('STEP_TIMED_OUT', `Step "${step.id}" gave no answer within ${step.timeoutMs} ms.`, {
    retry: 'retryable',
    details: { timeoutMs: step.timeoutMs },
  })
}
