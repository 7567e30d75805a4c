import { describe, expect, it } from 'vitest'
import type { Step, StepProgress } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, runPlan, stepOf, type Trace, takingTime, turn } from '#test/builders/plan-run.ts'
import type { Perform, StepResult } from './executor.ts'
import { startPlan } from './executor.ts'

const done = (output: unknown = null, usd = 0): StepResult => ({ status: 'succeeded', output, usd })
const hang: Perform = () => new Promise(() => {})
const later = new ParleyError('SOURCE_UNAVAILABLE', 'The source is down.', { retry: 'retryable' })
const never = new ParleyError('SOURCE_REFUSED', 'The source said no.')

function progress(run: Trace, id: string): StepProgress {
  const found = run.result?.steps.find((step) => step.id === id)
  if (found === undefined) throw new Error(`No step ${id} in the result.`)
  return found
}

/** Runs steps that answer by their id; the others succeed after their estimate. */
function runScript(
  steps: readonly Step[],
  script: Record<string, Perform> = {},
  given: Partial<Parameters<typeof runPlan>[0]> & { slots?: Record<string, number>; costLimitUsd?: number } = {},
): Promise<Trace> {
  const { slots = {}, costLimitUsd = 1_000, clock = createVirtualClock(0), ...rest } = given
  const other = takingTime(clock)
  const perform: Perform = (context) => (script[context.step.id] ?? other)(context)
  return runPlan({ clock, plan: planOf(steps, { slots, costLimitUsd }), perform, ...rest })
}

describe('order', () => {
  it('a step starts the moment its own needs are final, without waiting for its level', async () => {
    const run = await runScript([
      stepOf('quick', { seconds: 1 }),
      stepOf('slow', { seconds: 10 }),
      stepOf('after quick', { seconds: 1, needs: ['quick'] }),
    ])
    expect(run.result?.status).toBe('completed')
    expect(progress(run, 'after quick')).toMatchObject({ startedAt: 1_000, endedAt: 2_000 })
  })

  it('a step sees the outputs of the steps it needs', async () => {
    let seen: unknown
    await runScript([stepOf('a'), stepOf('b', { needs: ['a'] })], {
      a: async () => done({ price: 7 }),
      b: async ({ outputOf }) => done((seen = [outputOf('a'), outputOf('b'), outputOf('nobody')])),
    }).catch(() => {})
    expect(seen).toEqual([{ price: 7 }, undefined, undefined])
  })

  it('among ready steps the earliest planned goes first, then the longest tail, then the order of the plan', async () => {
    const steps = [
      stepOf('last', { slots: { desk: 1 } }),
      stepOf('short', { slots: { desk: 1 } }),
      stepOf('same', { slots: { desk: 1 } }),
      stepOf('long', { slots: { desk: 1 } }),
      stepOf('after long', { needs: ['long'], seconds: 5 }),
      stepOf('first', { slots: { desk: 1 } }),
    ]
    const importance = new Map(Object.entries({ first: 0, short: 1, same: 1, long: 1 }))
    const run = await runScript(steps, {}, { slots: { desk: 1 }, importance })
    const started = run.events.filter(({ kind }) => kind === 'stepStarted').map(({ data }) => data.stepId)
    expect(started.filter((id) => id !== 'after long')).toEqual(['first', 'long', 'short', 'same', 'last'])
  })

  it('a step that asks for less starts past one whose slots are not free', async () => {
    const steps = [
      stepOf('holds', { slots: { desk: 1 }, seconds: 5 }),
      stepOf('big', { slots: { desk: 2 } }),
      stepOf('small', { slots: { desk: 1 } }),
    ]
    const run = await runScript(steps, {}, { slots: { desk: 2 } })
    expect(progress(run, 'small').startedAt).toBe(0)
    expect(progress(run, 'big').startedAt).toBe(5_000)
  })

  it('ready steps go on in the new order when their importance changes, and none starts while the run is paused', async () => {
    const clock = createVirtualClock(0)
    const started: string[] = []
    const steps = ['a', 'b', 'c'].map((id) => stepOf(id, { slots: { desk: 1 } }))
    const finish: (() => void)[] = []
    const run = startPlan({
      runId: 'run_1',
      plan: planOf(steps, { slots: { desk: 1 } }),
      clock,
      random: { fork: () => ({ float: () => 0 }) } as never,
      signal: new AbortController().signal,
      record: async () => {},
      perform: ({ step }) =>
        new Promise((resolve) => {
          started.push(step.id)
          finish.push(() => resolve(done()))
        }),
    })
    await turn()
    expect(started).toEqual(['a'])
    run.setImportance(new Map([['c', 0]]))
    run.pause()
    finish[0]?.()
    await turn()
    expect(started).toEqual(['a'])
    run.resume()
    await turn()
    expect(started).toEqual(['a', 'c'])
    finish[1]?.()
    await turn()
    finish[2]?.()
    expect((await run.result).status).toBe('completed')
  })

  it.each([
    ['a step named twice', [stepOf('a'), stepOf('a')]],
    ['a need that nobody meets', [stepOf('a', { needs: ['b'] })]],
    ['needs in a circle', [stepOf('a', { needs: ['b'] }), stepOf('b', { needs: ['a'] })]],
    ['a step that asks for more slots than there are', [stepOf('a', { slots: { desk: 2 } })]],
    ['a step that asks for slots of a pool that is not there', [stepOf('a', { slots: { cellar: 1 } })]],
  ])('a plan with %s is refused before anything starts', async (_, steps) => {
    const run = await runScript(steps, {}, { slots: { desk: 1 } })
    expect(run.error).toMatchObject({ code: 'PLAN_INVALID' })
    expect(run.events).toEqual([])
  })

  it('a plan without steps is completed', async () => {
    expect((await runScript([])).result).toEqual({ status: 'completed', steps: [], usd: 0, reason: null })
  })
})

