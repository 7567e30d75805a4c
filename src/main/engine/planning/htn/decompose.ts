import { assertNever } from '#shared/lib/assert.ts'
import { ParleyError } from '#shared/lib/error.ts'
import {
  type Agenda,
  type AgendaChoice,
  type AgendaEntry,
  agendaKey,
  choices,
  type Decomposition,
  pushEntry,
  pushItems,
} from './agenda.ts'
import { type Condition, type Domain, goalHolds, type Need, type Operator, type Refinement } from './domain.ts'
import {
  type GoalItem,
  type GoalsItem,
  type Item,
  itemKey,
  itemText,
  type Network,
  type TaskArgument,
  type TaskItem,
} from './network.ts'
import { type State, stateKey } from './state.ts'

/** One step of a found plan. */
export interface PlannedStep {
  /** s1, s2, ... in the plan's order. */
  readonly id: string
  readonly operator: string
  readonly args: readonly TaskArgument[]
  readonly cost: number
  /** In seconds. */
  readonly duration: number
  readonly needs: readonly Need[]
  /** The decompositions that led here, the outermost first. */
  readonly because: readonly { readonly task: string; readonly method: string }[]
}

/** Why the search could not go on at the furthest point it reached. */
interface PlanFailure {
  readonly reason: 'arguments' | 'condition' | 'refused' | 'no method' | 'goal missed' | 'circle' | 'depth'
  /** The task or goal that could not be done. */
  readonly task: string
  /** The method of that task that did not apply, where there is one. */
  readonly method?: string
  /** The words of the condition that did not hold. */
  readonly condition?: string
  /** The method that asked for the task, and the task it is for. */
  readonly within?: { readonly task: string; readonly method: string }
  readonly message: string
}

export type DecompositionResult =
  | { readonly status: 'solved'; readonly steps: readonly PlannedStep[]; readonly state: State }
  /** Every alternative within the depth was tried: there is no plan. */
  | { readonly status: 'unsolvable'; readonly failures: readonly PlanFailure[] }
  /** A bound was met first: there may be a plan. */
  | { readonly status: 'unknown'; readonly failures: readonly PlanFailure[] }

/** What to plan for. */
export interface PlanningProblem<Profile> {
  readonly domain: Domain<Profile>
  readonly state: State
  readonly todo: readonly Item[] | Network
  /** Parameters that operators and methods may look at, for instance an appetite for risk. */
  readonly profile: Profile
}

export interface DecompositionBounds {
  /** Search nodes that may be made; default 200,000. */
  readonly nodes?: number
  /** How deep tasks may be nested; default 2,000. */
  readonly depth?: number
}

interface Trail {
  readonly step: Omit<PlannedStep, 'id'>
  readonly before: Trail | undefined
}

interface Node {
  readonly state: State
  readonly agenda: Agenda | undefined
  readonly trail: Trail | undefined
  readonly length: number
  /** Changes of the agenda since the start. */
  readonly moves: number
}

/**
 * Finds a plan by refining tasks and goals, first things first, methods in order of preference, taking back choices
 * that do not work out. Same input, same plan. Goals are looked at again after the method used for them; a method that
 * missed its goal is taken back. Throws PLANNING_DOMAIN_INVALID when an item names nothing in the domain.
 * After Ghallab, Nau and Traverso, Automated Planning and Acting (2016), and the behaviour of GTPyhop (Nau et al. 2021).
 */
export function decompose<Profile>(
  problem: PlanningProblem<Profile>,
  bounds: DecompositionBounds = {},
): DecompositionResult {
  const nodeLimit = bounds.nodes ?? 200_000
  const search = new Search(problem, bounds.depth ?? 2_000)
  let nodes = 0
  const root: Node = {
    state: problem.state,
    agenda: pushItems(problem.todo, undefined, undefined),
    trail: undefined,
    length: 0,
    moves: 0,
  }
  const stack: Iterator<Node>[] = [[root].values()]
  for (let open = stack.at(-1); open !== undefined; open = stack.at(-1)) {
    const { value: node, done } = open.next()
    if (done === true || node === undefined) {
      stack.pop()
      continue
    }
    if (node.agenda === undefined) return { status: 'solved', steps: stepsOf(node.trail), state: node.state }
    if (search.hasMet(node.state, node.agenda)) continue
    if (++nodes > nodeLimit) return { status: 'unknown', failures: search.failures }
    stack.push(search.successors(node, node.agenda))
  }
  return { status: search.metDepth ? 'unknown' : 'unsolvable', failures: search.failures }
}

