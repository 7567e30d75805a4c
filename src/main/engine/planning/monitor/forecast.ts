import { repairSchedule } from '#engine/planning/resources/timeline.ts'
import { type PlanStep, planSchedule } from '#engine/planning/schedule/plan.ts'
import { isFinalStep, type Plan, type Step } from '#shared/domain/plan.ts'
import type { ExecutionTrace, StepTrace } from './trace.ts'

/** When the steps that have not ended run, from now on. */
export interface RestSchedule {
  readonly status: 'optimal' | 'feasible'
  /** In seconds from now, in the order in which they start; what runs already starts at 0. */
  readonly starts: ReadonlyMap<string, number>
  readonly secondsLeft: number
  /** No schedule of the rest is shorter. */
  readonly lowerBoundSeconds: number
  /** The steps that cannot end later without the run ending later, in order of start. */
  readonly criticalSteps: readonly string[]
}

/** What a run is going to come to, beside what was planned. */
export interface Forecast {
  /** Epoch milliseconds. */
  readonly finishAt: number
  readonly plannedFinishAt: number
  readonly usd: number
  readonly plannedUsd: number
  readonly rest: RestSchedule
}

/** Foresees the end of a run, if what is left takes and costs what is estimated, scheduled as well as can be. */
export function forecastOf(plan: Plan, trace: ExecutionTrace, now: number): Forecast {
  const rest = scheduleRest(plan, trace, now)
  const estimates = new Map(plan.steps.map(({ id, estimate }) => [id, estimate]))
  const lastEnd = trace.steps.reduce((latest, { endedAt }) => Math.max(latest, endedAt ?? 0), trace.startedAt)
  const isOver = trace.steps.every(({ state }) => isFinalStep(state))
  return {
    finishAt: isOver ? lastEnd : now + rest.secondsLeft * 1_000,
    plannedFinishAt: trace.steps.reduce((latest, { expected }) => Math.max(latest, expected.endAt), trace.startedAt),
    usd: trace.steps.reduce(
      (sum, { id, state, usd }) => sum + usd + (isFinalStep(state) ? 0 : (estimates.get(id)?.usd ?? 0)),
      0,
    ),
    plannedUsd: trace.steps.reduce((sum, { expected }) => sum + expected.usd, 0),
    rest,
  }
}

/** Stands for the present among the steps that are scheduled. */
const gate = '(now)'

/**
 * Schedules what has not ended on the plan's slots, as short as can be. What runs holds its slots for what is left of its
 * estimate, nothing once it is overdue; what waits for another attempt starts no earlier than that is due. With several
 * pools the schedule that the scarcest asks for is moved until all of them are kept. `conflicts` bounds the search for a proof.
 */
export function scheduleRest(plan: Plan, trace: ExecutionTrace, now: number, conflicts = 200): RestSchedule {
  const traces = new Map(trace.steps.map((step) => [step.id, step]))
  const rest = plan.steps.filter(({ id }) => !isFinalStep(traces.get(id)?.state ?? 'pending'))
  const pools = Object.keys(plan.slots).filter((pool) => rest.some(({ slots }) => (slots[pool] ?? 0) > 0))
  const { steps, prelude } = withPresent(rest, traces, now)
  const slotsIn = (pool: string | undefined) => (pool === undefined ? 1 : (plan.slots[pool] ?? 1))
  const slotsOf = (id: string, pool: string | undefined) =>
    pool === undefined ? 0 : (rest.find((step) => step.id === id)?.slots[pool] ?? 0)
  const schedules = (pools.length === 0 ? [undefined] : pools).map((pool) =>
    planSchedule(
      steps.map((step) => ({ ...step, slots: slotsOf(step.id, pool) })),
      { slots: slotsIn(pool), conflicts },
    ),
  )
  const longest = schedules.reduce((a, b) => (b.makespanSeconds > a.makespanSeconds ? b : a))
  const lowerBound = Math.max(...schedules.map(({ lowerBoundSeconds }) => lowerBoundSeconds))
  const found = pools.length < 2 ? longest : (keepAll(plan, rest, pools, steps, longest.starts) ?? longest)
  const ids = new Set(rest.map(({ id }) => id))
  return {
    status: found.makespanSeconds <= lowerBound + 5e-4 ? 'optimal' : 'feasible',
    starts: new Map(
      [...found.starts]
        .filter(([id]) => ids.has(id))
        .map(([id, start]) => [id, traces.get(id)?.state === 'running' ? 0 : milliseconds(start - prelude)] as const)
        .sort((a, b) => a[1] - b[1]),
    ),
    secondsLeft: Math.max(0, milliseconds(found.makespanSeconds - prelude)),
    lowerBoundSeconds: Math.max(0, milliseconds(lowerBound - prelude)),
    criticalSteps: longest.criticalSteps.filter((id) => ids.has(id)),
  }
}

