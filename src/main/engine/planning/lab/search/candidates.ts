import type { HtnProblem } from './model.ts'
import type { Bits } from './state.ts'

interface Branch {
  /** Methods whose first action needs nothing more than what was asked on the way here. */
  readonly methods: number[]
  readonly facts: number[]
  readonly below: Branch[]
}

/** Finds the methods of a task whose first action, where they start with one, can be done now. */
export class MethodCandidates {
  readonly #problem: HtnProblem
  readonly #trees: (Branch | undefined)[] = []

  constructor(problem: HtnProblem) {
    this.#problem = problem
  }

  /** The numbers of the methods, in order of preference. */
  of(task: number, state: Bits): number[] {
    const tree = (this.#trees[task] ??= this.#treeOf(task))
    const found: number[] = []
    collect(tree, state, found)
    return found.sort((a, b) => a - b)
  }

  /** Methods sorted into a tree by what their first action needs, what most of them share first. */
  #treeOf(task: number): Branch {
    const { actions, methods, methodsOf } = this.#problem
    const needsOf = (method: number) => actions[methods[method]?.subtasks[0] ?? -1]?.needs ?? new Int32Array()
    const uses = new Map<number, number>()
    const numbers = methodsOf[task] ?? new Int32Array()
    for (const method of numbers) for (const fact of needsOf(method)) uses.set(fact, (uses.get(fact) ?? 0) + 1)
    const root: Branch = { methods: [], facts: [], below: [] }
    const places = new Map<string, Branch>()
    for (const method of numbers) {
      const needs = Array.from(needsOf(method)).sort((a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0) || a - b)
      let branch = root
      let path = ''
      for (const fact of needs) {
        path += `${fact} `
        let next = places.get(path)
        if (next === undefined) {
          next = { methods: [], facts: [], below: [] }
          places.set(path, next)
          branch.facts.push(fact)
          branch.below.push(next)
        }
        branch = next
      }
      branch.methods.push(method)
    }
    return root
  }
}

function collect(branch: Branch, state: Bits, found: number[]): void {
  for (const method of branch.methods) found.push(method)
  for (let index = 0; index < branch.facts.length; index++) {
    const fact = branch.facts[index] ?? 0
    const below = branch.below[index]
    if (below !== undefined && ((state[fact >> 5] ?? 0) >>> (fact & 31)) & 1) collect(below, state, found)
  }
}
