import type { Label } from '#engine/planning/lab/search/model.ts'
import type { DecomposedTask, HtnPlan } from '#engine/planning/lab/search/plan.ts'
import { assertNever } from '#shared/lib/assert.ts'
import {
  boundValue,
  type Formula,
  type HddlAction,
  type HddlMethod,
  type HddlProblem,
  type Term,
  type Variable,
} from './model.ts'

/**
 * Checks a plan against the problem as it was read, sharing nothing with the planner: executes the actions, looks at
 * the goal, and checks that every task of the decomposition is refined by a method of its own, with its conditions, its
 * subtasks and their order. The sentences say what is wrong; none means the plan is right.
 */
export function verifyPlan(problem: HddlProblem, plan: HtnPlan): string[] {
  const verifier = new Verifier(problem, plan)
  verifier.checkTree()
  verifier.execute()
  return verifier.faults
}

/** A condition that must hold at some moment between the actions number from and to. */
interface Query {
  readonly from: number
  readonly to: number
  readonly what: string
  readonly scope: readonly Variable[]
  readonly binding: ReadonlyMap<number, number>
  readonly condition: Formula
}

/** The actions below a task: the number of the first and the number after the last, or nothing. */
interface Span {
  readonly first: number
  readonly end: number
}

class Verifier {
  readonly faults: string[] = []
  readonly #problem: HddlProblem
  readonly #plan: HtnPlan
  readonly #objects: ReadonlyMap<string, number>
  readonly #queries = new Map<number, Query[]>()
  readonly #spans = new Map<number, Span | undefined>()

  constructor(problem: HddlProblem, plan: HtnPlan) {
    this.#problem = problem
    this.#plan = plan
    this.#objects = new Map(problem.objects.map((name, id) => [name, id]))
  }

