import { taskWeights } from '#engine/agents/seats/validate.ts'
import { type ChoiceStep, searchChoices, type ScheduleChoice as Way } from '#engine/planning/schedule/choices.ts'
import type { PlanChoice, PlanChoices } from '#shared/domain/plan-choice.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { createRandom } from '#shared/lib/random.ts'
import type { WorkInTurns } from '#shared/lib/turns.ts'
import { researchSlots } from './decide-domain.ts'
import { decidePlan } from './decide-plan.ts'
import { canBeLeftOut } from './decide-terms.ts'

/** Slots that are offered besides the profile's own number. */
const usualSlots = 4

/**
 * What the trader may choose between for a goal: which tasks to do without and how many to run at once, so that no choice
 * is worse than another in time, cost and coverage together. None asks fewer sources than the profile wants or leaves out
 * what is critical. The profile's own plan is always among them. Takes some tens of milliseconds in all, in parts. Throws as decidePlan
 * does.
 */
export function* decideChoices(
  goal: Pick<Goal, 'instrument' | 'profile' | 'policy'>,
  config: PlanningConfig,
): WorkInTurns<PlanChoices> {
  const profile = config.profiles[goal.profile]
  const { instrument, policy } = goal
  const { plan } = decidePlan('plan', { instrument, policy, profile: goal.profile }, config, () => '')
  const research = plan.steps.filter(({ action }) => action === 'research')
  const names = new Set(research.map(({ id }) => id))
  const steps = research.map(
    ({ id, needs, priority, estimate }): ChoiceStep => ({
      id,
      needs: needs.filter((need) => names.has(need)),
      isOptional: canBeLeftOut(config.tasks[id]),
      sources: [{ name: id, seconds: estimate.seconds, cost: estimate.usd, value: taskWeights[priority] }],
    }),
  )
  const whole = research.reduce((sum, { priority }) => sum + taskWeights[priority], 0)
  const sourcesWithout = (leftOut: readonly string[]) =>
    new Set(research.filter(({ id }) => !leftOut.includes(id)).flatMap(({ sources }) => sources)).size
  const own = plan.slots[researchSlots] ?? profile.parallel
  const most = config.enabled ? Math.max(own, usualSlots) : 1
  const wanted = Math.min(profile.minimumSources, sourcesWithout([]))
  const { front, isComplete } = yield* searchChoices({
    steps,
    // The profile's own number first: of choices that are alike, the first one is kept.
    slots: [own, ...Array.from({ length: most }, (_, index) => index + 1).filter((slots) => slots !== own)].map(
      (slots) => ({ slots, cost: 0 }),
    ),
    random: createRandom(0),
    isAllowed: (leftOut) => sourcesWithout(leftOut) >= wanted,
  })
  const ways = front.map(
    (way: Way): PlanChoice => ({
      leaveOut: [...way.leftOut],
      slots: way.slots,
      seconds: way.seconds,
      usd: Math.round(way.cost * 10_000) / 10_000,
      coverage: way.value / whole,
      sources: sourcesWithout(way.leftOut),
      marks: [],
    }),
  )
  const usual: PlanChoice = {
    leaveOut: [],
    slots: own,
    seconds: plan.estimate.seconds.parallel,
    usd: plan.estimate.usd,
    coverage: 1,
    sources: sourcesWithout([]),
    marks: [],
  }
  const isUsual = ({ leaveOut, slots }: PlanChoice) => leaveOut.length === 0 && slots === own
  return { choices: marked(ways.some(isUsual) ? ways : [...ways, usual], isUsual), complete: isComplete }
}

/** Fastest first; of those that are as fast or as cheap, the fullest is the one that is called so. */
function marked(ways: readonly PlanChoice[], isUsual: (way: PlanChoice) => boolean): PlanChoice[] {
  const sorted = ways.toSorted((a, b) => a.seconds - b.seconds || b.coverage - a.coverage || a.usd - b.usd)
  const fastest = sorted[0]
  const cheapest = sorted.toSorted((a, b) => a.usd - b.usd || b.coverage - a.coverage)[0]
  return sorted.map((way) => ({
    ...way,
    marks: [
      ...(isUsual(way) ? (['profile'] as const) : []),
      ...(way === fastest ? (['fastest'] as const) : []),
      ...(way === cheapest ? (['cheapest'] as const) : []),
    ],
  }))
}
