import { ParleyError } from '#shared/lib/error.ts'
import { fisherF, studentT } from './distributions.ts'
import { checkSample, exactSum, moments } from './sample.ts'
import type { TestResult } from './test-result.ts'

/** One coefficient: its estimate, standard error, and t test against 0. */
export interface Coefficient extends TestResult {
  readonly estimate: number
  readonly standardError: number
}

/** A least squares fit; the coefficients stand in the predictors' order, the intercept first where there is one. */
export interface Regression {
  readonly coefficients: readonly Coefficient[]
  readonly residuals: Float64Array
  readonly residualDeviation: number
  readonly df: number
  readonly rSquared: number
  readonly adjustedRSquared: number
  /** That all coefficients but the intercept are 0. */
  readonly overall: TestResult & { readonly df: readonly [numerator: number, denominator: number] }
}

function tooFew(rows: number, unknowns: number): ParleyError {
  return new ParleyError('SAMPLE_TOO_SMALL', `A fit of ${unknowns} coefficients needs more than ${rows} rows.`, {
    details: { rows, unknowns },
    wayOut: 'Give more rows, or fewer predictors.',
  })
}

/**
 * Ordinary least squares of y on predictors, each as long as y, by Householder's QR with one step of refinement. Predictors
 * are centred first where there is an intercept, which keeps constant leading digits from costing precision. R squared is
 * about the mean with an intercept, about 0 without. Throws SAMPLE_TOO_SMALL, SAMPLE_NOT_FINITE, SAMPLES_UNEQUAL, and
 * PREDICTORS_DEPENDENT where one predictor follows from the others.
 */
export function leastSquares(
  y: Float64Array,
  predictors: readonly Float64Array[],
  { intercept = true }: { readonly intercept?: boolean } = {},
): Regression {
  const rows = y.length
  const slopes = predictors.length
  const unknowns = slopes + (intercept ? 1 : 0)
  const df = rows - unknowns
  if (df < 1) throw tooFew(rows, unknowns)
  for (const column of [y, ...predictors]) {
    checkSample(column, 1)
    if (column.length !== rows) {
      throw new ParleyError('SAMPLES_UNEQUAL', `A predictor has ${column.length} values, and y has ${rows}.`)
    }
  }
  const centre = (column: Float64Array) => {
    if (!intercept) return { centre: 0, values: column.slice() }
    const { mean, rest } = moments(column)
    return { centre: mean + rest, values: column.map((value) => value - mean - rest) }
  }
  const target = centre(y)
  const centred = predictors.map(centre)
  const columns = centred.map(({ values }) => values)
  const factors = factorise(columns)
  const beta = solve(factors, target.values)
  const residualsOf = (estimate: Float64Array) =>
    target.values.map((value, row) =>
      exactSum([value, ...columns.map((column, k) => -(column[row] as number) * (estimate[k] as number))]),
    )
  const step = solve(factors, residualsOf(beta))
  for (let k = 0; k < slopes; k++) beta[k] = (beta[k] as number) + (step[k] as number)
  const residuals = residualsOf(beta)
  const residualSquares = exactSum(residuals.map((value) => value * value))
  const totalSquares = exactSum(target.values.map((value) => value * value))
  const deviation = Math.sqrt(residualSquares / df)

  const inverse = inverseRows(factors)
  const variances = inverse.map((row) => exactSum(row.map((value) => value * value)))
  const t = studentT(df)
  const coefficient = (estimate: number, variance: number): Coefficient => {
    const standardError = deviation * Math.sqrt(variance)
    const statistic = estimate / standardError
    return { estimate, standardError, statistic, p: Math.min(1, 2 * t.upper(Math.abs(statistic))) }
  }
  const coefficients = variances.map((variance, k) => coefficient(beta[k] as number, variance))
  if (intercept) {
    // a = mean(y) - sum b mean(x): its variance adds that of the mean to that of the slopes at the means.
    const pull = inverse.reduce(
      (sums, row, k) => sums.map((sum, at) => sum + (row[at] as number) * (centred[k]?.centre as number)),
      new Float64Array(slopes),
    )
    const estimate = exactSum([target.centre, ...centred.map(({ centre: mean }, k) => -mean * (beta[k] as number))])
    coefficients.unshift(coefficient(estimate, 1 / rows + exactSum(pull.map((value) => value * value))))
  }
  const explained = totalSquares - residualSquares
  const statistic = explained / slopes / (residualSquares / df)
  const rSquared = explained / totalSquares
  return {
    coefficients,
    residuals,
    residualDeviation: deviation,
    df,
    rSquared,
    adjustedRSquared: 1 - ((1 - rSquared) * (rows - (intercept ? 1 : 0))) / df,
    overall: { statistic, df: [slopes, df], p: fisherF(slopes, df).upper(statistic) },
  }
}

interface Factors {
  /** Householder vectors, one a column, with zeros above the diagonal. */
  readonly reflections: readonly Float64Array[]
  /** The triangle R by column. */
  readonly triangle: readonly Float64Array[]
}

function reflect(vector: Float64Array, values: Float64Array, from: number): void {
  let product = 0
  for (let row = from; row < values.length; row++) product += (vector[row] as number) * (values[row] as number)
  for (let row = from; row < values.length; row++) {
    values[row] = (values[row] as number) - 2 * product * (vector[row] as number)
  }
}

function norm(values: Float64Array): number {
  return Math.sqrt(exactSum(values.map((value) => value * value)))
}

function factorise(columns: readonly Float64Array[]): Factors {
  const work = columns.map((column) => column.slice())
  const reflections: Float64Array[] = []
  for (const [k, column] of work.entries()) {
    const size = norm(columns[k] as Float64Array)
    const below = norm(column.subarray(k))
    if (!(below > 1e-13 * size)) {
      throw new ParleyError('PREDICTORS_DEPENDENT', `Predictor ${k + 1} follows from the others.`, {
        details: { predictor: k },
        wayOut: 'Leave it out.',
      })
    }
    const vector = new Float64Array(column.length)
    vector.set(column.subarray(k), k)
    vector[k] = (vector[k] as number) + ((column[k] as number) < 0 ? -below : below)
    const length = norm(vector)
    const unit = vector.map((value) => value / length)
    reflections.push(unit)
    for (const other of work.slice(k)) reflect(unit, other, k)
  }
  return { reflections, triangle: work }
}

function solve({ reflections, triangle }: Factors, values: Float64Array): Float64Array {
  const rotated = values.slice()
  for (const [k, vector] of reflections.entries()) reflect(vector, rotated, k)
  return backSubstitute(triangle, rotated)
}

function backSubstitute(triangle: readonly Float64Array[], right: Float64Array): Float64Array {
  const solution = new Float64Array(triangle.length)
  for (let k = triangle.length - 1; k >= 0; k--) {
    let value = right[k] as number
    for (let j = k + 1; j < triangle.length; j++) value -= (triangle[j]?.[k] as number) * (solution[j] as number)
    solution[k] = value / (triangle[k]?.[k] as number)
  }
  return solution
}

/** The rows of the inverse of R: (X'X)^-1 is this times its transpose. */
function inverseRows({ triangle }: Factors): Float64Array[] {
  const size = triangle.length
  const columns = triangle.map((_, k) =>
    backSubstitute(
      triangle,
      Float64Array.from({ length: size }, (_, j) => (j === k ? 1 : 0)),
    ),
  )
  return triangle.map((_, row) => Float64Array.from(columns, (column) => column[row] as number))
}
