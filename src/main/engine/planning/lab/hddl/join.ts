import { boundValue, type HddlType, type Term } from './model.ts'
import type { Relation } from './relation.ts'

/** An atom whose tuples bind variables. */
export interface JoinAtom {
  readonly relation: Relation
  readonly args: readonly Term[]
}

/** A test that needs some variables to be bound. */
export interface JoinCheck {
  readonly variables: readonly number[]
  passes(binding: Int32Array): boolean
}

type Stage =
  | { kind: 'atom'; atom: JoinAtom; mask: number; keyTerms: Term[]; checks: JoinCheck[] }
  | { kind: 'every'; variable: number; checks: JoinCheck[] }

/**
 * All bindings of the variables (numbers from 0, of the given types) under which every atom is in its relation and
 * every check passes. The order of the atoms is chosen once, by how much is bound already.
 */
export class Join {
  readonly #stages: Stage[] = []
  readonly #startChecks: JoinCheck[]
  readonly #variableTypes: readonly HddlType[]

  /** Bound are the variables that have a value before the join starts. */
  constructor(
    variableTypes: readonly HddlType[],
    atoms: readonly JoinAtom[],
    checks: readonly JoinCheck[],
    bound: readonly number[],
  ) {
    this.#variableTypes = variableTypes
    const known = new Set(bound)
    const waiting = new Set(checks)
    const due = (): JoinCheck[] => {
      const ready = [...waiting].filter((check) => check.variables.every((variable) => known.has(variable)))
      for (const check of ready) waiting.delete(check)
      return ready
    }
    this.#startChecks = due()
    const left = [...atoms]
    const open = (atom: JoinAtom) => new Set(atom.args.filter((term) => term >= 0 && !known.has(term))).size
    while (left.length > 0) {
      const atom = left.reduce((best, other) => {
        const difference = open(other) - open(best) || other.relation.size - best.relation.size
        return difference < 0 ? other : best
      })
      left.splice(left.indexOf(atom), 1)
      let mask = 0
      const keyTerms: Term[] = []
      for (const [column, term] of atom.args.entries()) {
        if (term >= 0 && !known.has(term)) continue
        mask |= 1 << column
        keyTerms.push(term)
      }
      for (const term of atom.args) if (term >= 0) known.add(term)
      this.#stages.push({ kind: 'atom', atom, mask, keyTerms, checks: due() })
    }
    for (const variable of variableTypes.keys()) {
      if (known.has(variable)) continue
      known.add(variable)
      this.#stages.push({ kind: 'every', variable, checks: due() })
    }
  }

  /** Calls back for each binding; the array is used again afterwards. Unbound variables are -1 before the start. */
  run(binding: Int32Array, found: () => void): void {
    if (this.#startChecks.every((check) => check.passes(binding))) this.#run(0, binding, found)
  }

  #run(depth: number, binding: Int32Array, found: () => void): void {
    const stage = this.#stages[depth]
    if (stage === undefined) {
      found()
      return
    }
    if (stage.kind === 'every') {
      for (const object of this.#variableTypes[stage.variable]?.members ?? []) {
        binding[stage.variable] = object
        if (stage.checks.every((check) => check.passes(binding))) this.#run(depth + 1, binding, found)
      }
      binding[stage.variable] = -1
      return
    }
    const { relation, args } = stage.atom
    const key = stage.keyTerms.map((term) => boundValue(term, binding))
    const rows = relation.rows(stage.mask, key)
    // Rows that are added while this runs belong to a later run.
    const count = rows.length
    for (let index = 0; index < count; index++) {
      const row = rows[index] ?? 0
      const set: number[] = []
      let fits = true
      for (let column = 0; fits && column < args.length; column++) {
        const term = args[column] ?? 0
        if ((stage.mask >> column) & 1) continue
        const value = relation.at(row, column)
        if (binding[term] === -1) {
          fits = this.#variableTypes[term]?.has[value] === 1
          binding[term] = value
          set.push(term)
        } else fits = binding[term] === value
      }
      if (fits && stage.checks.every((check) => check.passes(binding))) this.#run(depth + 1, binding, found)
      for (const term of set) binding[term] = -1
    }
  }
}
