import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decidePlan } from '#engine/desk/decide-plan.ts'
import { alternativeTo, situationOf } from '#engine/planning/monitor-plan.ts'
import { startTrace, traceEvent } from '#engine/planning/monitor-trace.ts'
import { planToExecute, replan } from '#engine/planning/replan-choice.ts'
import { type PlanStep, planSchedule } from '#engine/planning/schedule-plan.ts'
import { type FinishedStep, type Perform, type StepEvent, startPlan } from '#engine/tasks/executor.ts'
import { readConfig } from '#main/config.ts'
import type { Step } from '#shared/domain/plan.ts'
import { type ProfileName, planningConfigSchema, profileNames } from '#shared/domain/profile.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { runPlan, type Trace, takingTime, turn } from '#test/builders/plan-run.ts'

const RUNS = 1000

const config = readConfig('planning.yaml', planningConfigSchema, undefined).value
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function decisionOf(profile: ProfileName) {
  return decidePlan('plan_1', { instrument: 'BTC/USDT', profile, policy: 'weighted' }, config, sha256)
}

/** How a day goes: every duration is log-normal around its estimate, and attempts fail or never answer. */
interface Day {
  readonly name: string
  /** Standard deviation of the logarithm of the durations. */
  readonly deviation: number
  /** Share of the attempts that never answer, so that their time runs out. */
  readonly hanging: number
  /** Share of the attempts that fail, after part of their time. */
  readonly failing: number
  /** How much longer than with hindsight the runs may take, on average. */
  readonly atMost: number
}

const days: readonly Day[] = [
  { name: 'usual', deviation: 0.2, hanging: 0.01, failing: 0.03, atMost: 0.05 },
  // Who does not know which task will hang cannot start it first. Of all 120 orders in which the aggressive profile can
  // start its tasks, the best one ended 6.7 % after hindsight over 400 such days, and the planned one 7.5 %, so no order
  // comes within 5 %. The bound here is to notice a worse one.
  { name: 'rough', deviation: 0.4, hanging: 0.03, failing: 0.07, atMost: 0.08 },
]

function performOn({ deviation, hanging, failing }: Day, clock: VirtualClock, seed: number): Perform {
  return ({ step, attempt, signal }) =>
    new Promise((resolve, reject) => {
      const random = createRandom(seed).fork(`${step.id}/${attempt}`)
      const ms = Math.round(step.estimate.seconds * 1_000 * Math.exp(deviation * random.normal()))
      const fate = random.float()
      const isWorking = step.estimate.seconds > 0
      if (isWorking && fate < hanging) {
        signal.addEventListener('abort', () => reject(signal.reason))
        return
      }
      const stop =
        isWorking && fate < hanging + failing
          ? clock.after(Math.round(ms * random.float()), () =>
              reject(new ParleyError('SOURCE_UNAVAILABLE', 'Down.', { retry: 'retryable' })),
            )
          : clock.after(ms, () => resolve({ status: 'succeeded', output: null, usd: step.estimate.usd }))
      signal.addEventListener('abort', () => {
        stop()
        reject(signal.reason)
      })
    })
}

/** What really happened, as a plan: each attempt a step that takes a slot, each wait between attempts one that takes none. */
function asItHappened(
  run: Trace,
  steps: readonly { readonly id: string; readonly needs: readonly string[] }[],
): PlanStep[] {
  return steps.flatMap(({ id, needs }) => {
    const events = run.events.filter(({ data }) => data.stepId === id)
    const pieces: PlanStep[] = []
    let before = needs
    for (const [index, { at }] of events.entries()) {
      const next = events[index + 1]
      if (next === undefined) break
      const isAttempt = events[index]?.kind === 'stepStarted'
      const isLast = index === events.length - 2
      const piece = isLast ? id : `${id} ${index}`
      pieces.push({ id: piece, needs: before, seconds: (next.at - at) / 1_000, slots: isAttempt ? 1 : 0 })
      before = [piece]
    }
    return pieces
  })
}

describe('a research run beside its plan', () => {
  test.each(profileNames)(
    '%s: when all takes as long as estimated, it ends to the second as planned',
    async (profile) => {
      const { plan, schedule } = decisionOf(profile)
      const clock = createVirtualClock(0)
      const run = await runPlan({ clock, plan, perform: takingTime(clock), importance: schedule.starts })
      expect(run.result?.status).toBe('completed')
      expect(clock.now() / 1_000).toBe(schedule.makespanSeconds)
      expect(schedule.status).toBe('optimal')
      for (const step of run.result?.steps ?? [])
        expect((step.startedAt ?? 0) / 1_000).toBeCloseTo(schedule.starts.get(step.id) ?? -1, 3)
    },
  )

  test.each(days.flatMap((day) => profileNames.map((profile) => ({ profile, day }))))(
    '$profile, $day.name days: it ends little later than the best schedule found with hindsight',
    async ({ profile, day }) => {
      const { plan, schedule } = decisionOf(profile)
      const research = plan.steps.filter(({ action }) => action === 'research')
      const ids = new Set(research.map(({ id }) => id))
      let ratios = 0
      let worst = 1
      let proved = 0
      let retries = 0
      for (let seed = 0; seed < RUNS; seed++) {
        const clock = createVirtualClock(0)
        const perform = performOn(day, clock, seed)
        const run = await runPlan({ clock, plan, perform, importance: schedule.starts, random: createRandom(seed) })
        const ended = run.events
          .filter(({ data }) => ids.has(data.stepId))
          .reduce((last, { at }) => Math.max(last, at), 0)
        const pieces = asItHappened(run, research)
        const best = planSchedule(pieces, { slots: plan.slots['research'] ?? 1 })
        const ratio = ended / 1_000 / best.makespanSeconds
        // What was done is one of the schedules that hindsight chooses from; the scheduler rounds each duration up to a millisecond.
        expect(best.makespanSeconds).toBeLessThanOrEqual((ended + pieces.length) / 1_000)
        ratios += ratio
        worst = Math.max(worst, ratio)
        proved += Number(best.status === 'optimal')
        retries += run.events.filter(({ kind }) => kind === 'stepRetried').length
      }
      const mean = ratios / RUNS
      console.log(
        `${profile}, ${day.name} days: ${((mean - 1) * 100).toFixed(2)} % longer than with hindsight over ${RUNS} runs, ` +
          `at worst ${((worst - 1) * 100).toFixed(0)} %; ${proved} of the schedules proved best, ${retries} retries`,
      )
      expect(retries).toBeGreaterThan(RUNS / 20)
      expect(mean).toBeLessThan(1 + day.atMost)
    },
  )
})

describe('a research run that is replanned', () => {
  test('a source fails for good: what runs is let end, another source stands in, and the run goes on to its end', async () => {
    const { plan, schedule } = decisionOf('conservative')
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
