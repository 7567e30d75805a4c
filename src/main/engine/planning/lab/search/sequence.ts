import type { HtnProblem } from './model.ts'
import type { Bits } from './state.ts'

/** Rules looked at before a check gives the rest of the sequence the benefit of the doubt. */
const budget = 10_000

/**
 * Finds dead ends of totally ordered task lists. Deletes are left out, but each task may only use the actions that it
 * can itself be decomposed to, and the facts that hold or that the tasks before it could have made true. A list that
 * fails has no plan.
 */
export class SequenceCheck {
  readonly #problem: HtnProblem
  /** For each fact the rules that need it: an action's own effects, or one of its conditional effects. */
  readonly #factUsers: readonly number[][]
  readonly #rules: readonly { action: number; needs: Int32Array; adds: Int32Array; finishes: boolean }[]
  readonly #rulesOf: readonly number[][]
  readonly #methodUsers: readonly number[][]
  readonly #reached: Uint8Array
  readonly #ruleStamp: Int32Array
  readonly #ruleWaiting: Int32Array
  readonly #methodStamp: Int32Array
  readonly #methodWaiting: Int32Array
  readonly #taskStamp: Int32Array
  readonly #doneStamp: Int32Array
  #stamp = 0
  #spent = 0

  constructor(problem: HtnProblem) {
    this.#problem = problem
    const rules: { action: number; needs: Int32Array; adds: Int32Array; finishes: boolean }[] = []
    this.#rulesOf = problem.actions.map((action, index) => [
      rules.push({ action: index, needs: action.needs, adds: action.adds, finishes: true }) - 1,
      ...action.conditional.map(({ needs, adds }) => {
        const all = Int32Array.from(new Set([...action.needs, ...needs]))
        return rules.push({ action: index, needs: all, adds, finishes: false }) - 1
      }),
    ])
    this.#rules = rules
    const factUsers: number[][] = Array.from({ length: problem.factCount }, () => [])
    for (const [index, rule] of rules.entries()) for (const fact of rule.needs) factUsers[fact]?.push(index)
    this.#factUsers = factUsers
    const methodUsers: number[][] = Array.from({ length: problem.taskCount }, () => [])
    for (const [index, method] of problem.methods.entries()) {
      for (const subtask of method.subtasks) methodUsers[subtask]?.push(index)
    }
    this.#methodUsers = methodUsers
    this.#reached = new Uint8Array(problem.factCount)
    this.#ruleStamp = new Int32Array(rules.length)
    this.#ruleWaiting = new Int32Array(rules.length)
    this.#methodStamp = new Int32Array(problem.methods.length)
    this.#methodWaiting = new Int32Array(problem.methods.length)
    this.#taskStamp = new Int32Array(problem.taskCount)
    this.#doneStamp = new Int32Array(problem.taskCount)
  }

  /** False when the tasks cannot be done one after the other from the state. */
  passes(state: Bits, tasks: Iterable<number>): boolean {
    for (let fact = 0; fact < this.#reached.length; fact++) {
      this.#reached[fact] = ((state[fact >> 5] ?? 0) >>> (fact & 31)) & 1
    }
    this.#spent = 0
    for (const task of tasks) {
      if (!this.#canFinish(task)) return false
      if (this.#spent > budget) return true
    }
    return true
  }

  #canFinish(task: number): boolean {
    const stamp = ++this.#stamp
    const { rules, methods } = this.#collect(task, stamp)
    const facts: number[] = []
    const done: number[] = []
    for (const rule of rules) if (this.#ruleWaiting[rule] === 0) this.#fire(rule, stamp, facts, done)
    for (const method of methods) if (this.#methodWaiting[method] === 0) this.#finish(method, stamp, done)
    for (;;) {
      const fact = facts.pop()
      if (fact !== undefined) {
        for (const rule of this.#factUsers[fact] ?? []) {
          if (this.#ruleStamp[rule] !== stamp) continue
          const left = (this.#ruleWaiting[rule] ?? 0) - 1
          this.#ruleWaiting[rule] = left
          if (left === 0) this.#fire(rule, stamp, facts, done)
        }
        continue
      }
      const finished = done.pop()
      if (finished === undefined) break
      for (const method of this.#methodUsers[finished] ?? []) {
        if (this.#methodStamp[method] !== stamp) continue
        const left = (this.#methodWaiting[method] ?? 0) - 1
        this.#methodWaiting[method] = left
        if (left === 0) this.#finish(method, stamp, done)
      }
    }
    return this.#doneStamp[task] === stamp
  }

  /** The methods and rules that the task can be decomposed to, made ready to count down what they wait for. */
  #collect(task: number, stamp: number): { rules: number[]; methods: number[] } {
    const rules: number[] = []
    const methods: number[] = []
    const open = [task]
    this.#taskStamp[task] = stamp
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const rule of this.#rulesOf[next] ?? []) {
        let waiting = 0
        for (const fact of this.#rules[rule]?.needs ?? []) if (this.#reached[fact] === 0) waiting++
        this.#ruleStamp[rule] = stamp
        this.#ruleWaiting[rule] = waiting
        rules.push(rule)
      }
      for (const method of this.#problem.methodsOf[next] ?? []) {
        const subtasks = this.#problem.methods[method]?.subtasks ?? new Int32Array()
        this.#methodStamp[method] = stamp
        this.#methodWaiting[method] = subtasks.length
        methods.push(method)
        for (const subtask of subtasks) {
          if (this.#taskStamp[subtask] === stamp) continue
          this.#taskStamp[subtask] = stamp
          open.push(subtask)
        }
      }
    }
    this.#spent += rules.length + methods.length
    return { rules, methods }
  }

  #fire(index: number, stamp: number, facts: number[], done: number[]): void {
    const rule = this.#rules[index]
    if (rule === undefined) return
    for (const fact of rule.adds) {
      if (this.#reached[fact] === 1) continue
      this.#reached[fact] = 1
      facts.push(fact)
    }
    if (rule.finishes && this.#doneStamp[rule.action] !== stamp) {
      this.#doneStamp[rule.action] = stamp
      done.push(rule.action)
    }
  }

  #finish(method: number, stamp: number, done: number[]): void {
    const task = this.#problem.methods[method]?.task ?? -1
    if (this.#doneStamp[task] === stamp) return
    this.#doneStamp[task] = stamp
    done.push(task)
  }
}
