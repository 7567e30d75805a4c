import type { HtnProblem } from './model.ts'
import { type Bits } from './state.ts'

/** Costs from here on are not told apart. */
const highest = 50_000

/** What it costs to finish each task from one state; -1 where it cannot be done. */
export interface CostTable {
  /** By task. */
  readonly tasks: Int32Array
}

/**
 * Estimates what tasks cost from a state, leaving deletes out: a fact costs its cheapest achiever, a method the sum of
 * its subtasks, a task its cheapest method; costs of what must hold together add up. So one pass over the grounded
 * network values every task at once. One for each action and each method.
 * After Hoeller et al., "A Generic Method to Guide HTN Progression Search with Classical Heuristics" (ICAPS 2018),
 * with h-add (Bonet and Geffner 2001) as the classical heuristic.
 */
export class CostEstimator {
  readonly #problem: HtnProblem
  readonly #ruleNeeds: Int32Array
  readonly #ruleCosts: Int32Array
  readonly #effectStart: Int32Array
  readonly #effects: Int32Array
  readonly #userStart: Int32Array
  readonly #users: Int32Array
  readonly #free: Int32Array
  readonly #waiting: Int32Array
  readonly #sums: Int32Array
  readonly #costs: Int32Array
  readonly #levels: number[][] = []

  constructor(problem: HtnProblem) {
    this.#problem = problem
    const { factCount } = problem
    const rules: { needs: number[]; effects: number[]; cost: number }[] = []
    for (const [task, action] of problem.actions.entries()) {
      const needs = [...action.needs]
      rules.push({ needs, effects: [factCount + task, ...action.adds], cost: action.label === undefined ? 0 : 1 })
      for (const effect of action.conditional) {
        rules.push({ needs: [...new Set([...needs, ...effect.needs])], effects: [...effect.adds], cost: 1 })
      }
    }
    for (const { task, subtasks } of problem.methods) {
      const needs = Array.from(subtasks, (subtask) => factCount + subtask)
      rules.push({ needs, effects: [factCount + task], cost: 1 })
    }
    const nodeCount = factCount + problem.taskCount
    this.#ruleNeeds = Int32Array.from(rules, (rule) => rule.needs.length)
    this.#ruleCosts = Int32Array.from(rules, (rule) => rule.cost)
    const [effectStart, effects] = flatten(rules.map((rule) => rule.effects))
    this.#effectStart = effectStart
    this.#effects = effects
    const users: number[][] = Array.from({ length: nodeCount }, () => [])
    for (const [index, rule] of rules.entries()) for (const need of rule.needs) users[need]?.push(index)
    const [userStart, userList] = flatten(users)
    this.#userStart = userStart
    this.#users = userList
    this.#free = Int32Array.from(rules.keys()).filter((index) => this.#ruleNeeds[index] === 0)
    this.#waiting = new Int32Array(rules.length)
    this.#sums = new Int32Array(rules.length)
    this.#costs = new Int32Array(nodeCount)
  }

  /** The costs of all tasks from a state. */
  evaluate(state: Bits): CostTable {
    const costs = this.#costs
    const levels = this.#levels
    const waiting = this.#waiting
    const sums = this.#sums
    const { factCount } = this.#problem
    costs.fill(-1)
    waiting.set(this.#ruleNeeds)
    sums.set(this.#ruleCosts)
    for (let word = 0; word < state.length; word++) {
      for (let bits = state[word] ?? 0; bits !== 0; bits &= bits - 1) {
        this.#offer(word * 32 + 31 - Math.clz32(bits & -bits), 0)
      }
    }
    for (const rule of this.#free) this.#fire(rule, this.#ruleCosts[rule] ?? 0)
    for (let level = 0; level < levels.length; level++) {
      const nodes = levels[level]
      if (nodes === undefined) continue
      // More may come in while this level is worked off.
      for (let index = 0; index < nodes.length; index++) {
        const node = nodes[index] ?? 0
        // It was offered again at less, or is here twice.
        if (costs[node] !== level) continue
        costs[node] = ~level - 1
        const end = this.#userStart[node + 1] ?? 0
        for (let at = this.#userStart[node] ?? 0; at < end; at++) {
          const rule = this.#users[at] ?? 0
          const sum = Math.min((sums[rule] ?? 0) + level, highest)
          sums[rule] = sum
          const left = (waiting[rule] ?? 0) - 1
          waiting[rule] = left
          if (left === 0) this.#fire(rule, sum)
        }
      }
      nodes.length = 0
    }
    const tasks = new Int32Array(this.#problem.taskCount)
    for (let task = 0; task < tasks.length; task++) {
      const settled = costs[factCount + task] ?? -1
      tasks[task] = settled === -1 ? -1 : -settled - 2
    }
    return { tasks }
  }

  #fire(rule: number, cost: number): void {
    const end = this.#effectStart[rule + 1] ?? 0
    for (let at = this.#effectStart[rule] ?? 0; at < end; at++) this.#offer(this.#effects[at] ?? 0, cost)
  }

  /** Settled nodes hold -cost - 2, open ones their cost so far, untouched ones -1. */
  #offer(node: number, cost: number): void {
    const known = this.#costs[node] ?? -1
    if (known < -1 || (known >= 0 && known <= cost)) return
    this.#costs[node] = cost
    const level = this.#levels[cost]
    if (level === undefined) this.#levels[cost] = [node]
    else level.push(node)
  }
}

function flatten(lists: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const start = new Int32Array(lists.length + 1)
  let total = 0
  for (const [index, list] of lists.entries()) {
    start[index] = total
    total += list.length
  }
  start[lists.length] = total
  const flat = new Int32Array(total)
  for (const [index, list] of lists.entries()) flat.set(list, start[index] ?? 0)
  return [start, flat]
}
