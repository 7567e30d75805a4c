import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFinalStep, type Step, type StepState, stepTransitions } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom, hash32 } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, runPlan, stepOf, type Trace, takingTime } from '#test/builders/plan-run.ts'
import type { FinishedStep, Perform, StepContext, StepResult } from './executor.ts'
import { planProgress } from './plan-progress.ts'

const pools = { desk: 3, api: 2 }
const costLimitUsd = 2

/** Any plan of up to 12 steps whose needs point backwards. */
const anySteps = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(11), { maxLength: 3 }),
      seconds: fc.integer({ min: 0, max: 5 }),
      usd: fc.constantFrom(0, 0, 0.1, 0.5, 0.9),
      optional: fc.boolean(),
      timeoutMs: fc.constantFrom(2_500, 60_000),
      retries: fc.nat(2),
      desk: fc.nat(3),
      api: fc.nat(2),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ needs, desk, api, ...rest }, index) =>
      stepOf(`s${index}`, {
        ...rest,
        needs: [...new Set(needs.filter((need) => need < index))].map((need) => `s${need}`),
        slots: { ...(desk > 0 ? { desk } : {}), ...(api > 0 ? { api } : {}) },
      }),
    ),
  )

type Manner = 'answers' | 'skips' | 'refuses' | 'stumbles' | 'isLimited' | 'hangs' | 'ignores' | 'costsLess'

const manners: readonly Manner[] = [
  'answers',
  'answers',
  'answers',
  'costsLess',
  'skips',
  'refuses',
  'stumbles',
  'isLimited',
  'hangs',
  'ignores',
]

/** How each attempt goes depends on the seed, the step and the attempt alone. */
function mannerOf(seed: number, { step, attempt }: StepContext): Manner {
  return manners[hash32(`${seed}/${step.id}/${attempt}`) % manners.length] as Manner
}

function outputOf({ step, outputOf }: StepContext): unknown {
  return { id: step.id, from: step.needs.map((need) => outputOf(need) ?? null) }
}

/** Answers, skips, fails, hangs or ignores its signal, as the seed will have it. */
function moody(clock: ReturnType<typeof createVirtualClock>, seed: number, started: (id: string) => void): Perform {
  const listening = takingTime(clock, (context): StepResult | ParleyError => {
    const usd = context.step.estimate.usd
    switch (mannerOf(seed, context)) {
      case 'skips':
        return { status: 'skipped', reason: 'Not needed.' }
      case 'refuses':
        return new ParleyError('SOURCE_REFUSED', 'No.')
      case 'stumbles':
        return new ParleyError('SOURCE_UNAVAILABLE', 'Down.', { retry: 'retryable' })
      case 'isLimited':
        return new ParleyError('SOURCE_RATE_LIMITED', 'Slow down.', {
          retry: 'retryable',
          details: { rateLimited: true },
        })
      case 'costsLess':
        return { status: 'succeeded', output: outputOf(context), usd: usd / 3 }
      default:
        return { status: 'succeeded', output: outputOf(context), usd }
    }
  })
  const deaf = (context: StepContext) =>
    new Promise<StepResult>((resolve) => {
      const usd = context.step.estimate.usd
      clock.after(70_000, () => resolve({ status: 'succeeded', output: null, usd }))
    })
  return (context) => {
    started(context.step.id)
    const manner = mannerOf(seed, context)
    if (manner === 'hangs') return new Promise(() => {})
    return manner === 'ignores' ? deaf(context) : listening(context)
  }
}

interface Given {
  readonly steps: readonly Step[]
  readonly seed: number
  readonly cancelAfterMs?: number
  readonly finished?: ReadonlyMap<string, FinishedStep>
  /** The process dies after so many events: nothing is recorded any more. */
  readonly crashAfter?: number
}

async function run({ steps, seed, cancelAfterMs, finished, crashAfter }: Given) {
  const clock = createVirtualClock(0)
  const controller = new AbortController()
  if (cancelAfterMs !== undefined) clock.after(cancelAfterMs, () => controller.abort(new Error('Cancelled.')))
  const started: string[] = []
  const finals = new Set(finished?.keys())
  const early: string[] = []
  const crash = new Error('The process died.')
  let recorded = 0
  const trace = await runPlan({
    clock,
    plan: planOf(steps, { slots: pools, costLimitUsd }),
    signal: controller.signal,
    random: createRandom(seed),
    ...(finished === undefined ? {} : { finished }),
    perform: moody(clock, seed, (id) => {
      started.push(id)
      const needs = steps.find((step) => step.id === id)?.needs ?? []
      if (needs.some((need) => !finals.has(need))) early.push(id)
    }),
    async record(event) {
      recorded += 1
      if (crashAfter !== undefined && recorded > crashAfter) throw crash
      if (['stepSucceeded', 'stepFailed', 'stepSkipped', 'stepCancelled'].includes(event.kind))
        queueMicrotask(() => finals.add(event.data.stepId))
      await Promise.resolve()
      await Promise.resolve()
    },
  })
  return { trace, started, early, crash }
}

