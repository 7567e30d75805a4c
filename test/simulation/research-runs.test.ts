import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { alternativeTo, situationOf } from '#engine/planning/monitor/plan.ts'
import { startTrace, traceEvent } from '#engine/planning/monitor/trace.ts'
import { planToExecute, replan } from '#engine/planning/replan/choice.ts'
import { type FinishedStep, type StepEvent, startPlan } from '#engine/tasks/executor.ts'
import type { Step } from '#shared/domain/plan.ts'
import { profileNames } from '#shared/domain/profile.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { besideHindsight, days, shippedPlan } from '#test/builders/hindsight.ts'
import { runPlan, takingTime, turn } from '#test/builders/plan-run.ts'

const RUNS = 1000

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** How much longer than with hindsight the runs may take on average. */
const atMost = {
  usual: 0.05,
  // Who does not know which task will hang cannot start it first. Of all 120 orders in which the aggressive profile can
  // start its tasks, the best one ended 6.7 % after hindsight over 400 such days, and the planned one 7.5 %, so no order
  // comes within 5 %. The bound here is to notice a worse one.
  rough: 0.08,
}

describe('a research run beside its plan', () => {
  test.each(profileNames)(
    '%s: when all takes as long as estimated, it ends to the second as planned',
    async (profile) => {
      const { plan, schedule } = shippedPlan(profile)
      const clock = createVirtualClock(0)
      const run = await runPlan({ clock, plan, perform: takingTime(clock), importance: schedule.starts })
      expect(run.result?.status).toBe('completed')
      expect(clock.now() / 1_000).toBe(schedule.makespanSeconds)
      expect(schedule.status).toBe('optimal')
      for (const step of run.result?.steps ?? [])
        expect((step.startedAt ?? 0) / 1_000).toBeCloseTo(schedule.starts.get(step.id) ?? -1, 3)
    },
  )

  test.each((['usual', 'rough'] as const).flatMap((day) => profileNames.map((profile) => ({ profile, day }))))(
    '$profile, $day days: it ends little later than the best schedule found with hindsight',
    async ({ profile, day }) => {
      const { mean, retries } = await besideHindsight(profile, days[day], RUNS)
      expect(retries).toBeGreaterThan(RUNS / 20)
      expect(mean).toBeLessThan(atMost[day])
    },
  )
})

describe('a research run that is replanned', () => {
  test('a source fails for good: what runs is let end, another source stands in, and the run goes on to its end', async () => {
    const { plan, schedule } = shippedPlan('conservative')
    const worth = { required: 1, optional: { critical: 0.5, high: 0.3, medium: 0.2, low: 0.1 } }
    const first = situationOf(plan, worth, 0)
    const failing = plan.steps.find(({ id }) => id === 'onchain_metrics') as Step
    const other = { ...failing, id: 'onchain_metrics at B', sources: ['b'] }
    const situation = { ...first, alternatives: [alternativeTo(first.causal, failing.id, other)] }

    const clock = createVirtualClock(0)
    const outputs = new Map<string, FinishedStep>()
    let trace = startTrace(plan, schedule.starts, 0)
    const perform = takingTime(clock, ({ step }) =>
      step.id === failing.id
        ? new ParleyError('SOURCE_REFUSED', 'It wants a key.')
        : { status: 'succeeded', output: step.id, usd: step.estimate.usd },
    )
    const controller = new AbortController()
    const record = async (event: StepEvent) => {
      if (event.kind === 'stepAnsweredLate') return
      trace = traceEvent(trace, { ...event, at: clock.now() })
      const { stepId } = event.data
      if (event.kind === 'stepSucceeded') outputs.set(stepId, { output: event.data.output, usd: event.data.usd })
      if (event.kind === 'stepFailed') {
        outputs.set(stepId, { failed: event.data })
        run.pause()
      }
    }
    const given = { runId: 'run_1', clock, perform, record, random: createRandom(1), signal: controller.signal }
    const run = startPlan({ ...given, plan, importance: schedule.starts })
    for (let over = false; !over; ) {
      await turn()
      const failed = trace.steps.some(({ state }) => state === 'failed')
      over = failed && trace.steps.every(({ state }) => state !== 'running' && state !== 'waiting')
      if (!over) clock.step()
    }
    controller.abort(new Error('It is replanned.'))
    await run.result

    const result = replan({
      situation,
      trace,
      now: clock.now(),
      worth: { usdPerSecond: 0.0005, usdPerChange: 0.001, leastGainUsd: 0.005 },
      successRates: {},
      replans: { done: 0, most: 3 },
      sha256,
    })
    expect(result.changes.map(({ kind, step }) => [kind, step])).toEqual([['replaced', 'onchain_metrics at B']])
    const rest = await runPlan({
      clock,
      perform,
      plan: planToExecute(result, (steps) => sha256(JSON.stringify(steps))),
      finished: outputs,
      importance: result.schedule?.starts ?? new Map(),
    })
    expect(rest.result?.status).toBe('completed')
    expect(rest.result?.steps.filter(({ state }) => state !== 'succeeded').map(({ id }) => id)).toEqual([failing.id])
    const foreseen = result.trace.steps.reduce((latest, { expected }) => Math.max(latest, expected.endAt), 0)
    expect(clock.now()).toBe(foreseen)
    // What had ended was not done again.
    for (const id of outputs.keys()) expect(rest.lines()).not.toContain(`stepStarted ${id}`)
  })
})
