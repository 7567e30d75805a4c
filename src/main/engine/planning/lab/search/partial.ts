import { CostEstimator, type CostTable } from './costs.ts'
import type { HtnProblem } from './model.ts'
import { applyAction, type Bits, holds, initialState } from './state.ts'
import { Heap } from './tables.ts'
import type { SearchOutcome, Trace } from './total.ts'

interface Node {
  readonly state: Bits
  readonly stateKey: string
  readonly tasks: readonly Todo[]
  readonly parent: Node | undefined
  /** What led here: a task instance, and the method that refined it or ~action. */
  readonly instance: number
  readonly via: number
  readonly instances: number
}

/** A task that waits for the instances in its list. */
interface Todo {
  readonly task: number
  readonly instance: number
  readonly after: readonly number[]
}

/**
 * Progression search on a partially ordered problem, greedy best first by the summed costs of the tasks to do. From
 * each node every action that nothing is before and that is applicable can be done, and the first task that nothing is
 * before is refined in every way: refining does not look at the state (conditions of methods are checked by actions of
 * their own), so refining it now loses nothing, and 'exhausted' means that there is no plan.
 */
export class PartialOrderSearch {
  readonly #problem: HtnProblem
  readonly #costs: CostEstimator
  readonly #open = new Heap()
  readonly #nodes: Node[] = []
  readonly #seen = new Set<string>()
  #table: { key: string; table: CostTable } | undefined
  #words = 0
  #outcome: SearchOutcome | undefined

  constructor(problem: HtnProblem) {
    this.#problem = problem
    this.#costs = new CostEstimator(problem)
    const state = initialState(problem)
    const tasks = [{ task: problem.root, instance: 0, after: [] }]
    this.#offer([{ state, stateKey: state.join(), tasks, parent: undefined, instance: -1, via: -1, instances: 1 }])
  }

  /** Bytes held by what the search remembers, roughly. */
  get bytes(): number {
    return this.#words * 8
  }

  /** Goes on until there is an outcome or stop answers true; can be called again after 'stopped'. */
  run(stop: () => boolean): SearchOutcome {
    while (this.#outcome === undefined) {
      if (stop()) return { status: 'stopped' }
      const node = this.#nodes[this.#open.pop() ?? -1]
      if (node === undefined) this.#outcome = { status: 'exhausted' }
      else if (node.tasks.length === 0) this.#outcome = { status: 'solved', trace: traceOf(node) }
      else this.#offer([...this.#acted(node), ...this.#refined(node)])
    }
    return this.#outcome
  }

  *#acted(node: Node): Generator<Node> {
    for (const todo of node.tasks) {
      const action = this.#problem.actions[todo.task]
      if (action === undefined || todo.after.length > 0 || !holds(node.state, action.needs)) continue
      const state = node.state.slice()
      applyAction(this.#problem, action, state)
      const tasks = replaced(node.tasks, todo, [], [])
      const stateKey = state.join()
      yield { ...node, state, stateKey, tasks, parent: node, instance: todo.instance, via: ~todo.task }
    }
  }

  *#refined(node: Node): Generator<Node> {
    const todo = node.tasks.find(({ task, after }) => task >= this.#problem.actions.length && after.length === 0)
    if (todo === undefined) return
    for (const number of this.#problem.methodsOf[todo.task] ?? []) {
      const method = this.#problem.methods[number]
      if (method === undefined) continue
      const first = node.instances
      const subtasks = Array.from(
        method.subtasks,
        (task, index): Todo => ({
          task,
          instance: first + index,
          after: method.before.filter(([, b]) => b === index).map(([a]) => first + a),
        }),
      )
      const followed = new Set(method.before.map(([a]) => first + a))
      const last = subtasks.map(({ instance }) => instance).filter((instance) => !followed.has(instance))
      yield {
        ...node,
        tasks: replaced(node.tasks, todo, subtasks, last),
        parent: node,
        instance: todo.instance,
        via: number,
        instances: first + subtasks.length,
      }
    }
  }

  #offer(nodes: readonly Node[]): void {
    // The newest of equal value comes first: put in backwards, the first in the list does.
    for (const node of nodes.toReversed()) {
      const key = keyOf(node)
      if (this.#seen.has(key)) continue
      const value = this.#valueOf(node)
      if (value === undefined) continue
      this.#seen.add(key)
      this.#words += key.length / 4 + node.state.length + node.tasks.length * 8 + 30
      this.#open.push(this.#nodes.push(node) - 1, value)
    }
  }

  #valueOf(node: Node): number | undefined {
    if (this.#table?.key !== node.stateKey) {
      this.#table = { key: node.stateKey, table: this.#costs.evaluate(node.state) }
    }
    const { tasks } = this.#table.table
    let sum = 0
    for (const { task } of node.tasks) {
      const cost = tasks[task] ?? -1
      if (cost < 0) return undefined
      sum += cost
    }
    return sum
  }
}

/** The tasks with one replaced by others in its place; what waited for it waits for the last of those. */
function replaced(
  tasks: readonly Todo[],
  gone: Todo,
  subtasks: readonly Todo[],
  last: readonly number[],
): readonly Todo[] {
  return tasks.flatMap((todo) => {
    if (todo === gone) return subtasks
    if (!todo.after.includes(gone.instance)) return [todo]
    return [{ ...todo, after: [...todo.after.filter((instance) => instance !== gone.instance), ...last] }]
  })
}

/** Equal keys mean the same state and the same network; the same network listed in another order may get another key. */
function keyOf({ stateKey, tasks }: Node): string {
  const sorted = [...tasks].sort((a, b) => a.task - b.task || a.after.length - b.after.length)
  const places = new Map(sorted.map((todo, place) => [todo.instance, place]))
  const parts = sorted.map(
    ({ task, after }) =>
      `${task}:${after
        .map((instance) => places.get(instance) ?? -1)
        .sort((a, b) => a - b)
        .join()}`,
  )
  return `${stateKey}|${parts.join(' ')}`
}

function traceOf(last: Node): Trace {
  const pairs: number[] = []
  for (let node: Node | undefined = last; node?.parent !== undefined; node = node.parent) {
    pairs.push(node.via, node.instance)
  }
  return Int32Array.from(pairs.reverse())
}