describe('durability', () => {
  it('work starts only after its stepStarted is durable, dependents only after stepSucceeded is', async () => {
    const durable: (() => void)[] = []
    const worked: string[] = []
    const perform: Perform = async ({ step }) => {
      worked.push(step.id)
      return done()
    }
    const run = startPlan({
      runId: 'run_1',
      plan: planOf([stepOf('a'), stepOf('b', { needs: ['a'] })]),
      clock: createVirtualClock(0),
      random: { fork: () => ({ float: () => 0 }) } as never,
      signal: new AbortController().signal,
      record: () => new Promise((resolve) => durable.push(resolve)),
      perform,
    })
    const counts: [number, number][] = []
    for (let count = 0; count < 4; count++) {
      await turn()
      counts.push([durable.length, worked.length])
      durable.at(-1)?.()
    }
    // stepStarted a; a works, stepSucceeded a; stepStarted b; b works, stepSucceeded b.
    expect(counts).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
    ])
    expect((await run.result).status).toBe('completed')
  })

  it('a journal that cannot be written aborts all work and rejects the run', async () => {
    const unwritable = new ParleyError('JOURNAL_UNWRITABLE', 'The disk is full.')
    const signals: AbortSignal[] = []
    const run = await runScript(
      [stepOf('a'), stepOf('b'), stepOf('c', { needs: ['b'] })],
      {
        a: ({ signal }) => {
          signals.push(signal)
          return hang({} as never)
        },
      },
      {
        record: async ({ kind }) => {
          if (kind === 'stepSucceeded') throw unwritable
        },
      },
    )
    expect(run.error).toBe(unwritable)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(run.lines()).not.toContain('stepStarted c')
  })

  it('an output that is not JSON fails its step, not the journal', async () => {
    const run = await runScript([stepOf('a')], { a: async () => done({ ratio: Number.NaN }) })
    expect(run.result).toMatchObject({ status: 'failed' })
    expect(run.events.at(-1)?.data).toMatchObject({ code: 'STEP_OUTPUT_NOT_JSON' })
  })
})