function stepsOf(last: Trail | undefined): PlannedStep[] {
  const steps: Omit<PlannedStep, 'id'>[] = []
  for (let trail = last; trail !== undefined; trail = trail.before) steps.push(trail.step)
  return steps.reverse().map((step, index) => ({ id: `s${index + 1}`, ...step }))
}

function pathTo(above: Decomposition | undefined): { task: string; method: string }[] {
  const path: { task: string; method: string }[] = []
  for (let at = above; at !== undefined; at = at.parent) path.push({ task: at.text, method: at.method })
  return path.reverse()
}

interface Alternative {
  readonly name: string
  readonly conditions: readonly Condition[]
  refine(): Refinement
}

class Search<Profile> {
  failures: PlanFailure[] = []
  metDepth = false
  readonly #problem: PlanningProblem<Profile>
  readonly #operators: ReadonlyMap<string, Operator<Profile>>
  readonly #depthLimit: number
  readonly #met = new Set<string>()
  #furthest = { length: -1, depth: -1 }

  constructor(problem: PlanningProblem<Profile>, depthLimit: number) {
    this.#problem = problem
    this.#operators = new Map(problem.domain.operators.map((operator) => [operator.name, operator]))
    this.#depthLimit = depthLimit
  }

  /**
   * True when the search was here before: the same state with the same left to do. Only where parts can be done in any order,
   * for there the orders lead to one point many times over; not once the depth was met, which depends on the way here.
   */
  hasMet(state: State, agenda: Agenda): boolean {
    if (agenda.head.kind !== 'group' || this.metDepth) return false
    const key = `${stateKey(state)} ${agendaKey(agenda)}`
    if (this.#met.has(key)) return true
    this.#met.add(key)
    return false
  }

  *successors(node: Node, agenda: Agenda): Generator<Node> {
    for (const choice of choices(agenda)) yield* this.#take(node, agenda, choice)
  }

  *#take(node: Node, agenda: Agenda, choice: AgendaChoice): Generator<Node> {
    const { entry } = choice
    const { item } = entry
    const skip = () => ({ ...node, agenda: choice.resume((rest) => rest), moves: node.moves + 1 })
    if (item.kind !== 'task' && reached(node.state, item)) {
      yield skip()
    } else if (entry.kind === 'check') {
      this.#fail(node, entry, { reason: 'goal missed' })
    } else if (item.kind === 'task' && this.#operators.has(item.name)) {
      yield* this.#apply(node, choice, item)
    } else {
      yield* this.#refine(node, agenda, choice)
    }
  }

