import { ParleyError } from '#shared/lib/error.ts'
import { type CausalLink, type CausalPlan, causalLinks, planGoal, planStart } from './links.ts'

/** Why a step is in the plan. */
export interface StepReason {
  /** Whom the step makes something true for. */
  readonly serves: readonly CausalLink[]
  /** The goals that depend on it, directly or through other steps. */
  readonly goals: readonly string[]
  readonly sentence: string
}

/** What is lost when steps fail. */
export interface Fallout {
  /** Steps that can then not be done, in the plan's order. */
  readonly steps: readonly string[]
  readonly goals: readonly string[]
  readonly sentence: string
}

/** One origin of a failure. */
export type RootCause =
  | { readonly kind: 'failed'; readonly step: string; readonly fact: string }
  | { readonly kind: 'undone'; readonly step: string; readonly fact: string }
  | { readonly kind: 'missing'; readonly fact: string }

/** Says what a step is there for. Throws CAUSAL_STEP_UNKNOWN for an id that is not in the plan. */
export function whyStep(plan: CausalPlan, id: string): StepReason {
  const name = nameOf(plan, id)
  const links = causalLinks(plan)
  const serves = links.filter((link) => link.from === id)
  const reached = new Set([id])
  const goals = new Set<string>()
  // Links are listed in the order of the steps they lead to, so one pass follows every chain.
  for (const link of links) {
    if (!reached.has(link.from)) continue
    if (link.to === planGoal) goals.add(link.fact)
    else reached.add(link.to)
  }
  return { serves, goals: [...goals], sentence: reasonSentence(plan, name, serves, [...goals]) }
}

/** Says what falls when the steps fail: whatever then misses something it needs, and so on. */
export function whatFalls(plan: CausalPlan, failed: readonly string[]): Fallout {
  const names = failed.map((id) => nameOf(plan, id))
  const planned = rehearse(plan, new Set())
  const run = rehearse(plan, new Set(failed))
  const steps = plan.steps.map(({ id }) => id).filter((id) => run.fallen.has(id) && !planned.fallen.has(id))
  const goals = plan.goals.filter((fact) => planned.facts.has(fact) && !run.facts.has(fact))
  const lost = [
    ...(steps.length === 0 ? [] : [`${listSomeWords(steps.map((id) => nameOf(plan, id)))} cannot be done`]),
    ...(goals.length === 0
      ? []
      : [`the ${goals.length === 1 ? 'goal' : 'goals'} ${listSomeWords(goals)} will be missed`]),
  ]
  const condition = `If ${listSomeWords(names)} ${names.length === 1 ? 'fails' : 'fail'}`
  return { steps, goals, sentence: `${condition}, ${lost.length === 0 ? 'nothing else falls' : lost.join(', and ')}.` }
}

/**
 * Traces a goal that does not hold back to where it went wrong: steps that failed, facts that a step undid, facts that
 * nothing in the plan makes true. No causes when the goal holds although those steps failed.
 */
export function rootCauses(
  plan: CausalPlan,
  failed: readonly string[],
  goal: string,
): { readonly causes: readonly RootCause[]; readonly sentence: string } {
  for (const id of failed) nameOf(plan, id)
  const failures = new Set(failed)
  const run = rehearse(plan, failures)
  const makers = new Map(causalLinks(plan).map((link) => [`${link.to} ${link.fact}`, link.from]))
  const causes = new Map<string, RootCause>()
  const seen = new Set<string>()
  const trace = (fact: string, wantedBy: string) => {
    const key = `${wantedBy} ${fact}`
    if (seen.has(key)) return
    seen.add(key)
    const maker = makers.get(key)
    const undoer = run.undoneBy(fact, wantedBy)
    if (maker !== undefined && failures.has(maker)) causes.set(maker, { kind: 'failed', step: maker, fact })
    else if (maker !== undefined && run.fallen.has(maker)) {
      for (const missing of run.fallen.get(maker) ?? []) trace(missing, maker)
    } else if (undoer !== undefined) causes.set(`${undoer} ${fact}`, { kind: 'undone', step: undoer, fact })
    else causes.set(` ${fact}`, { kind: 'missing', fact })
  }
  if (!run.facts.has(goal)) trace(goal, planGoal)
  const list = [...causes.values()]
  return { causes: list, sentence: causeSentence(plan, goal, list) }
}