describe('time', () => {
  it('a step that takes too long fails, whether or not its performer listens to the signal', async () => {
    const steps = ['listens', 'hangs'].map((id) => stepOf(id, { timeoutMs: 500, optional: true, seconds: 9 }))
    const run = await runScript(steps, { hangs: hang })
    expect(run.clock.now()).toBe(500)
    for (const id of ['listens', 'hangs']) expect(progress(run, id)).toMatchObject({ state: 'failed', endedAt: 500 })
    expect(run.events.at(-1)?.data).toMatchObject({ code: 'STEP_TIMED_OUT' })
  })

  it('the signal of a step aborts when its time is up, saying so', async () => {
    let seen: AbortSignal | undefined
    await runScript([stepOf('a', { timeoutMs: 500 })], {
      a: (context) => {
        seen = context.signal
        return hang(context)
      },
    })
    expect(seen?.reason).toMatchObject({ code: 'STEP_TIMED_OUT' })
  })

  it('an answer that comes after the time is up is recorded and dropped', async () => {
    const clock = createVirtualClock(0)
    const deaf: Perform = () => new Promise((resolve) => clock.after(2_000, () => resolve(done('late'))))
    const run = await runScript(
      [stepOf('slow', { timeoutMs: 500, optional: true }), stepOf('other', { seconds: 5 })],
      { slow: deaf },
      { clock },
    )
    expect(run.lines()).toEqual([
      'stepStarted other',
      'stepStarted slow',
      'stepFailed slow',
      'stepAnsweredLate slow',
      'stepSucceeded other',
    ])
    expect(progress(run, 'slow').state).toBe('failed')
  })

  it('a step that timed out is tried again while it has retries', async () => {
    const attempts: [number, number][] = []
    const run = await runScript([stepOf('a', { timeoutMs: 500, retries: 2 })], {
      a: (context) => {
        attempts.push([context.attempt, context.attemptsLeft])
        return context.attempt < 3 ? hang(context) : Promise.resolve(done('third'))
      },
    })
    expect(attempts).toEqual([
      [1, 2],
      [2, 1],
      [3, 0],
    ])
    expect(progress(run, 'a')).toMatchObject({ state: 'succeeded', attempt: 3 })
  })
})

describe('failure', () => {
  it('only an error that says so is tried again, and no more often than the step allows', async () => {
    const steps = ['later', 'never', 'unexpected'].map((id) => stepOf(id, { retries: 2, optional: true }))
    const run = await runScript(steps, {
      later: async () => Promise.reject(later),
      never: async () => Promise.reject(never),
      unexpected: async () => Promise.reject(new Error('What?')),
    })
    expect(run.result?.steps.map(({ attempt }) => attempt)).toEqual([3, 1, 1])
    const failures = run.events.filter(({ kind }) => kind === 'stepFailed').map(({ data }) => data)
    expect(failures).toMatchObject([
      { code: 'SOURCE_REFUSED' },
      { code: 'UNEXPECTED', message: 'What?' },
      { code: 'SOURCE_UNAVAILABLE' },
    ])
  })

  it('a performer that throws at once fails its step alone', async () => {
    const run = await runScript([stepOf('a', { optional: true }), stepOf('b')], {
      a: () => {
        throw never
      },
    })
    expect(run.result?.status).toBe('completed')
    expect(progress(run, 'a').state).toBe('failed')
  })

  it('retries wait longer and longer, up to a random part, and at least as long as the source asked for', async () => {
    const asked = new ParleyError('SOURCE_BUSY', 'Come back later.', {
      retry: 'retryable',
      details: { retryAfterMs: 60_000 },
    })
    const run = await runScript([stepOf('a', { retries: 8 }), stepOf('asked', { retries: 1 })], {
      a: async () => Promise.reject(later),
      asked: async () => Promise.reject(asked),
    })
    const delays = (id: string) =>
      run.events.flatMap((event) =>
        event.kind === 'stepRetried' && event.data.stepId === id ? [event.data.delayMs] : [],
      )
    expect(delays('a')).toHaveLength(8)
    const longest = (index: number) => Math.min(30_000, 500 * 2 ** index)
    for (const [index, delayMs] of delays('a').entries()) expect(delayMs).toBeLessThanOrEqual(longest(index))
    expect(Math.max(...delays('a'))).toBeGreaterThan(500)
    expect(delays('a').some((delayMs, index) => delayMs < longest(index) / 2)).toBe(true)
    expect(delays('asked')[0]).toBeGreaterThanOrEqual(60_000)
    expect(delays('asked')[0]).toBeLessThanOrEqual(60_500)
  })

  it('a step that waits for its retry holds no slot', async () => {
    const steps = ['again', 'other'].map((id) => stepOf(id, { retries: 1, slots: { desk: 1 } }))
    const run = await runScript(
      steps,
      { again: async ({ attempt }) => (attempt === 1 ? Promise.reject(later) : done()) },
      { slots: { desk: 1 } },
    )
    expect(run.lines().slice(0, 3)).toEqual(['stepStarted again', 'stepRetried again', 'stepStarted other'])
  })

  it('a required step that fails takes with it all that needs it; other branches go on, and the run ends failed', async () => {
    const steps = [
      stepOf('bad'),
      stepOf('child', { needs: ['bad'] }),
      stepOf('grandchild', { needs: ['child', 'apart'] }),
      stepOf('apart', { seconds: 3 }),
    ]
    const run = await runScript(steps, { bad: async () => Promise.reject(never) })
    expect(run.result).toMatchObject({ status: 'failed', reason: 'Step "bad" failed: The source said no.' })
    expect(run.result?.steps.map(({ state }) => state)).toEqual(['failed', 'skipped', 'skipped', 'succeeded'])
    expect(progress(run, 'grandchild').reason).toBe('It needs step "bad", which failed.')
  })

  it('an optional step that fails stops nobody, and its dependents can see why', async () => {
    let seen: unknown
    const run = await runScript([stepOf('bad', { optional: true }), stepOf('child', { needs: ['bad'] })], {
      bad: async () => Promise.reject(never),
      child: async ({ failureOf, outputOf }) => {
        seen = [failureOf('bad'), outputOf('bad')]
        return done()
      },
    })
    expect(run.result?.status).toBe('completed')
    expect(seen).toEqual([{ code: 'SOURCE_REFUSED', message: 'The source said no.' }, undefined])
  })

  it('a step that finds itself not needed counts as done for those that need it', async () => {
    const run = await runScript([stepOf('a'), stepOf('b', { needs: ['a'] })], {
      a: async () => ({ status: 'skipped', reason: 'Nothing to ask.' }),
    })
    expect(run.result?.status).toBe('completed')
    expect(progress(run, 'a')).toMatchObject({ state: 'skipped', reason: 'Nothing to ask.' })
    expect(progress(run, 'b').state).toBe('succeeded')
  })
})

