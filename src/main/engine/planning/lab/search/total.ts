import { MethodCandidates } from './candidates.ts'
import { CostEstimator, type CostTable } from './costs.ts'
import type { HtnMethod, HtnProblem } from './model.ts'
import { SequenceCheck } from './sequence.ts'
import { applyAction, type Bits, holds, initialState, stateWords } from './state.ts'
import { Heap, IntList, TupleTable } from './tables.ts'

/** How a search ended: with a plan, with nothing left to try, or before either. */
export type SearchOutcome =
  | { readonly status: 'solved'; readonly trace: Trace }
  | { readonly status: 'exhausted' }
  | { readonly status: 'stopped' }

/**
 * What a search did, pair by pair: the task instance and the number of the method that refined it, or ~action when it
 * was done. The root is instance 0; the subtasks of each method get the next free numbers, in the method's order.
 */
export type Trace = Int32Array

const nothingLeft = -1
const dead = -2
const cachedTables = 4

/**
 * Progression search on a totally ordered problem. A search node is a state and the tasks still to do, always in
 * front of a task that methods refine: actions at the front are done at once, and where only one method is possible it
 * is taken at once. Otherwise nodes are valued by the summed costs of their tasks. No node is looked at twice.
 *
 * 'best' takes the node of the lowest value first (greedy best first); when it is exhausted there is no plan. 'depth'
 * follows the best method first and does not refine a task inside itself while nothing has changed, which keeps it from
 * ever deeper recursion, but can make it miss plans.
 *
 * Subtasks are taken in the order in which a method lists them, even where it would allow other orders.
 */
export class TotalOrderSearch {
  readonly #problem: HtnProblem
  readonly #costs: CostEstimator
  readonly #sequence: SequenceCheck
  readonly #candidates: MethodCandidates
  readonly #states: TupleTable
  /** Persistent lists of tasks: a task and the number of the rest. */
  readonly #cells = new TupleTable(2)
  /** A state's number and a list's number. */
  readonly #nodes = new TupleTable(2)
  readonly #parents = new IntList()
  readonly #via = new IntList()
  readonly #depthFirst: boolean
  readonly #queue = new Heap()
  readonly #stack: number[] = []
  /** Tasks in each list. */
  readonly #lengths = new IntList()
  readonly #tables: { state: number; table: CostTable }[] = []
  readonly #pair = new Int32Array(2)
  readonly #before: Bits
  readonly #after: Bits
  #outcome: SearchOutcome | undefined

  constructor(problem: HtnProblem, order: 'best' | 'depth') {
    this.#problem = problem
    this.#depthFirst = order === 'depth'
    this.#costs = new CostEstimator(problem)
    this.#sequence = new SequenceCheck(problem)
    this.#candidates = new MethodCandidates(problem)
    this.#states = new TupleTable(stateWords(problem))
    this.#before = new Int32Array(stateWords(problem))
    this.#after = new Int32Array(stateWords(problem))
    const start = this.#node(this.#states.intern(initialState(problem)), this.#cell(problem.root, nothingLeft))
    this.#record(start, -1, -1)
    this.#stack.push(start)
  }

  /** Bytes held by what the search remembers. */
  get bytes(): number {
    return this.#states.bytes + this.#cells.bytes + this.#nodes.bytes + 3 * this.#parents.data.byteLength
  }

  /** Goes on until there is an outcome or stop answers true; can be called again after 'stopped'. */
  run(stop: () => boolean): SearchOutcome {
    while (this.#outcome === undefined) {
      if (stop()) return { status: 'stopped' }
      const node = this.#stack.pop() ?? this.#queue.pop()
      if (node === undefined) this.#outcome = { status: 'exhausted' }
      else if (this.#isOpen(node)) this.#expand(node, stop)
    }
    return this.#outcome
  }

  #isOpen(node: number): boolean {
    this.#states.read(this.#nodes.data[2 * node] ?? 0, this.#before)
    return this.#sequence.passes(this.#before, this.#tasksOf(this.#nodes.data[2 * node + 1] ?? nothingLeft))
  }

