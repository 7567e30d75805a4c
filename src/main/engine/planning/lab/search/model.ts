/**
 * A hierarchical problem without variables. Facts are numbered from 0. Tasks are numbered too: the first
 * actions.length of them are the actions, the others are refined by methods.
 */
export interface HtnProblem {
  readonly factCount: number
  /** The facts that hold at the start. */
  readonly init: Int32Array
  readonly actions: readonly HtnAction[]
  readonly taskCount: number
  /** What tasks that methods refine are called; undefined for actions and technical tasks. */
  readonly taskLabels: readonly (Label | undefined)[]
  readonly methods: readonly HtnMethod[]
  /** For each task the numbers of its methods, in order of preference; empty for actions. */
  readonly methodsOf: readonly Int32Array[]
  /** The one task to do. */
  readonly root: number
  /** True when every method puts its subtasks in one order. */
  readonly totallyOrdered: boolean
  /** 1 for the facts that say that another fact does not hold. */
  readonly isOpposite: Uint8Array
}

/** What a task or an action is called in the problem it came from. */
export interface Label {
  readonly name: string
  readonly args: readonly string[]
}

export interface HtnEffects {
  readonly needs: Int32Array
  readonly adds: Int32Array
  readonly deletes: Int32Array
}

/** Needs must all hold. What says that a fact does not hold is among the adds and deletes like any other fact. */
export interface HtnAction extends HtnEffects {
  /** Undefined for an action that only checks a condition and is not part of plans. */
  readonly label: Label | undefined
  readonly conditional: readonly HtnEffects[]
}

export interface HtnMethod {
  readonly task: number
  /** Undefined for the method of a technical task, which stands for one action with several ways to be applicable. */
  readonly name: string | undefined
  readonly subtasks: Int32Array
  /** Pairs of positions; when the method is totally ordered, the positions are that order. */
  readonly before: readonly (readonly [number, number])[]
  readonly ordered: boolean
}