describe('money', () => {
  it('an optional step that would break the limit is skipped, saying so; a required one fails', async () => {
    const steps = [
      stepOf('first', { usd: 0.6, seconds: 1 }),
      stepOf('extra', { usd: 0.6, optional: true, needs: ['first'] }),
      stepOf('needed', { usd: 0.6, needs: ['extra'] }),
    ]
    const run = await runScript(steps, {}, { costLimitUsd: 1 })
    expect(progress(run, 'extra')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('BUDGET_EXCEEDED'),
    })
    expect(progress(run, 'needed').state).toBe('failed')
    expect(run.events.at(-1)?.data).toMatchObject({ code: 'BUDGET_EXCEEDED' })
    expect(run.result).toMatchObject({ status: 'failed', usd: 0.6 })
  })

  it('an optional step may not spend what required steps still need', async () => {
    const steps = [stepOf('extra', { usd: 0.5, optional: true }), stepOf('needed', { usd: 0.6, needs: ['extra'] })]
    const run = await runScript(steps, {}, { costLimitUsd: 1 })
    expect(run.result).toMatchObject({ status: 'completed', usd: 0.6 })
    expect(progress(run, 'extra').state).toBe('skipped')
  })

  it('what required steps have begun or will never need is free for optional ones', async () => {
    const steps = [
      stepOf('begun', { usd: 0.2 }),
      stepOf('bad', { seconds: 1 }),
      stepOf('never', { usd: 0.8, needs: ['bad'] }),
      stepOf('extra', { usd: 0.8, optional: true, needs: ['begun', 'apart'] }),
      stepOf('apart', { seconds: 2 }),
    ]
    const run = await runScript(steps, { bad: async () => Promise.reject(never) }, { costLimitUsd: 1 })
    expect(progress(run, 'extra').state).toBe('succeeded')
  })

  it('a required step waits while money that is set aside may come back', async () => {
    const steps = ['a', 'b'].map((id) => stepOf(id, { usd: 0.6, seconds: 2 }))
    const cheap = takingTimeCheaply(0.1)
    const run = await runScript(steps, { a: cheap.perform, b: cheap.perform }, { costLimitUsd: 1, clock: cheap.clock })
    expect(progress(run, 'b')).toMatchObject({ state: 'succeeded', startedAt: 2_000 })
    expect(run.result?.usd).toBeCloseTo(0.2)
  })

  it('estimates that add up to the limit exactly do not break it by rounding', async () => {
    const steps = [stepOf('a', { usd: 0.1 }), stepOf('b', { usd: 0.2 })]
    expect((await runScript(steps, {}, { costLimitUsd: 0.3 })).result?.status).toBe('completed')
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'a step that says it cost %d fails, and counts as its estimate',
    async (usd) => {
      const run = await runScript([stepOf('a', { usd: 0.5 })], { a: async () => done(null, usd) })
      expect(run.events.at(-1)?.data).toMatchObject({ code: 'STEP_COST_INVALID', usd: 0.5 })
    },
  )

  it("what is left of the day's budget limits a run besides its own limit", async () => {
    const run = await runScript([stepOf('a', { usd: 0.5 })], {}, { spendable: () => 0.4 })
    expect(run.events.at(-1)?.data).toMatchObject({ code: 'BUDGET_EXCEEDED' })
  })

  it('failed attempts count as what they say they cost, attempts that were given up as their estimate', async () => {
    const paid = new ParleyError('MODEL_GARBLED', 'No JSON.', { retry: 'retryable', details: { usd: 0.25 } })
    const run = await runScript(
      [stepOf('paid', { usd: 1, retries: 1 }), stepOf('hangs', { usd: 2, timeoutMs: 100, optional: true })],
      { paid: async ({ attempt }) => (attempt === 1 ? Promise.reject(paid) : done(null, 0.5)), hangs: hang },
    )
    expect(progress(run, 'paid').usd).toBe(0.75)
    expect(progress(run, 'hangs').usd).toBe(2)
    expect(run.result?.usd).toBe(2.75)
  })
})

