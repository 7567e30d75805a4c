import type { Label } from '#engine/planning/lab/search/model.ts'
import { assertExists } from '#shared/lib/assert.ts'
import { type AtomStatus, clausesOf, forEachBinding, type Literal, valuesOf } from './clauses.ts'
import { Join, type JoinAtom } from './join.ts'
import type { Formula, HddlMethod, HddlProblem } from './model.ts'
import { bindTuple, type Reach, reach, splitCondition, typeOf } from './reach.ts'
import { Relation } from './relation.ts'

/** Effects of an action without variables; literals name facts. */
export interface RawEffects {
  readonly needs: readonly Literal[]
  readonly adds: readonly number[]
  readonly deletes: readonly number[]
}

interface RawAction extends RawEffects {
  readonly task: number
  readonly label: Label | undefined
  readonly conditional: readonly RawEffects[]
}

export interface RawMethod {
  readonly task: number
  readonly name: string | undefined
  readonly subtasks: readonly number[]
  readonly before: readonly (readonly [number, number])[]
}

/** A problem with its variables replaced, before what cannot matter is left out. Tasks have one numbering. */
export interface RawProblem {
  readonly factCount: number
  readonly init: readonly number[]
  readonly actions: readonly RawAction[]
  readonly methods: readonly RawMethod[]
  /** What tasks that methods refine are called. */
  readonly labels: ReadonlyMap<number, Label>
  readonly taskCount: number
  readonly root: number
}

/** Thrown when grounding is asked to give up. */
class GroundingStopped extends Error {}

/**
 * Replaces variables by objects: actions that delete-free reachability admits, then tasks and methods from the top
 * down, joined over those actions and over the facts that can hold. Undefined when stop answered true on the way.
 * After Behnke et al., "On Succinct Groundings of HTN Planning Problems" (AAAI 2020).
 */
export function ground(problem: HddlProblem, stop: () => boolean): RawProblem | undefined {
  try {
    return new Grounder(problem, stop).run()
  } catch (error) {
    if (error instanceof GroundingStopped) return undefined
    throw error
  }
}

interface PreparedMethod {
  readonly method: HddlMethod
  readonly join: Join
  readonly binding: Int32Array
  /** The order of the subtasks when there is only one. */
  readonly order: readonly number[]
  readonly before: readonly (readonly [number, number])[]
}

class Grounder {
  readonly #problem: HddlProblem
  readonly #stop: () => boolean
  readonly #reach: Reach
  readonly #factIds: Map<number, number>[]
  #factCount = 0
  #work = 0
  readonly #actions: RawAction[] = []
  readonly #methods: RawMethod[] = []
  readonly #labels = new Map<number, Label>()
  #taskCount = 0
  readonly #actionTasks: Map<number, number>[]
  readonly #checks = new Map<string, number>()
  readonly #taskRows: Relation[]
  readonly #taskIds: number[][]
  readonly #queue: { task: number; row: number; id: number }[] = []

  constructor(problem: HddlProblem, stop: () => boolean) {
    this.#problem = problem
    this.#stop = stop
    this.#reach = reach(problem, () => this.#checkpoint())
    this.#factIds = problem.predicates.map(() => new Map())
    this.#actionTasks = problem.actions.map(() => new Map())
    this.#taskRows = problem.tasks.map((task) => new Relation(task.types.length, problem.objects.length))
    this.#taskIds = problem.tasks.map(() => [])
  }

