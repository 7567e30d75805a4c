import type { RestSchedule } from '#engine/planning/monitor/forecast.ts'
import type { MonitoredPlan } from '#engine/planning/monitor/plan.ts'
import { type ExecutionTrace, retrace } from '#engine/planning/monitor/trace.ts'
import { listOf, secondsText, usdText } from '#engine/planning/monitor/words.ts'
import { isFinalStep, type Plan } from '#shared/domain/plan.ts'
import { schedulePlan } from './build.ts'
import { openWorkshop, type ReplanContext, reopen, type Workshop } from './context.ts'
import { type Candidate, candidatesOf, type ReplanStrategy, replanStrategies } from './strategies.ts'
import { planValue } from './value.ts'

/** One change of the plan. */
export interface ReplanChange {
  readonly kind: 'added' | 'dropped' | 'replaced'
  readonly step: string
  /** The step that it stands in for, when it was replaced. */
  readonly instead: string | null
  readonly sentence: string
}

/** How the run goes on. */
export interface ReplanChoice {
  /** 'kept' when the plan stays as it is. */
  readonly strategy: ReplanStrategy | 'kept'
  /** What is monitored from now on; the plan in it holds every step that has begun or ended as it was. */
  readonly situation: MonitoredPlan
  readonly trace: ExecutionTrace
  /** Of what is left, from now on; null for a plan that is kept. */
  readonly schedule: RestSchedule | null
  readonly changes: readonly ReplanChange[]
  /** Goals that this plan does not reach. */
  readonly gaveUp: readonly string[]
  /** Steps that ended without being done and that nothing waits for any more: not to be handed to the executor again. */
  readonly superseded: readonly string[]
  /** How much more it is worth than going on as before, in USD. */
  readonly gainUsd: number
  /** What was changed and why, in sentences. */
  readonly sentences: readonly string[]
  /** The gain of everything that was thought of, in USD. */
  readonly considered: readonly {
    readonly strategy: ReplanStrategy
    readonly gainUsd: number
    readonly changes: number
  }[]
}

/**
 * Finds how a run best goes on: of all that repair, opportunism, continuation and planning afresh come up with, what keeps the
 * most required goals, and then what is worth the most (see `valueOf`), the less disturbing strategy where two are alike.
 * The plan is kept when that gains less than `leastGainUsd` and saves no required goal, or when it was changed often enough. No step
 * that has begun or ended is changed. Throws REPLAN_INVALID for alternatives or a fresh plan whose ids are taken.
 */
export function replan(given: ReplanContext): ReplanChoice {
  const context = reopen(given)
  const { replans } = context
  const workshop = openWorkshop(context)
  const { goals, left } = workshop
  const before = planValue(context, workshop, left, context.situation.plan, 0)
  const isLost = (fact: string) => !before.goals.has(fact)
  const lostBefore = requiredIn(workshop, isLost)
  const lost = goals.map(({ fact }) => fact).filter(isLost)
  if (replans.done >= replans.most) {
    return kept(given, [], lost, `It was changed ${replans.done} times already, and may be no more.`)
  }
  const candidates = candidatesOf(context, workshop)
    .map((candidate) => ({ candidate, gainUsd: candidate.value.usd - before.usd }))
    .filter(({ candidate }) => candidate.changes > 0)
  const considered = candidates.map(({ candidate, gainUsd }) => ({
    strategy: candidate.strategy,
    gainUsd,
    changes: candidate.changes,
  }))
  const lostIn = ({ draft }: Candidate) => requiredIn(workshop, (fact) => draft.gaveUp.includes(fact))
  const best = candidates.reduce<(typeof candidates)[number] | undefined>((a, b) => {
    if (a === undefined) return b
    const fewer = lostIn(a.candidate) - lostIn(b.candidate)
    if (fewer !== 0) return fewer > 0 ? b : a
    if (Math.abs(b.gainUsd - a.gainUsd) > 1e-9) return b.gainUsd > a.gainUsd ? b : a
    return replanStrategies.indexOf(b.candidate.strategy) < replanStrategies.indexOf(a.candidate.strategy) ? b : a
  }, undefined)
  if (best === undefined) return kept(given, considered, lost, 'There is nothing to change it to.')
  const saved = lostBefore - lostIn(best.candidate)
  if (saved < 0 || (saved === 0 && best.gainUsd < Math.max(context.worth.leastGainUsd, 1e-9))) {
    return kept(given, considered, lost, `The best change would gain ${usdText(best.gainUsd)}.`)
  }
  return taken(context, workshop, best.candidate, best.gainUsd, considered)
}

/** The plan to hand to the executor together with what has ended: without the steps that nothing waits for any more. */
export function planToExecute({ situation, superseded }: ReplanChoice, sha256: (steps: Plan['steps']) => string): Plan {
  const gone = new Set(superseded)
  const steps = situation.plan.steps
    .filter(({ id }) => !gone.has(id))
    .map((step) =>
      step.needs.some((need) => gone.has(need))
        ? { ...step, needs: step.needs.filter((need) => !gone.has(need)) }
        : step,
    )
  return { ...situation.plan, steps, hash: sha256(steps) }
}

