import { solveQP } from 'quadprog'
import { ParleyError } from '#shared/lib/error.ts'
import type { Matrix } from './matrix.ts'

/** A linear condition on the weights: coefficients . x >= limit, or = limit. */
export interface Constraint {
  /** What the constraint is called when it cannot be met. */
  readonly name: string
  readonly coefficients: Float64Array
  readonly limit: number
  readonly kind: 'at least' | 'equal'
}

type Outcome = { readonly x: Float64Array } | { readonly x: undefined; readonly message: string }

function run(hessian: Matrix, linear: Float64Array, constraints: readonly Constraint[]): Outcome {
  const n = linear.length
  const ordered = [
    ...constraints.filter((constraint) => constraint.kind === 'equal'),
    ...constraints.filter((constraint) => constraint.kind === 'at least'),
  ]
  const equalities = constraints.filter((constraint) => constraint.kind === 'equal').length
  const columns = (rows: readonly Float64Array[]) => [
    [],
    ...Array.from({ length: n }, (_, i) => [0, ...rows.map((row) => row[i] as number)]),
  ]
  const { solution, message } = solveQP(
    columns(hessian),
    [0, ...linear.map((value) => -value)],
    columns(ordered.map((constraint) => constraint.coefficients)),
    [0, ...ordered.map((constraint) => constraint.limit)],
    equalities,
  )
  if (message !== '') return { x: undefined, message }
  const x = Float64Array.from({ length: n }, (_, i) => solution[i + 1] as number)
  return x.every(Number.isFinite) ? { x } : { x: undefined, message: 'no finite solution' }
}

/** The names of a smallest set of constraints that cannot all be met, found by leaving out one after the other. */
function conflictingConstraints(n: number, constraints: readonly Constraint[]): string[] {
  const identity = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)))
  const zero = new Float64Array(n)
  let kept = [...constraints]
  for (const constraint of constraints) {
    const without = kept.filter((other) => other !== constraint)
    if (run(identity, zero, without).x === undefined) kept = without
  }
  return kept.map((constraint) => constraint.name)
}

/**
 * Minimises x'Hx / 2 + linear . x under constraints, for a positive definite H (Goldfarb and Idnani 1983). Throws
 * PORTFOLIO_INFEASIBLE, naming constraints that conflict, and MATRIX_SINGULAR.
 */
export function minimiseQuadratic(
  hessian: Matrix,
  linear: Float64Array,
  constraints: readonly Constraint[],
): Float64Array {
  const outcome = run(hessian, linear, constraints)
  if (outcome.x) return outcome.x
  if (outcome.message.includes('positive definite')) {
    throw new ParleyError('MATRIX_SINGULAR', 'The covariances do not determine the weights: assets move in lockstep.', {
      wayOut: 'Leave out assets that move alike, or shrink the covariances.',
    })
  }
  const names = conflictingConstraints(linear.length, constraints)
  throw new ParleyError('PORTFOLIO_INFEASIBLE', `These cannot all be met: ${names.join('; ')}.`, {
    details: { constraints: names },
    wayOut: 'Loosen one of them.',
  })
}