  checkTree(): void {
    this.#findSpans()
    const open = [{ id: 0, from: 0, to: this.#plan.actions.length }]
    const reached = new Set<number>()
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const task = this.#plan.tasks.get(next.id)
      if (task === undefined || reached.has(next.id)) {
        this.faults.push(`Task ${next.id} is missing or used twice.`)
        continue
      }
      reached.add(next.id)
      if (task.method !== undefined) open.push(...this.#checkMethod(task, next.from, next.to))
    }
    const steps = new Map(this.#plan.actions.map(({ id, label }) => [id, label]))
    if (steps.size < this.#plan.actions.length) this.faults.push('An action is in the plan twice.')
    for (const id of steps.keys()) if (!reached.has(id)) this.faults.push(`Action ${id} is part of no task.`)
    for (const id of reached) {
      const task = this.#plan.tasks.get(id)
      if (task?.method === undefined && callText(task?.label) !== callText(steps.get(id))) {
        this.faults.push(`Action ${id} of the decomposition is not in the plan.`)
      }
    }
  }

  execute(): void {
    const { actions, init, goal } = this.#problem
    const state = new Set(init.map(({ predicate, args }) => factKey(predicate, args)))
    const schemas = new Map(actions.map((action) => [action.name, action]))
    let waiting: Query[] = []
    for (let moment = 0; moment <= this.#plan.actions.length; moment++) {
      waiting = [...waiting, ...(this.#queries.get(moment) ?? [])].filter((query) => {
        if (this.#canHold(query, state)) return false
        if (query.to > moment) return true
        this.faults.push(`The condition of ${query.what} does not hold where it must.`)
        return false
      })
      const step = this.#plan.actions[moment]
      if (step === undefined) break
      const schema = schemas.get(step.label.name)
      const args = step.label.args.map((name) => this.#objects.get(name) ?? -1)
      if (schema === undefined || !this.#fits(schema.types, args)) {
        this.faults.push(`Step ${moment + 1}, ${step.label.name}, is no action of the domain for these arguments.`)
        return
      }
      if (!this.#act(schema, args, state)) {
        this.faults.push(`Step ${moment + 1}, ${callText(step.label)}, cannot be done.`)
        return
      }
    }
    if (!this.#evaluate(goal, new Map(), state)) this.faults.push('The goal does not hold at the end.')
  }

  #act(action: HddlAction, args: readonly number[], state: Set<string>): boolean {
    const binding = new Map(args.entries())
    if (!this.#evaluate(action.condition, binding, state)) return false
    const come: string[] = []
    const go: string[] = []
    for (const effect of action.effects) {
      this.#forEach(effect.variables, binding, () => {
        if (!this.#evaluate(effect.condition, binding, state)) return false
        const key = factKey(
          effect.predicate,
          effect.args.map((term) => this.#value(term, binding)),
        )
        if (effect.adds) come.push(key)
        else go.push(key)
        return false
      })
    }
    for (const key of go) state.delete(key)
    for (const key of come) state.add(key)
    return true
  }

  /** Bottom up without recursion: decompositions can be as deep as plans are long. */
  #findSpans(): void {
    for (const [index, { id }] of this.#plan.actions.entries()) this.#spans.set(id, { first: index, end: index + 1 })
    const open = [0]
    const order: DecomposedTask[] = []
    const seen = new Set<number>()
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const task = this.#plan.tasks.get(id)
      if (task?.method === undefined || seen.has(id)) continue
      seen.add(id)
      order.push(task)
      open.push(...task.children)
    }
    for (const task of order.reverse()) {
      const spans = task.children.flatMap((child) => this.#spans.get(child) ?? [])
      const span = spans.reduce<Span | undefined>(
        (sum, one) => ({ first: Math.min(sum?.first ?? one.first, one.first), end: Math.max(sum?.end ?? 0, one.end) }),
        undefined,
      )
      this.#spans.set(task.id, span)
    }
  }

  /** Checks one refinement, and answers the children with the moments that bound them. */
  #checkMethod(task: DecomposedTask, from: number, to: number): { id: number; from: number; to: number }[] {
    const what = `method ${task.method} of ${task.label?.name ?? 'the initial network'} (task ${task.id})`
    const { top, tasks, methods } = this.#problem
    const candidates =
      task.id === 0
        ? [top]
        : methods.filter(({ name, task: of }) => name === task.method && tasks[of]?.name === task.label?.name)
    for (const method of candidates) {
      const binding = new Map<number, number>()
      const given = (task.label?.args ?? []).map((name) => this.#objects.get(name) ?? -1)
      if (!this.#bind(method, method.taskArgs, given, binding)) continue
      const children = this.#match(method, task.children, binding)
      if (children === undefined) continue
      const span = this.#spans.get(task.id)
      const bounds = children.map((id, index) => {
        const own = this.#spans.get(id)
        const before = method.before.filter(([, b]) => b === index).map(([a]) => this.#spans.get(children[a] ?? -1))
        const after = method.before.filter(([a]) => a === index).map(([, b]) => this.#spans.get(children[b] ?? -1))
        const start = Math.max(from, ...before.map((one) => one?.end ?? 0))
        const stop = Math.min(to, ...after.map((one) => one?.first ?? to))
        if (own !== undefined && (own.first < start || own.end > stop)) {
          this.faults.push(`Subtask ${index + 1} of ${what} is out of order.`)
        }
        return { id, from: start, to: stop }
      })
      const scope = method.types.map((type, id): Variable => ({ id, type })).filter(({ id }) => !binding.has(id))
      const query = { from, to: span?.first ?? to, what, scope, binding, condition: method.condition }
      this.#queries.set(from, [...(this.#queries.get(from) ?? []), query])
      return bounds
    }
    this.faults.push(`No ${what} has these subtasks.`)
    return []
  }

  /** The children in the order of the method's subtasks; binds the variables. Tries all ways that fit. */
  #match(method: HddlMethod, children: readonly number[], binding: Map<number, number>): number[] | undefined {
    if (children.length !== method.subtasks.length) return undefined
    const place = (index: number, left: readonly number[]): number[] | undefined => {
      const subtask = method.subtasks[index]
      if (subtask === undefined) return []
      const names = subtask.kind === 'action' ? this.#problem.actions : this.#problem.tasks
      for (const id of left) {
        const child = this.#plan.tasks.get(id)
        if (child?.label?.name !== names[subtask.index]?.name) continue
        if ((child?.method === undefined) !== (subtask.kind === 'action')) continue
        const kept = new Map(binding)
        const args = (child?.label?.args ?? []).map((name) => this.#objects.get(name) ?? -1)
        if (this.#bind(method, subtask.args, args, binding)) {
          const rest = place(
            index + 1,
            left.filter((other) => other !== id),
          )
          if (rest !== undefined) return [id, ...rest]
        }
        binding.clear()
        for (const [variable, value] of kept) binding.set(variable, value)
      }
      return undefined
    }
    return place(0, children)
  }

  #bind(method: HddlMethod, terms: readonly Term[], args: readonly number[], binding: Map<number, number>): boolean {
    return (
      terms.length === args.length &&
      terms.every((term, index) => {
        const value = args[index] ?? -1
        if (term < 0) return ~term === value
        if (binding.has(term)) return binding.get(term) === value
        binding.set(term, value)
        return this.#fits([method.types[term] ?? 0], [value])
      })
    )
  }

  #fits(types: readonly number[], args: readonly number[]): boolean {
    return (
      types.length === args.length &&
      types.every((type, index) => this.#problem.types[type]?.members.includes(args[index] ?? -1))
    )
  }

  #canHold(query: Query, state: ReadonlySet<string>): boolean {
    const binding = new Map(query.binding)
    return this.#forEach(query.scope, binding, () => this.#evaluate(query.condition, binding, state))
  }

  /** Tries the values of the variables until one makes the test true. */
  #forEach(variables: readonly Variable[], binding: Map<number, number>, test: () => boolean, from = 0): boolean {
    const variable = variables[from]
    if (variable === undefined) return test()
    for (const object of this.#problem.types[variable.type]?.members ?? []) {
      binding.set(variable.id, object)
      if (this.#forEach(variables, binding, test, from + 1)) return true
    }
    binding.delete(variable.id)
    return false
  }

  #evaluate(formula: Formula, binding: Map<number, number>, state: ReadonlySet<string>): boolean {
    switch (formula.kind) {
      case 'and':
        return formula.parts.every((part) => this.#evaluate(part, binding, state))
      case 'or':
        return formula.parts.some((part) => this.#evaluate(part, binding, state))
      case 'not':
        return !this.#evaluate(formula.part, binding, state)
      case 'atom':
        return state.has(
          factKey(
            formula.predicate,
            formula.args.map((term) => this.#value(term, binding)),
          ),
        )
      case 'same':
        return this.#value(formula.left, binding) === this.#value(formula.right, binding)
      case 'is':
        return this.#fits([formula.type], [this.#value(formula.term, binding)])
      case 'some':
        return this.#forEach(formula.variables, binding, () => this.#evaluate(formula.part, binding, state))
      case 'all':
        return !this.#forEach(formula.variables, binding, () => !this.#evaluate(formula.part, binding, state))
      default:
        return assertNever(formula)
    }
  }

  #value(term: Term, binding: ReadonlyMap<number, number>): number {
    return term < 0 ? boundValue(term, []) : (binding.get(term) ?? -1)
  }
}

function callText(label: Label | undefined): string {
  return label === undefined ? '' : `${label.name}(${label.args.join(', ')})`
}

function factKey(predicate: number, args: readonly number[]): string {
  return `${predicate}(${args.join()})`
}