/**
 * The rest as steps for the scheduler, which knows no step under way. All of them are set behind a past as long as the
 * rest can take at most, in which nothing but what runs takes slots: then delaying what runs never frees a slot, so the
 * shortest schedule of these steps, less that past, is the shortest one of the rest.
 */
function withPresent(
  rest: readonly Step[],
  traces: ReadonlyMap<string, StepTrace>,
  now: number,
): { readonly steps: readonly Omit<PlanStep, 'slots'>[]; readonly prelude: number } {
  const ids = new Set(rest.map(({ id }) => id))
  const stateOf = (id: string) => traces.get(id)?.state ?? 'pending'
  const waits = rest.map(({ id }) => Math.max(0, ((traces.get(id)?.retryAt ?? now) - now) / 1_000))
  const isPlain = rest.every(({ id }) => stateOf(id) !== 'running' && stateOf(id) !== 'waiting')
  const longest = rest.reduce((sum, { estimate }, index) => sum + estimate.seconds + (waits[index] ?? 0), 0)
  const prelude = isPlain ? 0 : Math.ceil(longest)
  const steps: Omit<PlanStep, 'slots'>[] = [{ id: gate, needs: [], seconds: prelude }]
  for (const [index, step] of rest.entries()) {
    const { id, estimate } = step
    const wait = waits[index] ?? 0
    if (stateOf(id) === 'running') {
      const startedAt = traces.get(id)?.attempts.at(-1)?.startedAt ?? now
      const left = Math.max(0, estimate.seconds - (now - startedAt) / 1_000)
      steps.push({ id, needs: [], seconds: milliseconds(prelude + left) })
      continue
    }
    const needs = [gate, ...step.needs.filter((need) => ids.has(need))]
    if (wait > 0) {
      steps.push({ id: `${gate} ${id}`, needs: [], seconds: milliseconds(prelude + wait) })
      needs.push(`${gate} ${id}`)
    }
    steps.push({ id, needs, seconds: estimate.seconds })
  }
  return { steps, prelude }
}

/** The schedule moved as little as it takes to keep all pools; undefined when no moving can. */
function keepAll(
  plan: Plan,
  rest: readonly Step[],
  pools: readonly string[],
  steps: readonly Omit<PlanStep, 'slots'>[],
  starts: ReadonlyMap<string, number>,
): { readonly starts: ReadonlyMap<string, number>; readonly makespanSeconds: number } | undefined {
  const slots = new Map(rest.map((step) => [step.id, step.slots]))
  const repaired = repairSchedule(
    {
      resources: pools.map((id) => ({ id, kind: 'reusable', amount: plan.slots[id] ?? 0 })),
      steps: steps.map(({ id, needs, seconds }) => ({
        id,
        after: needs,
        duration: Math.ceil(seconds * 1_000),
        needs: pools
          .map((resource) => ({ resource, amount: slots.get(id)?.[resource] ?? 0, when: 'running' as const }))
          .filter(({ amount }) => amount > 0),
      })),
    },
    new Map([...starts].map(([id, start]) => [id, Math.round(start * 1_000)])),
  )
  if (repaired === undefined) return undefined
  return {
    starts: new Map([...repaired.starts].map(([id, start]) => [id, start / 1_000])),
    makespanSeconds: repaired.makespan / 1_000,
  }
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000
}