  *#tasksOf(first: number): Generator<number> {
    for (let cell = first; cell !== nothingLeft; cell = this.#cells.data[2 * cell + 1] ?? nothingLeft) {
      yield this.#cells.data[2 * cell] ?? 0
    }
  }

  #expand(first: number, stop: () => boolean): void {
    let node = first
    for (let forced = 0; ; forced++) {
      const children = this.#children(node)
      const [only] = children
      if (only === undefined || this.#outcome !== undefined) return
      if (children.length > 1 || (forced % 1024 === 1023 && stop())) {
        this.#enqueue(node, children)
        return
      }
      node = only
    }
  }

  /** The new nodes that one method leads to; finds the plan when one of them has nothing left to do. */
  #children(node: number): number[] {
    const state = this.#nodes.data[2 * node] ?? 0
    const cell = this.#nodes.data[2 * node + 1] ?? 0
    const task = this.#cells.data[2 * cell] ?? 0
    const rest = this.#cells.data[2 * cell + 1] ?? nothingLeft
    this.#states.read(state, this.#before)
    const children: number[] = []
    for (const number of this.#candidates.of(task, this.#before)) {
      const method = this.#problem.methods[number]
      if (method === undefined) continue
      this.#after.set(this.#before)
      const left = this.#advance(method, rest)
      if (left === dead) continue
      if (left === nothingLeft) {
        this.#outcome = { status: 'solved', trace: this.#traceOf(node, number) }
        return []
      }
      const size = this.#nodes.size
      const child = this.#node(this.#states.intern(this.#after), left)
      if (this.#nodes.size === size) continue
      this.#record(child, node, number)
      if (!this.#depthFirst || !this.#isInsideItself(child)) children.push(child)
    }
    return children
  }

  /** Whether a node's first task is part of what an earlier node refined the same task to, in the same state. */
  #isInsideItself(node: number): boolean {
    const state = this.#nodes.data[2 * node] ?? 0
    const cell = this.#nodes.data[2 * node + 1] ?? 0
    const task = this.#cells.data[2 * cell] ?? 0
    for (let at = this.#parents.at(node); at >= 0 && this.#nodes.data[2 * at] === state; at = this.#parents.at(at)) {
      const other = this.#nodes.data[2 * at + 1] ?? 0
      if (this.#cells.data[2 * other] === task && this.#lengths.at(cell) > this.#lengths.at(other)) return true
    }
    return false
  }

  /** Does the actions that now come first; the list that is left, or dead when one of them cannot be done. */
  #advance(method: HtnMethod, rest: number): number {
    const { subtasks } = method
    let index = 0
    for (; index < subtasks.length; index++) {
      const done = this.#do(subtasks[index] ?? 0)
      if (done === undefined) break
      if (!done) return dead
    }
    let left = rest
    if (index === subtasks.length) {
      while (left !== nothingLeft) {
        const done = this.#do(this.#cells.data[2 * left] ?? 0)
        if (done === undefined) break
        if (!done) return dead
        left = this.#cells.data[2 * left + 1] ?? nothingLeft
      }
    }
    for (let position = subtasks.length - 1; position >= index; position--) {
      left = this.#cell(subtasks[position] ?? 0, left)
    }
    return left
  }

  /** Whether the task, as an action, could be done and was; undefined when it is no action. */
  #do(task: number): boolean | undefined {
    const action = this.#problem.actions[task]
    if (action === undefined) return undefined
    if (!holds(this.#after, action.needs)) return false
    applyAction(this.#problem, action, this.#after)
    return true
  }

  /** Values the children of a node as its own state makes them look; what their actions do is seen when they are taken. */
  #enqueue(parent: number, children: readonly number[]): void {
    const { tasks } = this.#table(this.#nodes.data[2 * parent] ?? 0)
    const rest = this.#restCost(this.#cells.data[2 * (this.#nodes.data[2 * parent + 1] ?? 0) + 1] ?? nothingLeft, tasks)
    if (rest === undefined) return
    const valued = children.flatMap((node) => {
      let value = rest
      for (const subtask of this.#problem.methods[this.#via.at(node)]?.subtasks ?? []) {
        const cost = tasks[subtask] ?? -1
        if (cost < 0) return []
        value += cost
      }
      return [{ node, value }]
    })
    // The first of the best ends on top of the stack, and newest in the queue.
    valued.reverse().sort((a, b) => b.value - a.value)
    for (const { node, value } of valued) {
      if (this.#depthFirst) this.#stack.push(node)
      else this.#queue.push(node, value)
    }
  }

  /** The summed costs of a list of tasks; undefined when one of them cannot be done any more. */
  #restCost(first: number, tasks: Int32Array): number | undefined {
    let sum = 0
    for (const task of this.#tasksOf(first)) {
      const cost = tasks[task] ?? -1
      if (cost < 0) return undefined
      sum += cost
    }
    return sum
  }

  #table(state: number): CostTable {
    const known = this.#tables.findIndex((entry) => entry.state === state)
    const [entry] = known < 0 ? [] : this.#tables.splice(known, 1)
    if (entry !== undefined) {
      this.#tables.unshift(entry)
      return entry.table
    }
    const bits = new Int32Array(this.#states.width)
    this.#states.read(state, bits)
    const table = this.#costs.evaluate(bits)
    this.#tables.unshift({ state, table })
    this.#tables.length = Math.min(this.#tables.length, cachedTables)
    return table
  }

  #cell(task: number, next: number): number {
    this.#pair[0] = task
    this.#pair[1] = next
    const cell = this.#cells.intern(this.#pair)
    if (cell === this.#lengths.length) this.#lengths.push(next === nothingLeft ? 1 : this.#lengths.at(next) + 1)
    return cell
  }

  #node(state: number, cell: number): number {
    this.#pair[0] = state
    this.#pair[1] = cell
    return this.#nodes.intern(this.#pair)
  }

  #record(node: number, parent: number, method: number): void {
    if (node !== this.#parents.length) return
    this.#parents.push(parent)
    this.#via.push(method)
  }

  #traceOf(last: number, method: number): Trace {
    const methods = new IntList()
    methods.push(method)
    for (let node = last; this.#parents.at(node) >= 0; node = this.#parents.at(node)) methods.push(this.#via.at(node))
    const trace = new IntList()
    const waiting: { task: number; instance: number }[] = [{ task: this.#problem.root, instance: 0 }]
    let instances = 1
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      trace.push(next.instance)
      if (next.task < this.#problem.actions.length) {
        trace.push(~next.task)
        continue
      }
      const number = methods.at(--methods.length)
      trace.push(number)
      const { subtasks } = this.#problem.methods[number] ?? { subtasks: [] }
      for (let index = subtasks.length - 1; index >= 0; index--) {
        waiting.push({ task: subtasks[index] ?? 0, instance: instances + index })
      }
      instances += subtasks.length
    }
    return trace.data.slice(0, trace.length)
  }
}
