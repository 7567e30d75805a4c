import { type CausalPlan, type CausalStep, dependencies } from '#engine/planning/causal/links.ts'
import { forecastOf, type RestSchedule } from '#engine/planning/monitor/forecast.ts'
import { byNeeds } from '#engine/planning/monitor/plan.ts'
import { retrace } from '#engine/planning/monitor/trace.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { ReplanContext, Workshop } from './context.ts'

/** A plan that a strategy proposes: what is left to do, in an order in which it can be done. */
export interface Draft {
  readonly left: readonly CausalStep[]
  /** Who stands in for whom. */
  readonly standIns: ReadonlyMap<string, string>
  readonly gaveUp: readonly string[]
}

/** The plan of a draft, not scheduled yet. */
export interface BuiltPlan {
  readonly plan: Plan
  readonly causal: CausalPlan
  /** Steps that ended without being done and that nothing waits for any more. */
  readonly superseded: readonly string[]
}

/** The plan of a draft: finished steps as they were, the rest after what it needs and what it waited for before. */
export function buildPlan(context: ReplanContext, workshop: Workshop, draft: Draft): BuiltPlan {
  const { situation } = context
  const { finished, running, stepOf } = workshop
  const superseded = supersededIn(context, workshop)
  const causal: CausalPlan = {
    start: [...workshop.facts],
    steps: draft.left,
    goals: workshop.goals.map(({ fact }) => fact).filter((fact) => !draft.gaveUp.includes(fact)),
  }
  const waits = dependencies(causal)
  const kept = new Set([
    ...finished.map(({ id }) => id).filter((id) => !superseded.has(id)),
    ...causal.steps.map(({ id }) => id),
  ])
  const left = draft.left.flatMap(({ id }) => {
    const step = stepOf.get(id)
    if (step === undefined || running.has(id)) return step ?? []
    const needs = new Set(neededBy(step, workshop, draft, kept))
    for (const wait of waits.get(id) ?? []) needs.add(wait)
    return { ...step, needs: [...needs] }
  })
  const old = situation.plan
  const ids = new Set(left.map(({ id }) => id))
  const isNew = new Set([...ids].filter((id) => !old.steps.some((step) => step.id === id)))
  const over = new Set(finished.map(({ id }) => id))
  const changed = new Map(left.map((step) => [step.id, step]))
  const steps = [
    ...old.steps.flatMap((step) => (over.has(step.id) ? step : (changed.get(step.id) ?? []))),
    ...left.filter(({ id }) => isNew.has(id)),
  ]
  const plan: Plan = { ...old, id: `${old.id}.${context.replans.done + 1}`, steps }
  return {
    plan,
    // The steps that ended come first: they are the past of what is left.
    causal: {
      start: situation.causal.start,
      goals: causal.goals,
      steps: [...situation.causal.steps.filter(({ id }) => over.has(id)), ...draft.left],
    },
    superseded: [...superseded],
  }
}

/** Schedules what is left of a plan, and gives the plan its estimate, levels and hash. */
export function schedulePlan(
  { trace, now, sha256 }: ReplanContext,
  { plan }: BuiltPlan,
): { readonly plan: Plan; readonly schedule: RestSchedule } {
  const { steps } = plan
  const { rest, usd, finishAt } = forecastOf(plan, retrace(trace, plan, new Map(), now), now)
  const parallel = (finishAt - trace.startedAt) / 1_000
  const sequential = steps.reduce((sum, { estimate }) => sum + estimate.seconds, 0)
  const lowerBound = Math.min(parallel, (now - trace.startedAt) / 1_000 + rest.lowerBoundSeconds)
  const estimate = {
    usd: Math.round(usd * 10_000) / 10_000,
    seconds: { sequential, parallel, lowerBound },
    speedup: parallel === 0 ? 1 : sequential / parallel,
  }
  return { plan: { ...plan, hash: sha256(canonicalJson(steps)), estimate, levels: levelsOf(steps) }, schedule: rest }
}

/** What a step waits for in the new plan: its needs, the stand-ins of those, and for what is gone whatever that waited for. */
function neededBy(step: Step, workshop: Workshop, { standIns }: Draft, kept: ReadonlySet<string>): Set<string> {
  const needs = new Set<string>()
  const seen = new Set<string>()
  const alternative = workshop.alternativeOf.get(step.id)
  const replaced = workshop.stepOf.get(alternative?.instead ?? '')
  const queue = [...step.needs, ...(replaced?.needs ?? [])]
  for (let need = queue.pop(); need !== undefined; need = queue.pop()) {
    if (seen.has(need) || need === step.id) continue
    seen.add(need)
    const standIn = standIns.get(need)
    if (standIn !== undefined && standIn !== step.id) needs.add(standIn)
    // A stand-in waits itself for what the one before it waited for.
    if (kept.has(need)) needs.add(need)
    else if (standIn === undefined || standIn === step.id) queue.push(...(workshop.stepOf.get(need)?.needs ?? []))
  }
  return needs
}

/** Required steps that failed, and cancelled ones: whoever waited for one would never begin. */
function supersededIn({ trace }: ReplanContext, { finished }: Workshop): Set<string> {
  const states = new Map(trace.steps.map(({ id, state }) => [id, state]))
  const lost = finished.filter(
    ({ id, optional }) => states.get(id) === 'cancelled' || (!optional && states.get(id) === 'failed'),
  )
  return new Set(lost.map(({ id }) => id))
}

function levelsOf(steps: readonly Step[]): string[][] {
  const depths = new Map<string, number>()
  const levels: string[][] = []
  for (const { id, needs } of byNeeds(steps)) {
    const depth = needs.reduce((deepest, need) => Math.max(deepest, (depths.get(need) ?? -1) + 1), 0)
    depths.set(id, depth)
    levels[depth] = [...(levels[depth] ?? []), id]
  }
  return levels
}
