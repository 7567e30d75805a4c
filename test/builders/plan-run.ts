import type { ExecuteOptions, Perform, RunResult, StepContext, StepEvent, StepResult } from '#engine/tasks/executor.ts'
import { executePlan } from '#engine/tasks/executor.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'

export function stepOf(
  id: string,
  given: Partial<Omit<Step, 'estimate'>> & { seconds?: number; usd?: number } = {},
): Step {
  const { seconds = 1, usd = 0, ...rest } = given
  return {
    id,
    title: id,
    owner: 'researcher',
    action: 'research',
    needs: [],
    priority: 'medium',
    optional: false,
    sources: [],
    estimate: { seconds, usd },
    timeoutMs: 60_000,
    retries: 0,
    slots: {},
    ...rest,
  }
}

export function planOf(steps: readonly Step[], given: Partial<Pick<Plan, 'slots' | 'costLimitUsd'>> = {}): Plan {
  return {
    id: 'plan_1',
    goal: 'decide',
    hash: '',
    steps: [...steps],
    slots: {},
    costLimitUsd: 1_000,
    estimate: { usd: 0, seconds: { sequential: 0, parallel: 0, lowerBound: 0 }, speedup: 1 },
    starts: {},
    levels: [],
    ...given,
  }
}

/** What a run did: its result or its error, its events with their times, and its clock. */
export interface Trace {
  readonly clock: VirtualClock
  readonly events: (StepEvent & { readonly at: number })[]
  result: RunResult | undefined
  error: unknown
  /** `kind stepId`, in order. */
  lines(): string[]
}

/** Lets all that is due in this turn happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

type RunGiven = { plan: Plan; perform: Perform } & Partial<Omit<ExecuteOptions, 'plan' | 'perform'>> & {
    clock?: VirtualClock
    /** Called after each turn with the run so far. */
    eachTurn?: (run: Trace) => void
  }

/** Runs a plan on virtual time until it ends or nothing is left to happen. */
export async function runPlan({ eachTurn, ...given }: RunGiven): Promise<Trace> {
  const clock = given.clock ?? createVirtualClock(0)
  const run: Trace = {
    clock,
    events: [],
    result: undefined,
    error: undefined,
    lines: () => run.events.map(({ kind, data }) => `${kind} ${data.stepId}`),
  }
  const record = given.record
  executePlan({
    runId: 'run_1',
    random: createRandom(1),
    signal: new AbortController().signal,
    ...given,
    clock,
    record: async (event) => {
      run.events.push({ ...event, at: clock.now() })
      await record?.(event)
    },
  }).then(
    (result) => {
      run.result = result
    },
    (error: unknown) => {
      run.error = error
    },
  )
  for (;;) {
    await turn()
    eachTurn?.(run)
    if (run.result !== undefined || run.error !== undefined) return run
    if (!clock.step()) return run
  }
}

/** A performer that takes as long as the step is estimated and gives what it is told to, or the step's id. */
export function takingTime(
  clock: VirtualClock,
  answer: (context: StepContext) => StepResult | ParleyError = ({ step }) => ({
    status: 'succeeded',
    output: step.id,
    usd: step.estimate.usd,
  }),
): Perform {
  return (context) =>
    new Promise((resolve, reject) => {
      const stop = clock.after(context.step.estimate.seconds * 1_000, () => {
        const result = answer(context)
        if (result instanceof ParleyError) reject(result)
        else resolve(result)
      })
      context.signal.addEventListener('abort', () => {
        stop()
        reject(context.signal.reason)
      })
    })
}
