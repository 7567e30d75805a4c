import { forEachBinding, valuesOf } from './clauses.ts'
import { Join, type JoinAtom, type JoinCheck } from './join.ts'
import { boundValue, type Formula, type HddlProblem, type Term } from './model.ts'
import { Relation } from './relation.ts'

/** What can be reached when deletes, negative conditions and the hierarchy are left out: facts and actions. */
export interface Reach {
  /** Atoms that hold at the start or can be added, one relation a predicate. */
  readonly facts: readonly Relation[]
  /** Whether any action adds or deletes the predicate. */
  readonly changes: readonly boolean[]
  /** Argument tuples under which an action can be applicable, one relation an action. */
  readonly actions: readonly Relation[]
}

/**
 * Relaxed reachability, by joining the positive conditions of the actions until nothing new comes up. Calls checkpoint
 * for each action found, which may throw to end it.
 */
export function reach(problem: HddlProblem, checkpoint: () => void): Reach {
  const radix = problem.objects.length
  const facts = problem.predicates.map((predicate) => new Relation(predicate.types.length, radix))
  const actions = problem.actions.map((action) => new Relation(action.types.length, radix))
  const changes = problem.predicates.map(() => false)
  for (const action of problem.actions) for (const effect of action.effects) changes[effect.predicate] = true
  const result: Reach = { facts, changes, actions }

  const queue: [predicate: number, row: number][] = []
  const addFact = (predicate: number, args: readonly number[]) => {
    const relation = facts[predicate]
    if (relation === undefined) return
    const size = relation.size
    const row = relation.add(args)
    if (relation.size > size && changes[predicate] === true) queue.push([predicate, row])
  }
  for (const { predicate, args } of problem.init) addFact(predicate, args)

  const triggers: { action: number; args: readonly Term[]; join: Join }[][] = problem.predicates.map(() => [])
  const starters: { action: number; join: Join }[] = []
  for (const [id, action] of problem.actions.entries()) {
    const { atoms, checks } = splitCondition(problem, result, action.condition)
    const types = action.types.map((type) => typeOf(problem, type))
    let fluent = false
    for (const [index, atom] of atoms.entries()) {
      if (changes[atom.predicate] !== true) continue
      fluent = true
      const rest = [...atoms.slice(0, index), ...atoms.slice(index + 1)]
      const bound = [...new Set(atom.args.filter((term) => term >= 0))]
      triggers[atom.predicate]?.push({ action: id, args: atom.args, join: new Join(types, rest, checks, bound) })
    }
    if (!fluent) starters.push({ action: id, join: new Join(types, atoms, checks, []) })
  }

  const bindings = problem.actions.map((action) => new Int32Array(action.scope).fill(-1))
  const found = (id: number) => {
    const action = problem.actions[id]
    const relation = actions[id]
    const binding = bindings[id]
    if (action === undefined || relation === undefined || binding === undefined) return
    const size = relation.size
    relation.add([...binding.subarray(0, action.types.length)])
    if (relation.size === size) return
    checkpoint()
    for (const effect of action.effects) {
      if (!effect.adds) continue
      forEachBinding(effect.variables, binding, problem.types, () => {
        addFact(effect.predicate, valuesOf(effect.args, binding))
      })
    }
  }
  for (const { action, join } of starters) join.run(bindings[action] ?? new Int32Array(), () => found(action))
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [predicate, row] = next
    const tuple = facts[predicate]?.tuple(row) ?? []
    for (const { action, args, join } of triggers[predicate] ?? []) {
      const binding = bindings[action] ?? new Int32Array()
      if (bindTuple(problem, problem.actions[action]?.types ?? [], binding, args, tuple)) {
        join.run(binding, () => found(action))
      }
      binding.fill(-1)
    }
  }
  return result
}

/** Binds the terms to the tuple; false when a constant, a repeated variable or a type does not fit. */
export function bindTuple(
  problem: HddlProblem,
  variableTypes: readonly number[],
  binding: Int32Array,
  terms: readonly Term[],
  tuple: readonly number[],
): boolean {
  return terms.every((term, column) => {
    const value = tuple[column] ?? -1
    if (term < 0 || binding[term] !== -1) return boundValue(term, binding) === value
    binding[term] = value
    return problem.types[variableTypes[term] ?? 0]?.has[value] === 1
  })
}

/** A condition's positive atoms as relations to join, and its parts that can be tested for good once they are bound. */
export function splitCondition(
  problem: HddlProblem,
  reached: Reach,
  condition: Formula,
): { atoms: (JoinAtom & { predicate: number })[]; checks: JoinCheck[] } {
  const atoms: (JoinAtom & { predicate: number })[] = []
  const checks: JoinCheck[] = []
  const visit = (part: Formula) => {
    if (part.kind === 'and') {
      for (const one of part.parts) visit(one)
    } else if (part.kind === 'atom') {
      const relation = reached.facts[part.predicate]
      if (relation !== undefined) atoms.push({ predicate: part.predicate, relation, args: part.args })
    } else {
      const variables = settledVariables(part, reached)
      if (variables !== undefined) {
        checks.push({ variables, passes: (binding) => holdsForGood(part, binding, problem, reached) })
      }
    }
  }
  visit(condition)
  return { atoms, checks }
}

/** The variables of a part without quantifiers whose atoms never change; undefined for any other part. */
function settledVariables(part: Formula, reached: Reach): number[] | undefined {
  switch (part.kind) {
    case 'same':
      return [part.left, part.right].filter((term) => term >= 0)
    case 'is':
      return part.term >= 0 ? [part.term] : []
    case 'atom':
      return reached.changes[part.predicate] === true ? undefined : part.args.filter((term) => term >= 0)
    case 'not':
      return settledVariables(part.part, reached)
    case 'and':
    case 'or': {
      const inner = part.parts.map((one) => settledVariables(one, reached))
      return inner.every((one) => one !== undefined) ? inner.flat() : undefined
    }
    default:
      return undefined
  }
}

function holdsForGood(part: Formula, binding: Int32Array, problem: HddlProblem, reached: Reach): boolean {
  switch (part.kind) {
    case 'same':
      return boundValue(part.left, binding) === boundValue(part.right, binding)
    case 'is':
      return problem.types[part.type]?.has[boundValue(part.term, binding)] === 1
    case 'atom':
      return (reached.facts[part.predicate]?.find(valuesOf(part.args, binding)) ?? -1) >= 0
    case 'not':
      return !holdsForGood(part.part, binding, problem, reached)
    case 'and':
      return part.parts.every((one) => holdsForGood(one, binding, problem, reached))
    case 'or':
      return part.parts.some((one) => holdsForGood(one, binding, problem, reached))
    default:
      return true
  }
}

/** A type by number; the type without members where there is none of that number. */
export function typeOf(problem: HddlProblem, type: number) {
  return problem.types[type] ?? { name: '', members: [], has: new Uint8Array() }
}