/** Plays the events through and gives what each step holds at each moment. */
function holdings(steps: readonly Step[], trace: Trace) {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const held = new Map<string, number>()
  const most = new Map<string, number>()
  for (const { kind, data } of trace.events) {
    const sign = kind === 'stepStarted' ? 1 : ['stepSucceeded', 'stepFailed', 'stepRetried'].includes(kind) ? -1 : 0
    // A refused step starts and fails in one turn, without ever holding anything.
    const refused = trace.events.some(
      (event) =>
        event.kind === 'stepFailed' &&
        event.data.stepId === data.stepId &&
        event.data.code === 'BUDGET_EXCEEDED' &&
        event.data.attempt === data.attempt,
    )
    const skippedItself = kind === 'stepSkipped' && data.attempt > 0 && !data.reason.startsWith('BUDGET_EXCEEDED')
    const change = refused ? 0 : skippedItself ? -1 : sign
    for (const [pool, units] of Object.entries(byId.get(data.stepId)?.slots ?? {})) {
      held.set(pool, (held.get(pool) ?? 0) + change * units)
      most.set(pool, Math.max(most.get(pool) ?? 0, held.get(pool) ?? 0))
    }
  }
  return most
}

const stateAfter: Readonly<Record<string, StepState>> = {
  stepStarted: 'running',
  stepRetried: 'waiting',
  stepSucceeded: 'succeeded',
  stepFailed: 'failed',
  stepSkipped: 'skipped',
  stepCancelled: 'cancelled',
}

function illegalMoves(trace: Trace): readonly string[] {
  const states = new Map<string, StepState>()
  const illegal: string[] = []
  for (const { kind, data } of trace.events) {
    const to = stateAfter[kind]
    if (to === undefined) continue
    const from = states.get(data.stepId) ?? 'pending'
    const next = stepTransitions[from]
    if (!next.includes(to) && !(next.includes('ready') && stepTransitions.ready.includes(to)))
      illegal.push(`${data.stepId}: ${from} to ${to}`)
    states.set(data.stepId, to)
  }
  return illegal
}

/** What a journal says is finished, as the desk reads it after a crash. */
function finishedIn(trace: Trace, upTo: number): Map<string, FinishedStep> {
  const finished = new Map<string, FinishedStep>()
  for (const event of trace.events.slice(0, upTo)) {
    const { stepId } = event.data
    if (event.kind === 'stepSucceeded') finished.set(stepId, { output: event.data.output, usd: event.data.usd })
    if (event.kind === 'stepSkipped') finished.set(stepId, { skipped: event.data.reason })
    if (event.kind === 'stepFailed')
      finished.set(stepId, { failed: { code: event.data.code, message: event.data.message } })
  }
  return finished
}

function outputsOf(trace: Trace): Map<string, unknown> {
  const outputs = new Map<string, unknown>()
  for (const event of trace.events)
    if (event.kind === 'stepSucceeded') outputs.set(event.data.stepId, event.data.output)
  return outputs
}