function takingTimeCheaply(usd: number) {
  const clock = createVirtualClock(0)
  return { clock, perform: takingTime(clock, () => done(null, usd)) }
}

describe('cancelling', () => {
  it('running steps are aborted, nothing new starts, and the run ends even when performers hang', async () => {
    const controller = new AbortController()
    const clock = createVirtualClock(0)
    clock.after(500, () => controller.abort(new ParleyError('RUN_CANCELLED', 'The trader said so.')))
    let seen: AbortSignal | undefined
    const steps = [
      stepOf('hangs', { usd: 0.5 }),
      stepOf('retries', { retries: 5, usd: 0.25 }),
      stepOf('next', { needs: ['hangs'], usd: 0.25 }),
      stepOf('quick', { seconds: 0.1 }),
    ]
    const script: Record<string, Perform> = {
      hangs: (context) => {
        seen = context.signal
        return hang(context)
      },
      retries: async () =>
        Promise.reject(
          new ParleyError('SOURCE_BUSY', 'Busy.', { retry: 'retryable', details: { retryAfterMs: 9_000 } }),
        ),
    }
    const run = await runScript(steps, script, { clock, signal: controller.signal })
    expect(run.result).toMatchObject({ status: 'cancelled', reason: 'The trader said so.' })
    expect(run.result?.steps.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled', 'succeeded'])
    expect(run.result?.steps.map(({ usd }) => usd)).toEqual([0.5, 0, 0, 0])
    expect(seen?.aborted).toBe(true)
    expect(run.lines()).not.toContain('stepStarted next')
    expect(clock.nextAt()).toBeUndefined()
  })

  it('a run that is cancelled before it starts starts nothing', async () => {
    const run = await runScript([stepOf('a')], {}, { signal: AbortSignal.abort(new Error('Never mind.')) })
    expect(run.lines()).toEqual(['stepCancelled a'])
    expect(run.result?.status).toBe('cancelled')
  })

  it('a step whose retry is being recorded when the run is cancelled is not tried again', async () => {
    const controller = new AbortController()
    const run = await runScript(
      [stepOf('a', { retries: 3 })],
      { a: async () => Promise.reject(later) },
      {
        signal: controller.signal,
        record: async ({ kind }) => {
          if (kind === 'stepRetried') controller.abort(new Error('Stop.'))
        },
      },
    )
    await turn()
    expect(run.lines()).toEqual(['stepStarted a', 'stepRetried a', 'stepCancelled a'])
    expect(run.clock.nextAt()).toBeUndefined()
  })

  it('an answer in the very turn of the cancelling counts or is recorded as late, whichever came first', async () => {
    const statuses = new Set<string | undefined>()
    for (let ticks = 0; ticks < 12; ticks++) {
      const controller = new AbortController()
      const clock = createVirtualClock(0)
      const cancelAfter = async () => {
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
        controller.abort(new Error('Stop.'))
      }
      const perform: Perform = () =>
        new Promise((resolve) => {
          clock.after(500, () => {
            resolve(done())
            void cancelAfter()
          })
        })
      const run = await runScript([stepOf('a')], { a: perform }, { clock, signal: controller.signal })
      await turn()
      statuses.add(run.result?.status)
      expect(run.lines().slice(1)).toEqual(
        run.result?.status === 'cancelled' ? ['stepCancelled a', 'stepAnsweredLate a'] : ['stepSucceeded a'],
      )
    }
    expect([...statuses]).toEqual(['cancelled', 'completed'])
  })
})

describe('rate limits', () => {
  it('a rate-limit answer halves the slots of the pool, once for all that was under way, and good answers bring them back', async () => {
    const limited = new ParleyError('SOURCE_RATE_LIMITED', 'Too many.', {
      retry: 'retryable',
      details: { rateLimited: true },
    })
    const clock = createVirtualClock(0)
    const steps = Array.from({ length: 40 }, (_, index) => stepOf(`s${index}`, { retries: 1, slots: { api: 1 } }))
    const perform = takingTime(clock, ({ attempt }) => (clock.now() <= 1_000 && attempt === 1 ? limited : done()))
    let running = 0
    const peaks: { at: number; running: number }[] = []
    const run = await runScript(
      steps,
      Object.fromEntries(
        steps.map(({ id }) => [
          id,
          async (context) => {
            running += 1
            peaks.push({ at: clock.now(), running })
            try {
              return await perform(context)
            } finally {
              running -= 1
            }
          },
        ]),
      ),
      { clock, slots: { api: 8 } },
    )
    expect(run.result?.status).toBe('completed')
    const peak = (from: number, to: number) =>
      Math.max(...peaks.filter(({ at }) => at >= from && at < to).map((point) => point.running))
    expect(peak(0, 999)).toBe(8)
    expect(peak(1_000, 2_000)).toBe(4)
    expect(peak(4_000, Number.POSITIVE_INFINITY)).toBeGreaterThan(5)
  })
})

describe('resuming', () => {
  it('what an earlier process finished is not run again, and counts with its output, its cost and its failure', async () => {
    const seen: unknown[] = []
    const steps = [
      stepOf('paid', { usd: 0.6 }),
      stepOf('failed', { optional: true }),
      stepOf('skipped'),
      stepOf('rest', { needs: ['paid', 'failed', 'skipped'], usd: 0.3 }),
      stepOf('extra', { needs: ['rest'], usd: 0.3, optional: true }),
      stepOf('small', { needs: ['rest'], usd: 0.1, optional: true }),
    ]
    const run = await runScript(
      steps,
      {
        rest: async ({ outputOf, failureOf }) => {
          seen.push(outputOf('paid'), failureOf('failed')?.code, outputOf('skipped'))
          return done(null, 0.3)
        },
      },
      {
        costLimitUsd: 1,
        finished: new Map([
          ['paid', { output: 'kept', usd: 0.6 }],
          ['failed', { failed: { code: 'SOURCE_REFUSED', message: 'No.' } }],
          ['skipped', { skipped: 'Not needed.' }],
        ]),
      },
    )
    expect(seen).toEqual(['kept', 'SOURCE_REFUSED', undefined])
    expect(run.lines().sort()).toEqual([
      'stepSkipped extra',
      'stepStarted rest',
      'stepStarted small',
      'stepSucceeded rest',
      'stepSucceeded small',
    ])
    expect(run.result).toMatchObject({ status: 'completed' })
    expect(run.result?.usd).toBeCloseTo(1)
  })

  it('a required step that had failed still takes with it all that needs it, through steps skipped before', async () => {
    const steps = [stepOf('bad'), stepOf('child', { needs: ['bad'] }), stepOf('grandchild', { needs: ['child'] })]
    const run = await runScript(
      steps,
      {},
      {
        finished: new Map<string, { skipped: string } | { failed: { code: string; message: string } }>([
          ['child', { skipped: 'It needs step "bad", which failed.' }],
          ['bad', { failed: { code: 'SOURCE_REFUSED', message: 'No.' } }],
        ]),
      },
    )
    expect(run.lines()).toEqual(['stepSkipped grandchild'])
    expect(run.result?.status).toBe('failed')
  })
})
