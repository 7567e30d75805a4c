import { createHash } from 'node:crypto'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { type PlanStep, planSchedule } from '#engine/planning/schedule/plan.ts'
import type { Perform, StepEvent } from '#engine/tasks/executor.ts'
import { readConfig } from '#main/config/config.ts'
import { type ProfileName, planningConfigSchema } from '#shared/domain/profile.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { runPlan } from './plan-run.ts'

const config = readConfig('planning.yaml', planningConfigSchema, undefined).value
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The plan that Parley ships with for a profile, with its schedule. */
export function shippedPlan(profile: ProfileName) {
  return decidePlan('plan_1', { instrument: 'BTC/USDT', profile, policy: 'weighted' }, config, sha256)
}

/** How a day goes: every duration is log-normal around its estimate, and attempts fail or never answer. */
export interface Day {
  /** Standard deviation of the logarithm of the durations. */
  readonly deviation: number
  /** Share of the attempts that never answer, so that their time runs out. */
  readonly hanging: number
  /** Share of the attempts that fail, after part of their time. */
  readonly failing: number
}

/** Days as they usually go, and days on which hardly anything goes as estimated. */
export const days = {
  usual: { deviation: 0.2, hanging: 0.01, failing: 0.03 },
  rough: { deviation: 0.4, hanging: 0.03, failing: 0.07 },
} as const satisfies Record<string, Day>

/** Runs beside the best schedules that there were, found afterwards when all durations are known. */
export interface Hindsight {
  readonly runs: number
  /** How much longer the runs took, as a share: on average, and at worst. */
  readonly mean: number
  readonly worst: number
  /** How many of the best schedules are proved to be so. */
  readonly proved: number
  readonly retries: number
}

/**
 * Runs a profile's plan so many times on virtual time, each time with other durations and failures by its seed, and
 * schedules what happened once more, knowing it all.
 */
export async function besideHindsight(profile: ProfileName, day: Day, runs: number): Promise<Hindsight> {
  const { plan, schedule } = shippedPlan(profile)
  const research = plan.steps.filter(({ action }) => action === 'research')
  const ids = new Set(research.map(({ id }) => id))
  let sum = 0
  let worst = 1
  let proved = 0
  let retries = 0
  for (let seed = 0; seed < runs; seed++) {
    const clock = createVirtualClock(0)
    const perform = performOn(day, clock, seed)
    const { events } = await runPlan({
      clock,
      plan,
      perform,
      importance: schedule.starts,
      random: createRandom(seed),
    })
    const ended = events.filter(({ data }) => ids.has(data.stepId)).reduce((last, { at }) => Math.max(last, at), 0)
    const pieces = asItHappened(events, research)
    const best = planSchedule(pieces, { slots: plan.slots['research'] ?? 1 })
    // What was done is one of the schedules that hindsight chooses from; the scheduler rounds each duration up to a millisecond.
    if (best.makespanSeconds > (ended + pieces.length) / 1_000)
      throw new Error('Hindsight knows less than the run did.')
    const ratio = ended / 1_000 / best.makespanSeconds
    sum += ratio
    worst = Math.max(worst, ratio)
    proved += Number(best.status === 'optimal')
    retries += events.filter(({ kind }) => kind === 'stepRetried').length
  }
  return { runs, mean: sum / runs - 1, worst: worst - 1, proved, retries }
}

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
  all: readonly (StepEvent & { readonly at: number })[],
  steps: readonly { readonly id: string; readonly needs: readonly string[] }[],
): PlanStep[] {
  return steps.flatMap(({ id, needs }) => {
    const events = all.filter(({ data }) => data.stepId === id)
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