describe('whatever the plan and however its performers behave', () => {
  it('a run ends with every step final, within its slots and its budget, nothing started early, by legal moves alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySteps,
        fc.integer(),
        fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
        async (steps, seed, cancelAfterMs) => {
          const { trace, early } = await run({ steps, seed, ...(cancelAfterMs === undefined ? {} : { cancelAfterMs }) })
          expect(trace.error).toBeUndefined()
          const result = trace.result
          expect(result?.steps.every(({ state }) => isFinalStep(state))).toBe(true)
          expect(result?.usd).toBeLessThanOrEqual(costLimitUsd + 1e-9)
          expect(result?.steps.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(result?.usd ?? Number.NaN)
          for (const [pool, most] of holdings(steps, trace))
            expect(most).toBeLessThanOrEqual(pools[pool as keyof typeof pools])
          expect(early).toEqual([])
          expect(illegalMoves(trace)).toEqual([])
          const ends = trace.events.filter(({ kind }) =>
            ['succeeded', 'failed', 'skipped', 'cancelled'].includes(stateAfter[kind] ?? ''),
          )
          expect(ends.map(({ data }) => data.stepId).sort()).toEqual(steps.map(({ id }) => id).sort())
          if (result?.status === 'completed')
            for (const [index, { state }] of result.steps.entries())
              expect(state === 'succeeded' || state === 'skipped' || steps[index]?.optional).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('HO-15 a run resumed after a crash at any event gives the same outputs and runs no finished step again', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.integer(), async (drafts, seed) => {
        // Without a limit that binds: what a crash costs in money may decide what can still be paid.
        const steps = drafts.map((step) => ({ ...step, estimate: { ...step.estimate, usd: 0 } }))
        const whole = await run({ steps, seed })
        for (let crashAfter = 0; crashAfter < whole.trace.events.length; crashAfter++) {
          const first = await run({ steps, seed, crashAfter })
          expect(first.trace.result === undefined ? first.trace.error : first.crash).toBe(first.crash)
          const finished = finishedIn(first.trace, crashAfter)
          const second = await run({ steps, seed, finished })
          expect(second.trace.error).toBeUndefined()
          expect(second.started.filter((id) => finished.has(id))).toEqual([])
          expect(second.early).toEqual([])
          const outputs = new Map<string, unknown>()
          for (const [id, ended] of finished) if ('output' in ended) outputs.set(id, ended.output)
          for (const [id, output] of outputsOf(second.trace)) outputs.set(id, output)
          expect(outputs).toEqual(outputsOf(whole.trace))
          expect(second.trace.result?.status).toBe(whole.trace.result?.status)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('the same seed gives the same events at the same times', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.integer(), async (steps, seed) => {
        const [one, two] = [await run({ steps, seed }), await run({ steps, seed })]
        expect(one.trace.events).toEqual(two.trace.events)
      }),
      { numRuns: 30 },
    )
  })
})

/** A list schedule made the slow way: at each moment, in order, every step whose needs have ended and whose slots are free. */
function listSchedule(
  steps: readonly Step[],
  order: readonly number[],
): { starts: Map<string, number>; makespan: number } {
  const starts = new Map<string, number>()
  const ends = new Map<string, number>()
  let now = 0
  while (starts.size < steps.length) {
    for (const index of order) {
      const step = steps[index] as Step
      if (starts.has(step.id) || step.needs.some((need) => (ends.get(need) ?? Number.POSITIVE_INFINITY) > now)) continue
      const free = Object.entries(step.slots).every(([pool, units]) => {
        const used = steps.filter(({ id }) => starts.has(id) && (ends.get(id) ?? 0) > now)
        const taken = used.reduce((sum, other) => sum + (other.slots[pool] ?? 0), 0)
        return taken + units <= pools[pool as keyof typeof pools]
      })
      if (!free) continue
      starts.set(step.id, now)
      ends.set(step.id, now + step.estimate.seconds)
    }
    const later = [...ends.values()].filter((end) => end > now)
    if (later.length > 0) now = Math.min(...later)
  }
  return { starts, makespan: Math.max(...ends.values()) }
}

describe('a schedule', () => {
  it('is met to the moment when steps take as long as estimated and it says which goes first', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.integer(), async (drafts, seed) => {
        // Powers of two: no two sums of durations are the same, so no two steps end at one moment by chance.
        const steps = drafts.map((step, index) => ({
          ...step,
          estimate: { seconds: 1 + 2 ** -(index + 1), usd: 0 },
          timeoutMs: 1_000_000,
        }))
        const random = createRandom(seed)
        const order = steps.map((_, index) => index).sort((a, b) => hash32(`${seed}${a}`) - hash32(`${seed}${b}`))
        const { starts, makespan } = listSchedule(steps, order)
        const clock = createVirtualClock(0)
        const plan = planOf(steps, { slots: pools })
        const foreseen = planProgress(plan, [], 0, starts)
        const trace = await runPlan({ clock, plan, random, importance: starts, perform: takingTime(clock) })
        for (const { id, startedAt } of trace.result?.steps ?? [])
          expect(startedAt).toBe((starts.get(id) ?? Number.NaN) * 1_000)
        expect(clock.now()).toBe(makespan * 1_000)
        expect(foreseen.secondsLeft).toBe(makespan)
      }),
      { numRuns: 200 },
    )
  })
})
