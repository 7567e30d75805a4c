/**
 * A planning problem as its HDDL texts state it (Hoeller et al., AAAI 2020), with all names resolved to numbers.
 * Objects, types, predicates, actions, tasks and methods are numbered from 0 in the order of their declaration.
 */
export interface HddlProblem {
  readonly objects: readonly string[]
  /** The members of each type, by object number. */
  readonly types: readonly HddlType[]
  readonly predicates: readonly Signature[]
  readonly tasks: readonly Signature[]
  readonly actions: readonly HddlAction[]
  readonly methods: readonly HddlMethod[]
  readonly init: readonly HddlFact[]
  /** The initial task network: a method for no task. */
  readonly top: HddlMethod
  readonly goal: Formula
}

export interface HddlType {
  readonly name: string
  readonly members: readonly number[]
  /** 1 for members, 0 for all other objects. */
  readonly has: Uint8Array
}

/** A name with the types of its arguments. */
export interface Signature {
  readonly name: string
  readonly types: readonly number[]
}

/** A variable (0 and up, by its number in its scope) or an object (~number). */
export type Term = number

export interface HddlFact {
  readonly predicate: number
  readonly args: readonly number[]
}

export type Formula =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Formula[] }
  | { readonly kind: 'not'; readonly part: Formula }
  | { readonly kind: 'atom'; readonly predicate: number; readonly args: readonly Term[] }
  | { readonly kind: 'same'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'is'; readonly term: Term; readonly type: number }
  | { readonly kind: 'all' | 'some'; readonly variables: readonly Variable[]; readonly part: Formula }

export interface Variable {
  readonly id: number
  readonly type: number
}

/** One added or deleted atom, for all values of the variables, where the condition holds. Adding wins over deleting. */
export interface HddlEffect {
  readonly variables: readonly Variable[]
  readonly condition: Formula
  readonly adds: boolean
  readonly predicate: number
  readonly args: readonly Term[]
}

export interface HddlAction extends Signature {
  /** Variables in its scope, parameters first, then quantified ones. */
  readonly scope: number
  readonly condition: Formula
  readonly effects: readonly HddlEffect[]
}

export interface HddlSubtask {
  readonly kind: 'action' | 'task'
  readonly index: number
  readonly args: readonly Term[]
}

export interface HddlMethod extends Signature {
  readonly scope: number
  /** The task it is for (-1 for the initial network) and that task's arguments. */
  readonly task: number
  readonly taskArgs: readonly Term[]
  /** Preconditions and constraints. */
  readonly condition: Formula
  readonly subtasks: readonly HddlSubtask[]
  /** Pairs [a, b]: subtask a is finished before subtask b starts. */
  readonly before: readonly (readonly [number, number])[]
}

/** The formula that always holds. */
export const always: Formula = { kind: 'and', parts: [] }

/** The object a term stands for under a binding of the variables. */
export function boundValue(term: Term, binding: ArrayLike<number>): number {
  return term < 0 ? ~term : (binding[term] ?? -1)
}