  *#apply(node: Node, choice: AgendaChoice, item: TaskItem): Generator<Node> {
    const { profile, domain } = this.#problem
    const operator = this.#operators.get(item.name)
    if (operator === undefined) return
    const { entry } = choice
    const misfit = misfitOf(domain, operator, item.args)
    if (misfit !== undefined) {
      this.#fail(node, entry, { reason: 'arguments', condition: misfit })
      return
    }
    const broken = operator
      .conditions?.(node.state, item.args, profile)
      .find((condition) => !condition.holds(node.state))
    if (broken !== undefined) {
      this.#fail(node, entry, { reason: 'condition', condition: broken.text })
      return
    }
    const state = operator.apply(node.state, item.args, profile)
    if (state === undefined) {
      this.#fail(node, entry, { reason: 'refused' })
      return
    }
    const step = {
      operator: operator.name,
      args: item.args,
      cost: operator.cost?.(node.state, item.args, profile) ?? 0,
      duration: operator.duration?.(node.state, item.args, profile) ?? 0,
      needs: operator.needs?.(item.args, profile) ?? [],
      because: pathTo(entry.above),
    }
    yield {
      state,
      agenda: choice.resume((rest) => rest),
      trail: { step, before: node.trail },
      length: node.length + 1,
      moves: node.moves + 1,
    }
  }

  *#refine(node: Node, agenda: Agenda, choice: AgendaChoice): Generator<Node> {
    const { entry } = choice
    const { item, above } = entry
    const depth = (above?.depth ?? 0) + 1
    const key = itemKey(item)
    if (depth > this.#depthLimit) {
      this.metDepth = true
      this.#fail(node, entry, { reason: 'depth' })
      return
    }
    if (goesRound(key, node, agenda, above, depth)) {
      this.#fail(node, entry, { reason: 'circle' })
      return
    }
    const alternatives = this.#alternatives(node.state, item)
    if (alternatives.length === 0) this.#fail(node, entry, { reason: 'no method' })
    for (const method of alternatives) {
      const broken = method.conditions.find((condition) => !condition.holds(node.state))
      if (broken !== undefined) {
        this.#fail(node, entry, { reason: 'condition', method: method.name, condition: broken.text })
        continue
      }
      const refinement = method.refine()
      if (refinement === undefined) {
        this.#fail(node, entry, { reason: 'refused', method: method.name })
        continue
      }
      const decomposition: Decomposition = {
        key,
        text: itemText(item),
        method: method.name,
        parent: above,
        depth,
        state: node.state,
        pending: agenda.pending,
        moves: node.moves,
      }
      const next = choice.resume((rest) => {
        const checked = item.kind === 'task' ? rest : pushEntry({ kind: 'check', item, above: decomposition }, rest)
        return pushItems(refinement, decomposition, checked)
      })
      yield { ...node, agenda: next, moves: node.moves + 1 }
    }
  }

  #alternatives(state: State, item: Item): Alternative[] {
    const { domain, profile } = this.#problem
    switch (item.kind) {
      case 'task': {
        const methods = domain.taskMethods[item.name]
        if (methods === undefined) throw unknownItem(domain.name, item)
        return methods.map((method) => ({
          name: method.name,
          conditions: method.conditions?.(state, item.args, profile) ?? [],
          refine: () => method.refine(state, item.args, profile),
        }))
      }
      case 'goal': {
        const methods = domain.goalMethods?.[item.variable]
        if (methods === undefined) throw unknownItem(domain.name, item)
        return methods.map((method) => ({
          name: method.name,
          conditions: [],
          refine: () => method.refine(state, item, profile),
        }))
      }
      case 'goals':
        return (domain.goalsMethods ?? []).map((method) => ({
          name: method.name,
          conditions: [],
          refine: () => method.refine(state, item, profile),
        }))
      default:
        return assertNever(item)
    }
  }

  /** Keeps the failures at the furthest point: most steps done, then deepest in the hierarchy. */
  #fail(node: Node, entry: AgendaEntry, why: Pick<PlanFailure, 'reason' | 'method' | 'condition'>): void {
    const depth = entry.above?.depth ?? 0
    const ahead = node.length - this.#furthest.length || depth - this.#furthest.depth
    if (ahead < 0) return
    if (ahead > 0) {
      this.#furthest = { length: node.length, depth }
      this.failures = []
    }
    const failure = {
      ...why,
      task: itemText(entry.item),
      ...(entry.above && { within: { task: entry.above.text, method: entry.above.method } }),
    }
    const message = messageOf(failure, node.length)
    if (!this.failures.some((known) => known.message === message)) this.failures.push({ ...failure, message })
  }
}

function reached(state: State, item: GoalItem | GoalsItem): boolean {
  return item.kind === 'goal' ? goalHolds(state, item) : item.goals.every((goal) => goalHolds(state, goal))
}

/**
 * True when the same task was refined above in the same state with the same things left to do, and nothing else was
 * touched since: then whatever can be found below was, or will be, found above.
 */
function goesRound(key: string, node: Node, agenda: Agenda, above: Decomposition | undefined, depth: number): boolean {
  for (let at = above; at !== undefined && at.state === node.state; at = at.parent) {
    if (at.key === key && at.pending === agenda.pending && node.moves - at.moves === depth - at.depth) return true
  }
  return false
}

function misfitOf<Profile>(
  domain: Domain<Profile>,
  operator: Operator<Profile>,
  args: readonly TaskArgument[],
): string | undefined {
  const { parameters } = operator
  if (parameters === undefined) return undefined
  if (parameters.length !== args.length) return `${parameters.length} arguments, not ${args.length}`
  for (const [index, { name, type }] of parameters.entries()) {
    const value = args[index]
    const members = domain.types?.[type]
    const fits = members === undefined ? typeof value === type : members.some((member) => member === value)
    if (!fits) return `${name} to be of type ${type}`
  }
  return undefined
}

function messageOf(failure: Omit<PlanFailure, 'message'>, stepsDone: number): string {
  const { task, method, condition, within } = failure
  const subject = method === undefined ? task : `method ${method} of ${task}`
  const what = {
    arguments: `${subject} wants ${condition}`,
    condition: `${subject} needs ${condition}`,
    refused: `${subject} does not apply`,
    'no method': `${subject} has no method`,
    'goal missed': `${subject} was not reached by the method used for it`,
    circle: `${subject} leads back to itself with nothing changed`,
    depth: `${subject} is nested too deep`,
  }[failure.reason]
  const where = within === undefined ? '' : `, in method ${within.method} of ${within.task}`
  return `After ${stepsDone} ${stepsDone === 1 ? 'step' : 'steps'}: ${what}${where}.`
}

function unknownItem(domain: string, item: Item): ParleyError {
  return new ParleyError('PLANNING_DOMAIN_INVALID', `${itemText(item)} names nothing in the domain ${domain}.`, {
    wayOut: 'Add an operator or a method of that name to the domain.',
    details: { item },
  })
}