function kept(
  context: ReplanContext,
  considered: ReplanChoice['considered'],
  gaveUp: readonly string[],
  why: string,
): ReplanChoice {
  const { situation, trace, now } = context
  return {
    strategy: 'kept',
    situation: { ...situation, lookedAt: now, answered: failedIn(trace) },
    trace,
    schedule: null,
    changes: [],
    gaveUp,
    superseded: [],
    gainUsd: 0,
    sentences: [`The plan is kept. ${why}`, ...lossSentences(gaveUp)],
    considered,
  }
}

function taken(
  context: ReplanContext,
  workshop: Workshop,
  { strategy, draft, built, value }: Candidate,
  gainUsd: number,
  considered: ReplanChoice['considered'],
): ReplanChoice {
  const { situation, trace, now } = context
  const { causal, superseded } = built
  const { plan, schedule } = schedulePlan(context, built)
  const changes = changesIn(context, workshop, draft)
  const used = new Set(plan.steps.map(({ id }) => id))
  const gone = new Set(draft.gaveUp)
  return {
    strategy,
    situation: {
      ...situation,
      plan,
      causal,
      goals: [...situation.goals, ...situation.newGoals].filter(({ fact }) => !gone.has(fact)),
      newGoals: [],
      alternatives: situation.alternatives.filter(({ step }) => !used.has(step.id)),
      answered: failedIn(trace),
      lookedAt: now,
    },
    trace: retrace(trace, plan, schedule.starts, now),
    schedule,
    changes,
    gaveUp: draft.gaveUp,
    superseded,
    gainUsd,
    sentences: [
      opening[strategy],
      ...changes.map(({ sentence }) => sentence),
      ...lossSentences(draft.gaveUp),
      `What is left takes ${secondsText(value.secondsLeft)} and costs ${usdText(value.usdLeft)}; ` +
        `this is worth ${usdText(gainUsd)} more than going on as before.`,
    ],
    considered,
  }
}

function lossSentences(gaveUp: readonly string[]): string[] {
  if (gaveUp.length === 0) return []
  return [`${listOf(gaveUp)} ${gaveUp.length === 1 ? 'is' : 'are'} given up.`]
}

const opening: Readonly<Record<ReplanStrategy, string>> = {
  repair: 'The plan is repaired with as few changes as can be.',
  opportunistic: 'The plan takes an opportunity.',
  continuation: 'What is left is planned anew from where the run is.',
  full: 'What is left is planned afresh from the goals.',
}

function changesIn(
  { trace }: ReplanContext,
  workshop: Workshop,
  { left, standIns }: Candidate['draft'],
): ReplanChange[] {
  const { alternativeOf, facts, stepOf } = workshop
  const before = new Set(workshop.left.map(({ id }) => id))
  const after = new Set(left.map(({ id }) => id))
  const traces = new Map(trace.steps.map((step) => [step.id, step]))
  const added = left
    .filter(({ id }) => !before.has(id))
    .map(({ id, adds }): ReplanChange => {
      const instead = alternativeOf.get(id)?.instead ?? null
      if (instead !== null && standIns.get(instead) === id) {
        const failed = traces.get(instead)
        const why =
          failed !== undefined && isFinalStep(failed.state) ? `which ${wordFor(failed.state)}` : 'which is worth less'
        return { kind: 'replaced', step: id, instead, sentence: `${id} stands in for ${instead}, ${why}.` }
      }
      return { kind: 'added', step: id, instead: null, sentence: `${id} is added to provide ${listOf(adds)}.` }
    })
  const dropped = workshop.left
    .filter(({ id }) => !after.has(id) && !standIns.has(id))
    .map(({ id, preconditions, adds }): ReplanChange => {
      const isIdle = adds.length > 0 && adds.every((fact) => facts.has(fact))
      const makes = new Set([...facts, ...left.flatMap((step) => step.adds)])
      const missing = preconditions.filter((fact) => !makes.has(fact))
      const why = isIdle
        ? `${listOf(adds)} holds already`
        : missing.length > 0
          ? `${listOf(missing)} cannot be had`
          : stepOf.get(id)?.optional === true
            ? 'the plan is worth more without it'
            : 'its work is done otherwise'
      return { kind: 'dropped', step: id, instead: null, sentence: `${id} is dropped: ${why}.` }
    })
  return [...added, ...dropped]
}

function wordFor(state: string): string {
  return state === 'failed' ? 'failed' : `was ${state}`
}

function failedIn(trace: ExecutionTrace): string[] {
  return trace.steps.filter(({ state }) => state === 'failed').map(({ id }) => id)
}

function requiredIn({ goals }: Workshop, isLost: (fact: string) => boolean): number {
  return goals.filter(({ fact, required }) => required && isLost(fact)).length
}