  run(): RawProblem {
    const problem = this.#problem
    const methodsOf: PreparedMethod[][] = problem.tasks.map(() => [])
    for (const method of problem.methods) {
      const prepared = this.#prepare(method)
      if (prepared !== undefined) methodsOf[method.task]?.push(prepared)
    }
    const root = this.#taskCount++
    const top = this.#prepare(problem.top)
    top?.join.run(top.binding, () => this.#addMethod(top, root))
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      const tuple = this.#taskRows[next.task]?.tuple(next.row) ?? []
      const { id } = next
      for (const prepared of methodsOf[next.task] ?? []) {
        const { method, join, binding } = prepared
        binding.fill(-1)
        if (bindTuple(problem, method.types, binding, method.taskArgs, tuple)) {
          join.run(binding, () => this.#addMethod(prepared, id))
        }
      }
    }
    const init = problem.init.flatMap(({ predicate, args }) => {
      const status = this.#status(predicate, args)
      return typeof status === 'boolean' ? [] : [status.fact]
    })
    return {
      factCount: this.#factCount,
      init: [...new Set(init)],
      actions: this.#actions,
      methods: this.#methods,
      labels: this.#labels,
      taskCount: this.#taskCount,
      root,
    }
  }

  #checkpoint(): void {
    if (++this.#work % 1024 === 0 && this.#stop()) throw new GroundingStopped()
  }

  #prepare(method: HddlMethod): PreparedMethod | undefined {
    const order = topologicalOrder(method)
    if (order === undefined) return undefined
    const { atoms, checks } = splitCondition(this.#problem, this.#reach, method.condition)
    const doable: JoinAtom[] = method.subtasks.flatMap(({ kind, index, args }) => {
      const relation = kind === 'action' ? this.#reach.actions[index] : undefined
      return relation === undefined ? [] : [{ relation, args }]
    })
    const types = method.types.map((type) => typeOf(this.#problem, type))
    const bound = [...new Set(method.taskArgs.filter((term) => term >= 0))]
    const place = new Map(order.map((subtask, index) => [subtask, index]))
    return {
      method,
      join: new Join(types, [...atoms, ...doable], checks, bound),
      binding: new Int32Array(method.scope).fill(-1),
      order,
      before: method.before.map(([a, b]) => [place.get(a) ?? 0, place.get(b) ?? 0] as const),
    }
  }

  #addMethod(prepared: PreparedMethod, task: number): void {
    const { method, binding, order, before } = prepared
    this.#checkpoint()
    const subtasks: number[] = []
    for (const position of order) {
      const subtask = method.subtasks[position]
      if (subtask === undefined) return
      const args = valuesOf(subtask.args, binding)
      const id = subtask.kind === 'action' ? this.#actionTask(subtask.index, args) : this.#task(subtask.index, args)
      if (id === undefined) return
      subtasks.push(id)
    }
    const { name } = method
    const isTop = method.task < 0
    const goal = isTop ? this.#clauses(this.#problem.goal, binding) : [[]]
    for (const needs of this.#clauses(method.condition, binding)) {
      for (const wanted of goal) {
        this.#methods.push({ task, name, ...this.#framed(subtasks, before, needs, wanted) })
      }
    }
  }

  /** Subtasks with a check of a condition before all of them and of another one after all of them. */
  #framed(
    subtasks: readonly number[],
    before: RawMethod['before'],
    first: readonly Literal[],
    last: readonly Literal[],
  ): Pick<RawMethod, 'subtasks' | 'before'> {
    let framed: Pick<RawMethod, 'subtasks' | 'before'> = { subtasks, before }
    if (first.length > 0) {
      framed = {
        subtasks: [this.#check(first), ...subtasks],
        before: [
          ...subtasks.map((_, index) => [0, index + 1] as const),
          ...before.map(([a, b]) => [a + 1, b + 1] as const),
        ],
      }
    }
    if (last.length > 0) {
      const end = framed.subtasks.length
      framed = {
        subtasks: [...framed.subtasks, this.#check(last)],
        before: [...framed.before, ...framed.subtasks.map((_, index) => [index, end] as const)],
      }
    }
    return framed
  }

  #check(needs: readonly Literal[]): number {
    const key = needs.join()
    const known = this.#checks.get(key)
    if (known !== undefined) return known
    const task = this.#taskCount++
    this.#checks.set(key, task)
    this.#actions.push({ task, label: undefined, needs, adds: [], deletes: [], conditional: [] })
    return task
  }

  #task(task: number, args: number[]): number | undefined {
    const types = this.#problem.tasks[task]?.types ?? []
    if (!args.every((value, index) => typeOf(this.#problem, types[index] ?? 0).has[value] === 1)) return undefined
    const rows = assertExists(this.#taskRows[task], 'Every task has its rows')
    const ids = assertExists(this.#taskIds[task], 'Every task has its numbers')
    const row = rows.add(args)
    const known = ids[row]
    if (known !== undefined) return known
    const id = this.#taskCount++
    ids[row] = id
    this.#labels.set(id, { name: this.#problem.tasks[task]?.name ?? '', args: this.#names(args) })
    this.#queue.push({ task, row, id })
    return id
  }

  /** The task of an action with arguments; undefined when it can never be done. */
  #actionTask(index: number, args: number[]): number | undefined {
    const row = this.#reach.actions[index]?.find(args) ?? -1
    if (row < 0) return undefined
    const tasks = assertExists(this.#actionTasks[index], 'Every action has its tasks')
    const known = tasks.get(row)
    if (known !== undefined) return known < 0 ? undefined : known
    const id = this.#groundAction(index, args)
    tasks.set(row, id ?? -1)
    return id
  }

  #groundAction(index: number, args: number[]): number | undefined {
    const action = assertExists(this.#problem.actions[index], 'The action exists')
    const binding = new Int32Array(action.scope).fill(-1)
    binding.set(args)
    const alternatives = this.#clauses(action.condition, binding)
    if (alternatives.length === 0) return undefined
    const adds = new Set<number>()
    const deletes = new Set<number>()
    const conditional: RawEffects[] = []
    for (const effect of action.effects) {
      forEachBinding(effect.variables, binding, this.#problem.types, () => {
        const status = this.#status(effect.predicate, valuesOf(effect.args, binding))
        if (typeof status === 'boolean') return
        for (const needs of this.#clauses(effect.condition, binding)) {
          if (needs.length === 0) (effect.adds ? adds : deletes).add(status.fact)
          else {
            const change = [status.fact]
            conditional.push({ needs, adds: effect.adds ? change : [], deletes: effect.adds ? [] : change })
          }
        }
      })
    }
    const label: Label = { name: action.name, args: this.#names(args) }
    const done = { label, adds: [...adds], deletes: [...deletes].filter((fact) => !adds.has(fact)), conditional }
    const task = this.#taskCount++
    const [only] = alternatives
    if (alternatives.length === 1 && only !== undefined) {
      this.#actions.push({ task, needs: only, ...done })
      return task
    }
    for (const needs of alternatives) {
      const way = this.#taskCount++
      this.#actions.push({ task: way, needs, ...done })
      this.#methods.push({ task, name: undefined, subtasks: [way], before: [] })
    }
    return task
  }

  #clauses(formula: Formula, binding: Int32Array): Literal[][] {
    return clausesOf(formula, binding, this.#problem.types, (predicate, args) => this.#status(predicate, args))
  }

  #status(predicate: number, args: readonly number[]): AtomStatus {
    const row = this.#reach.facts[predicate]?.find(args) ?? -1
    if (row < 0) return false
    if (this.#reach.changes[predicate] !== true) return true
    const ids = assertExists(this.#factIds[predicate], 'Every predicate has its facts')
    let fact = ids.get(row)
    if (fact === undefined) {
      fact = this.#factCount++
      ids.set(row, fact)
    }
    return { fact }
  }

  #names(objects: Iterable<number>): string[] {
    return Array.from(objects, (object) => this.#problem.objects[object] ?? '')
  }
}

/** The subtasks so that none comes before one it waits for, as listed where that is free; undefined for a circle. */
function topologicalOrder(method: HddlMethod): number[] | undefined {
  const order: number[] = []
  const left = new Set(method.subtasks.keys())
  while (left.size > 0) {
    const next = [...left].find((one) => !method.before.some(([a, b]) => b === one && left.has(a)))
    if (next === undefined) return undefined
    left.delete(next)
    order.push(next)
  }
  return order
}
