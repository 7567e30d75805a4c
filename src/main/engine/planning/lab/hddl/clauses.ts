import { assertNever } from '#shared/lib/assert.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { boundValue, type Formula, type HddlType, type Term, type Variable } from './model.ts'

/** A fact that must hold (its number) or must not (~number). */
export type Literal = number

/** What is known of an atom without variables: settled for good, or a fact that may change. */
export type AtomStatus = boolean | { readonly fact: number }

const clauseLimit = 10_000

/**
 * A formula under a binding as alternatives of literals: [] never holds, [[]] always does. Throws HDDL_UNSUPPORTED
 * when there are more than 10,000 alternatives.
 */
export function clausesOf(
  formula: Formula,
  binding: Int32Array,
  types: readonly HddlType[],
  status: (predicate: number, args: number[]) => AtomStatus,
): Literal[][] {
  const visit = (part: Formula, positive: boolean): Literal[][] => {
    switch (part.kind) {
      case 'and':
      case 'or': {
        const inner = part.parts.map((one) => () => visit(one, positive))
        return (part.kind === 'and') === positive ? product(inner) : union(inner)
      }
      case 'not':
        return visit(part.part, !positive)
      case 'same':
        return truth((boundValue(part.left, binding) === boundValue(part.right, binding)) === positive)
      case 'is':
        return truth((types[part.type]?.has[boundValue(part.term, binding)] === 1) === positive)
      case 'atom': {
        const known = status(part.predicate, valuesOf(part.args, binding))
        if (typeof known === 'boolean') return truth(known === positive)
        return [[positive ? known.fact : ~known.fact]]
      }
      case 'all':
      case 'some': {
        const inner: Literal[][][] = []
        forEachBinding(part.variables, binding, types, () => inner.push(visit(part.part, positive)))
        const lazily = inner.map((clauses) => () => clauses)
        return (part.kind === 'all') === positive ? product(lazily) : union(lazily)
      }
      default:
        return assertNever(part)
    }
  }
  return visit(formula, true)
}

/** Calls back for every value of the variables; the binding is put back afterwards. */
export function forEachBinding(
  variables: readonly Variable[],
  binding: Int32Array,
  types: readonly HddlType[],
  found: () => void,
  from = 0,
): void {
  const variable = variables[from]
  if (variable === undefined) {
    found()
    return
  }
  for (const object of types[variable.type]?.members ?? []) {
    binding[variable.id] = object
    forEachBinding(variables, binding, types, found, from + 1)
  }
  binding[variable.id] = -1
}

/** The objects that terms stand for. */
export function valuesOf(terms: readonly Term[], binding: Int32Array): number[] {
  return terms.map((term) => boundValue(term, binding))
}

function truth(holds: boolean): Literal[][] {
  return holds ? [[]] : []
}

function union(parts: (() => Literal[][])[]): Literal[][] {
  const result = new Map<string, Literal[]>()
  for (const part of parts) {
    for (const clause of part()) {
      if (clause.length === 0) return [[]]
      result.set(clause.join(), clause)
    }
  }
  return limited([...result.values()])
}

function product(parts: (() => Literal[][])[]): Literal[][] {
  let result: Literal[][] = [[]]
  for (const part of parts) {
    const clauses = part()
    if (clauses.length === 0) return []
    const [only] = clauses
    if (clauses.length === 1 && only?.length === 0) continue
    result = limited(
      result.flatMap((left) =>
        clauses.flatMap((right) => {
          const merged = [...new Set([...left, ...right])].sort((a, b) => a - b)
          return merged.some((literal) => literal >= 0 && merged.includes(~literal)) ? [] : [merged]
        }),
      ),
    )
  }
  return result
}

function limited(clauses: Literal[][]): Literal[][] {
  if (clauses.length <= clauseLimit) return clauses
  throw new ParleyError('HDDL_UNSUPPORTED', `A condition has more than ${clauseLimit} alternatives.`, {
    wayOut: 'Split the condition over several actions or methods.',
  })
}
