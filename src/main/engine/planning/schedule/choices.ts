import type { Random } from '#shared/lib/random.ts'
import { finish, type WorkInTurns } from '#shared/lib/turns.ts'
import { type PlanSchedule, type PlanStep, planSchedule } from './plan.ts'

/** One of several ways to do a step. */
interface StepSource {
  readonly name: string
  readonly seconds: number
  /** USD. */
  readonly cost: number
  /** What it is worth in the trader's or planner's measure; default 1. */
  readonly value?: number
}

/** A step with what can be chosen about it. */
export interface ChoiceStep {
  readonly id: string
  readonly needs: readonly string[]
  readonly slots?: number
  /** True when it may be left out; the steps that need it then need what it needed. */
  readonly isOptional?: boolean
  /** At least one. */
  readonly sources: readonly StepSource[]
}

/** How many slots may be had, and what they cost (USD). */
interface SlotOffer {
  readonly slots: number
  readonly cost: number
}

/** One way to carry out the plan. */
export interface ScheduleChoice {
  /** The chosen source of each step that is carried out. */
  readonly sources: ReadonlyMap<string, string>
  readonly leftOut: readonly string[]
  readonly slots: number
  readonly seconds: number
  readonly cost: number
  readonly value: number
  readonly schedule: PlanSchedule
}

export interface ScheduleChoices {
  /** Fastest first; none is at least as fast, cheap and valuable as another. */
  readonly front: readonly ScheduleChoice[]
  /** True when every combination was looked at. */
  readonly isComplete: boolean
}

export interface PlanChoicesOptions {
  readonly steps: readonly ChoiceStep[]
  readonly slots: readonly SlotOffer[]
  readonly random: Random
  /** How many combinations may be scheduled; default 500. */
  readonly evaluations?: number
  /** Only choices that cost at most this. */
  readonly budget?: number
  /** Whether the named steps may be left out together; all may unless given. */
  readonly isAllowed?: (leftOut: readonly string[]) => boolean
}

/**
 * The choices between time, cost and value that a plan leaves open: which optional steps, which source of several, how
 * many slots. All combinations when there are few enough; otherwise Pareto local search (Paquete, Chiarandini and
 * Stutzle 2004) from random combinations, changing one choice at a time. Throws as `planSchedule` does.
 */
export function planChoices(options: PlanChoicesOptions): ScheduleChoices {
  return finish(searchChoices(options))
}

/** The same in parts: one for each combination that is scheduled. */
export function* searchChoices(options: PlanChoicesOptions): WorkInTurns<ScheduleChoices> {
  const limit = options.evaluations ?? 500
  const sizes = [options.slots.length, ...options.steps.map((step) => step.sources.length + (step.isOptional ? 1 : 0))]
  const total = sizes.reduce((product, size) => product * size, 1)
  const seen = new Set<string>()
  let front: { genes: readonly number[]; choice: ScheduleChoice }[] = []
  const consider = (genes: readonly number[]) => {
    const key = genes.join()
    if (seen.has(key)) return
    seen.add(key)
    const choice = evaluate(options, genes)
    if (choice === undefined || choice.cost > (options.budget ?? Number.POSITIVE_INFINITY)) return
    if (front.some((member) => dominates(member.choice, choice))) return
    front = [...front.filter((member) => !dominates(choice, member.choice)), { genes, choice }]
  }
  if (total <= limit) {
    for (let code = 0; code < total; code++) {
      consider(decode(code, sizes))
      yield
    }
  } else {
    while (seen.size < limit) {
      const before = seen.size
      for (const { genes } of front) {
        for (const neighbour of neighbours(genes, sizes)) {
          if (seen.size < limit) consider(neighbour)
          yield
        }
      }
      if (seen.size === before) consider(sizes.map((size) => options.random.int(0, size - 1)))
    }
  }
  const choices = front.map((member) => member.choice)
  return { front: choices.sort((a, b) => a.seconds - b.seconds || a.cost - b.cost), isComplete: total <= limit }
}

/** Gene 0 is the slot offer; gene i + 1 the source of step i, or one past its sources when it is left out. */
function evaluate(options: PlanChoicesOptions, genes: readonly number[]): ScheduleChoice | undefined {
  const offer = options.slots[genes[0] ?? 0]
  if (offer === undefined) return undefined
  const chosen = new Map<string, StepSource>()
  const leftOut: string[] = []
  for (const [index, step] of options.steps.entries()) {
    const source = step.sources[genes[index + 1] ?? 0]
    if (source === undefined) leftOut.push(step.id)
    else chosen.set(step.id, source)
  }
  if (options.isAllowed?.(leftOut) === false) return undefined
  const byId = new Map(options.steps.map((step) => [step.id, step]))
  const needsOf = (step: ChoiceStep, path: readonly string[]): string[] =>
    step.needs.flatMap((need) => {
      const before = byId.get(need)
      if (before === undefined || chosen.has(need) || path.includes(need)) return [need]
      return needsOf(before, [...path, need])
    })
  const steps = options.steps.flatMap((step): PlanStep[] => {
    const source = chosen.get(step.id)
    if (source === undefined) return []
    return [{ id: step.id, needs: needsOf(step, []), seconds: source.seconds, slots: step.slots ?? 1 }]
  })
  if (steps.some((step) => (step.slots ?? 1) > offer.slots)) return undefined
  const schedule = planSchedule(steps, { slots: offer.slots, conflicts: 200 })
  const sources = Array.from(chosen.values())
  return {
    sources: new Map(Array.from(chosen, ([id, source]) => [id, source.name])),
    leftOut,
    slots: offer.slots,
    seconds: schedule.makespanSeconds,
    cost: offer.cost + sources.reduce((sum, source) => sum + source.cost, 0),
    value: sources.reduce((sum, source) => sum + (source.value ?? 1), 0),
    schedule,
  }
}

/** True when one choice is at least as good in everything, so that the other need not be offered. */
function dominates(one: ScheduleChoice, other: ScheduleChoice): boolean {
  return one.seconds <= other.seconds && one.cost <= other.cost && one.value >= other.value
}

function decode(code: number, sizes: readonly number[]): number[] {
  let rest = code
  return sizes.map((size) => {
    const gene = rest % size
    rest = Math.floor(rest / size)
    return gene
  })
}

function* neighbours(genes: readonly number[], sizes: readonly number[]): Generator<number[]> {
  for (const [place, size] of sizes.entries()) {
    for (let gene = 0; gene < size; gene++) if (gene !== genes[place]) yield genes.with(place, gene)
  }
}
