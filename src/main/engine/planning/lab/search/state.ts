import type { HtnAction, HtnProblem } from './model.ts'

/** Facts as bits, 32 a word. */
export type Bits = Int32Array

/** Words that a state of the problem takes. */
export function stateWords(problem: HtnProblem): number {
  return Math.max(1, (problem.factCount + 31) >> 5)
}

/** The state at the start. */
export function initialState(problem: HtnProblem): Bits {
  const state = new Int32Array(stateWords(problem))
  for (const fact of problem.init) setBit(state, fact)
  return state
}

/** Whether all the facts hold. */
export function holds(state: Bits, facts: Int32Array): boolean {
  for (const fact of facts) if (((state[fact >> 5] ?? 0) & (1 << (fact & 31))) === 0) return false
  return true
}

/** Applies an applicable action to the state in place. */
export function applyAction(problem: HtnProblem, action: HtnAction, state: Bits): void {
  if (action.conditional.length === 0) {
    for (const fact of action.deletes) clearBit(state, fact)
    for (const fact of action.adds) setBit(state, fact)
    return
  }
  const fired = [action, ...action.conditional.filter((effect) => holds(state, effect.needs))]
  const added = new Set(fired.flatMap((effect) => [...effect.adds]))
  const deleted = new Set(fired.flatMap((effect) => [...effect.deletes]))
  // A fact that one effect adds and another deletes is added, unless it only says the opposite of an added fact.
  for (const fact of [...added].filter((one) => deleted.has(one))) {
    if (problem.isOpposite[fact] === 1) added.delete(fact)
    else deleted.delete(fact)
  }
  for (const fact of deleted) clearBit(state, fact)
  for (const fact of added) setBit(state, fact)
}

function setBit(state: Bits, fact: number): void {
  state[fact >> 5] = (state[fact >> 5] ?? 0) | (1 << (fact & 31))
}

function clearBit(state: Bits, fact: number): void {
  state[fact >> 5] = (state[fact >> 5] ?? 0) & ~(1 << (fact & 31))
}
