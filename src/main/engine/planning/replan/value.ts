import { type CausalStep, causalLinks, planGoal, planStart } from '#engine/planning/causal/links.ts'
import { type Forecast, forecastOf } from '#engine/planning/monitor/forecast.ts'
import { applyStep } from '#engine/planning/monitor/plan.ts'
import { retrace } from '#engine/planning/monitor/trace.ts'
import type { Plan } from '#shared/domain/plan.ts'
import type { ReplanContext, Workshop } from './context.ts'

/** What a way to go on is expected to be worth. */
export interface PlanValue {
  readonly usd: number
  /** Whether the deadline and the cost limit are kept. */
  readonly isKept: boolean
  /** Each goal with the probability that it is reached. */
  readonly goals: ReadonlyMap<string, number>
  readonly secondsLeft: number
  readonly usdLeft: number
}

/**
 * The expected worth of going on in a way, in USD:
 *
 *     sum over goals of worth * P(goal) * kept - usdLeft - usdPerSecond * secondsLeft - usdPerChange * changes
 *
 * P(goal) is 0 when its fact cannot come true, and otherwise the product of the success rates of all steps still to be done
 * that it rests on by causal links. `kept` is 1, or 0 when the end foreseen is past the deadline or the cost over the limit.
 */
export function planValue(
  context: ReplanContext,
  { facts, goals, running }: Workshop,
  steps: readonly CausalStep[],
  plan: Plan,
  changes: number,
): PlanValue {
  const { situation, trace, worth } = context
  const doable = canBeDone(facts, steps, running)
  const chances = goalChances(
    context,
    facts,
    doable,
    goals.map(({ fact }) => fact),
  )
  const ids = new Set(doable.map(({ id }) => id))
  const traced = new Set(trace.steps.map(({ id }) => id))
  const past = new Set(
    plan.steps.map(({ id }) => id).filter((id) => traced.has(id) && !steps.some((step) => step.id === id)),
  )
  const some: Plan = { ...plan, steps: plan.steps.filter(({ id }) => ids.has(id) || past.has(id)) }
  const { rest, usd, finishAt } = foresee(context, some)
  const spent = trace.steps.reduce((sum, step) => sum + step.usd, 0)
  const usdLeft =
    usd - some.steps.reduce((sum, { id }) => sum + (trace.steps.find((step) => step.id === id)?.usd ?? 0), 0)
  const isKept =
    (situation.deadlineAt === null || finishAt <= situation.deadlineAt) && spent + usdLeft <= plan.costLimitUsd + 1e-9
  const reached = goals.reduce((sum, { fact, worthUsd }) => sum + worthUsd * (chances.get(fact) ?? 0), 0)
  return {
    usd: (isKept ? reached : 0) - usdLeft - worth.usdPerSecond * rest.secondsLeft - worth.usdPerChange * changes,
    isKept,
    goals: chances,
    secondsLeft: rest.secondsLeft,
    usdLeft,
  }
}

// Several strategies come to the same plan.
const foreseen = new WeakMap<ReplanContext, Map<string, Forecast>>()

function foresee(context: ReplanContext, plan: Plan): Forecast {
  const { trace, now } = context
  const known = foreseen.get(context) ?? new Map<string, Forecast>()
  foreseen.set(context, known)
  const key = plan.steps.map(({ id, needs }) => `${id}<${needs.join()}`).join(';')
  const forecast = known.get(key) ?? forecastOf(plan, retrace(trace, plan, new Map(), now), now)
  known.set(key, forecast)
  return forecast
}

/** The steps that can be done when those that miss something are left out. */
function canBeDone(
  start: ReadonlySet<string>,
  steps: readonly CausalStep[],
  running: ReadonlySet<string>,
): CausalStep[] {
  const facts = new Set(start)
  return steps.filter((step) => {
    const can = running.has(step.id) || step.preconditions.every((fact) => facts.has(fact))
    if (can) applyStep(facts, step)
    return can
  })
}

function goalChances(
  { successRates }: ReplanContext,
  facts: ReadonlySet<string>,
  steps: readonly CausalStep[],
  goals: readonly string[],
): Map<string, number> {
  const links = causalLinks({ start: [...facts], steps, goals })
  const makers = new Map<string, string[]>()
  for (const { from, to } of links) {
    if (to !== planGoal && from !== planStart) makers.set(to, [...(makers.get(to) ?? []), from])
  }
  const chanceOf = (from: string) => {
    const support = new Set<string>()
    const queue = from === planStart ? [] : [from]
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (support.has(id)) continue
      support.add(id)
      queue.push(...(makers.get(id) ?? []))
    }
    return [...support].reduce((chance, id) => chance * (successRates[id] ?? 1), 1)
  }
  return new Map(links.filter(({ to }) => to === planGoal).map(({ from, fact }) => [fact, chanceOf(from)]))
}
