import { ParleyError } from '#shared/lib/error.ts'
import { chiSquared, normal } from './distributions.ts'
import { exactSum } from './sample.ts'
import { type Interval, symmetricP, type TestOptions, type TestResult, tailsAt } from './test-result.ts'

/** Counts by row and column. */
export type CountTable = readonly (readonly number[])[]

/** A test on counts: its statistic is chi-squared. */
export interface CountTest extends TestResult {
  readonly df: number
}

/** Throws COUNTS_INVALID unless the table is a full rectangle of whole numbers of at least 0, not all 0. */
export function checkCounts(table: CountTable): void {
  const width = table[0]?.length ?? 0
  const cells = table.flat()
  const fits = width > 0 && table.every((row) => row.length === width)
  if (fits && cells.every((cell) => Number.isInteger(cell) && cell >= 0) && cells.some((cell) => cell > 0)) return
  throw new ParleyError('COUNTS_INVALID', 'A table of counts must be full, of whole numbers, and hold at least one.', {
    details: { table },
  })
}

/**
 * Pearson's chi-squared test that rows and columns are independent; 2 x 2 tables are corrected for continuity (Yates)
 * unless told not to. NaN where a row or column is empty. Throws COUNTS_INVALID.
 */
export function chiSquaredTest(table: CountTable, { correct = true }: { readonly correct?: boolean } = {}): CountTest {
  checkCounts(table)
  const rows = table.map((row) => exactSum(row))
  const width = (table[0] as readonly number[]).length
  const columns = Array.from({ length: width }, (_, at) => exactSum(table.map((row) => row[at] as number)))
  const total = exactSum(rows)
  const cells = table.flatMap((row, r) =>
    row.map((count, c) => ({ count, expected: ((rows[r] as number) * (columns[c] as number)) / total })),
  )
  const isFourfold = rows.length === 2 && width === 2
  const yates =
    correct && isFourfold ? Math.min(0.5, ...cells.map(({ count, expected }) => Math.abs(count - expected))) : 0
  const statistic = exactSum(cells.map(({ count, expected }) => (Math.abs(count - expected) - yates) ** 2 / expected))
  const df = (rows.length - 1) * (width - 1)
  return { statistic, df, p: chiSquared(df).upper(statistic) }
}

/**
 * Pearson's chi-squared test of counts against probabilities (default: equal ones), which must add up to 1. Throws
 * COUNTS_INVALID.
 */
export function goodnessOfFit(counts: readonly number[], probabilities?: readonly number[]): CountTest {
  checkCounts([counts])
  const total = exactSum(counts)
  const shares = probabilities ?? counts.map(() => 1 / counts.length)
  if (shares.length !== counts.length || Math.abs(exactSum(shares) - 1) > 1e-8 || shares.some((share) => share < 0)) {
    throw new ParleyError('COUNTS_INVALID', 'There must be one probability for each count, and they must add up to 1.')
  }
  const statistic = exactSum(
    counts.map((count, k) => {
      const expected = total * (shares[k] as number)
      return (count - expected) ** 2 / expected
    }),
  )
  const df = counts.length - 1
  return { statistic, df, p: chiSquared(df).upper(statistic) }
}

/** A test of proportions. */
export interface ProportionTest extends CountTest {
  readonly estimates: readonly number[]
  /** Of the proportion (Wilson) or of the difference of two; undefined for more, and for two that were given. */
  readonly interval: Interval | undefined
}

/** Options of a test of proportions. */
export interface ProportionOptions extends TestOptions {
  /** The proportions under the null hypothesis; default one half for one, equal ones for more. */
  readonly expected?: readonly number[]
  /** Whether one or two proportions are corrected for continuity; default true. */
  readonly correct?: boolean
}

function wilson(successes: number, trials: number, z: number, yates: number): Interval {
  const half = (z * z) / (2 * trials)
  const edge = (share: number, side: 1 | -1) =>
    (share + half + side * z * Math.sqrt((share * (1 - share)) / trials + half / (2 * trials))) / (1 + 2 * half)
  const low = (successes - yates) / trials
  const high = (successes + yates) / trials
  return [low <= 0 ? 0 : Math.max(0, edge(low, -1)), high >= 1 ? 1 : Math.min(1, edge(high, 1))]
}

/**
 * The chi-squared test that proportions are equal, or are those expected; agrees with R's prop.test. NaN where none or all
 * of the trials of every group succeed. Throws COUNTS_INVALID.
 */
export function proportionTest(
  successes: readonly number[],
  trials: readonly number[],
  { alternative = 'two-sided', confidence = 0.95, expected, correct = true }: ProportionOptions = {},
): ProportionTest {
  const groups = successes.length
  const [x, n] = [successes, trials] as const
  checkCounts([successes, trials])
  if (x.some((count, k) => count > (n[k] as number)) || n.some((count) => count === 0)) {
    throw new ParleyError('COUNTS_INVALID', 'Each group needs at least one trial, and no more successes than trials.')
  }
  const given = expected ?? (groups === 1 ? [0.5] : undefined)
  const estimates = x.map((count, k) => count / (n[k] as number))
  const [first = Number.NaN, second = Number.NaN] = estimates
  const inverses = exactSum(n.map((count) => 1 / count))
  const difference = first - second

  let yates = correct && groups <= 2 ? 0.5 : 0
  if (groups === 1) yates = Math.min(yates, Math.abs((x[0] as number) - (n[0] as number) * (given?.[0] ?? Number.NaN)))
  else if (groups === 2 && given === undefined) yates = Math.min(yates, Math.abs(difference) / inverses)

  const common = exactSum(x) / exactSum(n)
  const shares = given ?? x.map(() => common)
  const statistic = exactSum(
    x.flatMap((count, k) => {
      const [size, share] = [n[k] as number, shares[k] as number]
      const square = (Math.abs(count - size * share) - yates) ** 2
      return [square / (size * share), square / (size * (1 - share))]
    }),
  )
  const df = given === undefined ? groups - 1 : groups

  const isSided = groups === 1 || (groups === 2 && given === undefined)
  const side = isSided ? alternative : 'two-sided'
  const p =
    side === 'two-sided'
      ? chiSquared(df).upper(statistic)
      : symmetricP(
          tailsAt(
            normal(),
            Math.sign(groups === 1 ? first - (shares[0] as number) : difference) * Math.sqrt(statistic),
          ),
          side,
        )

  let interval: Interval | undefined
  if (isSided) {
    const z = normal().upperQuantile(side === 'two-sided' ? (1 - confidence) / 2 : 1 - confidence)
    const width =
      z * Math.sqrt(exactSum(estimates.map((share, k) => (share * (1 - share)) / (n[k] as number)))) + yates * inverses
    const [floor, whole] =
      groups === 1
        ? [0, wilson(x[0] as number, n[0] as number, z, yates)]
        : [-1, [Math.max(-1, difference - width), Math.min(1, difference + width)] as const]
    interval = [side === 'less' ? floor : whole[0], side === 'greater' ? 1 : whole[1]]
  }
  return { statistic, df, p, estimates, interval }
}