interface Rehearsal {
  readonly facts: ReadonlySet<string>
  /** Steps that could not be done, with what they missed. */
  readonly fallen: ReadonlyMap<string, readonly string[]>
  /** The step that made the fact false last, before the given step. */
  undoneBy(fact: string, before: string): string | undefined
}

/** Goes through the plan without some steps; a step that misses something is left out as well. */
function rehearse(plan: CausalPlan, without: ReadonlySet<string>): Rehearsal {
  const facts = new Set(plan.start)
  const fallen = new Map<string, string[]>()
  const done: { id: string; deletes: readonly string[] }[] = []
  const doneBefore = new Map<string, number>()
  for (const step of plan.steps) {
    doneBefore.set(step.id, done.length)
    if (without.has(step.id)) continue
    const missing = step.preconditions.filter((fact) => !facts.has(fact))
    if (missing.length > 0) {
      fallen.set(step.id, missing)
      continue
    }
    const deletes = step.deletes.filter((fact) => !step.adds.includes(fact))
    for (const fact of deletes) facts.delete(fact)
    for (const fact of step.adds) facts.add(fact)
    done.push({ id: step.id, deletes })
  }
  return {
    facts,
    fallen,
    undoneBy: (fact, before) =>
      done.slice(0, doneBefore.get(before) ?? done.length).findLast(({ deletes }) => deletes.includes(fact))?.id,
  }
}

function reasonSentence(
  plan: CausalPlan,
  name: string,
  serves: readonly CausalLink[],
  goals: readonly string[],
): string {
  if (serves.length === 0) return `Nothing in the plan needs what ${name} does.`
  const facts = new Map<string, string[]>()
  for (const { fact, to } of serves) {
    facts.set(fact, [...(facts.get(fact) ?? []), to === planGoal ? 'the goal' : nameOf(plan, to)])
  }
  const parts = [...facts].map(([fact, users]) => `${fact} for ${listSomeWords(users)}`)
  const direct = serves.every((link) => link.to === planGoal)
  const end = direct || goals.length === 0 ? '' : `, which in the end serves ${listSomeWords(goals)}`
  return `${capital(name)} is here to provide ${listSomeWords(parts)}${end}.`
}

function causeSentence(plan: CausalPlan, goal: string, causes: readonly RootCause[]): string {
  if (causes.length === 0) return `The goal ${goal} is not missed.`
  const parts = causes.map((cause) => {
    switch (cause.kind) {
      case 'failed':
        return `${nameOf(plan, cause.step)}, which should have provided ${cause.fact}, failed`
      case 'undone':
        return `${nameOf(plan, cause.step)} undid ${cause.fact}`
      default:
        return `nothing in the plan provides ${cause.fact}`
    }
  })
  return `The goal ${goal} was missed because ${listSomeWords(parts)}.`
}

function nameOf(plan: CausalPlan, id: string): string {
  if (id === planStart) return 'the start'
  const step = plan.steps.find((one) => one.id === id)
  if (step === undefined) {
    throw new ParleyError('CAUSAL_STEP_UNKNOWN', `The plan has no step ${id}.`, { details: { id } })
  }
  return step.name ?? step.id
}

const mostNamed = 5

/** "a", "a and b", "a, b, c, d, e and 4 more". */
export function listSomeWords(words: readonly string[]): string {
  const named =
    words.length > mostNamed + 1 ? [...words.slice(0, mostNamed), `${words.length - mostNamed} more`] : words
  const rest = named.slice(0, -1)
  const last = named.at(-1) ?? ''
  return rest.length === 0 ? last : `${rest.join(', ')} and ${last}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
