import { type Fraction, fraction, isLess, minus, over, times } from '#shared/lib/fraction.ts'

/** The optimum of a linear program: its point, its value, and the price (dual value, not below zero) of each constraint. */
export interface Optimum {
  readonly point: Fraction[]
  readonly value: Fraction
  readonly prices: Fraction[]
}

const zero = fraction(0n)
const one = fraction(1n)

/**
 * Maximises goal · x subject to rows · x ≤ limits and x ≥ 0, exactly: two-phase simplex on a dictionary of fractions with
 * Bland's rule, which cannot cycle (Chvátal 1983, chapters 2 and 3). Undefined where it is infeasible or unbounded. For
 * small programs: some tens of rows and columns.
 */
export function maximise(
  goal: readonly Fraction[],
  rows: readonly (readonly Fraction[])[],
  limits: readonly Fraction[],
): Optimum | undefined {
  const columns = goal.length
  // Variables: 0 to columns - 1 are x, then one slack a row, then the helper of the first phase.
  const helper = columns + rows.length
  const dictionary: Dictionary = {
    basic: rows.map((_, row) => columns + row),
    free: [...goal.keys(), helper],
    table: rows.map((row) => [...row.map(negated), one]),
    constants: [...limits],
    goal: [...goal.map(() => zero), fraction(-1n)],
    value: zero,
  }
  const lowest = argLeast(limits)
  if (lowest >= 0 && isLess(limits[lowest] ?? zero, zero)) {
    pivot(dictionary, lowest, columns)
    if (!optimise(dictionary) || dictionary.value.numerator !== 0n) return undefined
  }
  dropHelper(dictionary, helper)
  restoreGoal(dictionary, goal)
  return optimise(dictionary) ? optimumOf(dictionary, columns, rows.length) : undefined
}

/** Basic variables as constants plus table times the free ones; so is the goal. */
interface Dictionary {
  readonly basic: number[]
  readonly free: number[]
  readonly table: Fraction[][]
  readonly constants: Fraction[]
  goal: Fraction[]
  value: Fraction
}

function optimise(dictionary: Dictionary): boolean {
  for (;;) {
    const entering = firstOf(dictionary.free, (column) => isLess(zero, dictionary.goal[column] ?? zero))
    if (entering < 0) return true
    const leaving = leavingRow(dictionary, entering)
    if (leaving < 0) return false
    pivot(dictionary, leaving, entering)
  }
}

/** The position with the least variable of those that pass: Bland's rule. */
function firstOf(variables: readonly number[], passes: (position: number) => boolean): number {
  let first = -1
  variables.forEach((variable, position) => {
    if (passes(position) && (first < 0 || variable < (variables[first] ?? 0))) first = position
  })
  return first
}

function leavingRow({ basic, table, constants }: Dictionary, entering: number): number {
  let leaving = -1
  let least = zero
  basic.forEach((variable, row) => {
    const slope = table[row]?.[entering] ?? zero
    if (!isLess(slope, zero)) return
    const room = over(constants[row] ?? zero, negated(slope))
    const better = isLess(room, least) || (!isLess(least, room) && variable < (basic[leaving] ?? 0))
    if (leaving < 0 || better) {
      leaving = row
      least = room
    }
  })
  return leaving
}

function pivot(dictionary: Dictionary, leaving: number, entering: number): void {
  const { basic, free, table, constants } = dictionary
  const row = table[leaving] ?? []
  const slope = row[entering] ?? zero
  // The leaving row, solved for the entering variable.
  const solved = row.map((entry, column) => over(column === entering ? one : negated(entry), slope))
  const constant = over(negated(constants[leaving] ?? zero), slope)
  const substituted = (entries: readonly Fraction[]): Fraction[] => {
    const factor = entries[entering] ?? zero
    if (factor.numerator === 0n) return [...entries]
    return entries.map((entry, column) => {
      const part = times(factor, solved[column] ?? zero)
      return column === entering ? part : minus(entry, negated(part))
    })
  }
  table.forEach((other, index) => {
    if (index === leaving) return
    constants[index] = minus(constants[index] ?? zero, negated(times(other[entering] ?? zero, constant)))
    table[index] = substituted(other)
  })
  dictionary.value = minus(dictionary.value, negated(times(dictionary.goal[entering] ?? zero, constant)))
  dictionary.goal = substituted(dictionary.goal)
  table[leaving] = solved
  constants[leaving] = constant
  const variable = basic[leaving] ?? 0
  basic[leaving] = free[entering] ?? 0
  free[entering] = variable
}

function dropHelper(dictionary: Dictionary, helper: number): void {
  const { basic, free, table } = dictionary
  const row = basic.indexOf(helper)
  if (row >= 0) {
    const entering = firstOf(free, (column) => table[row]?.[column]?.numerator !== 0n)
    pivot(dictionary, row, entering)
  }
  const column = free.indexOf(helper)
  free.splice(column, 1)
  for (const entries of table) entries.splice(column, 1)
}

function restoreGoal(dictionary: Dictionary, goal: readonly Fraction[]): void {
  const { basic, free, table, constants } = dictionary
  dictionary.goal = free.map((variable) => goal[variable] ?? zero)
  dictionary.value = zero
  basic.forEach((variable, row) => {
    const factor = goal[variable] ?? zero
    if (factor.numerator === 0n) return
    dictionary.value = minus(dictionary.value, negated(times(factor, constants[row] ?? zero)))
    dictionary.goal = dictionary.goal.map((entry, column) =>
      minus(entry, negated(times(factor, table[row]?.[column] ?? zero))),
    )
  })
}

function optimumOf(dictionary: Dictionary, columns: number, rows: number): Optimum {
  const { basic, free, constants, goal, value } = dictionary
  const point = Array.from({ length: columns }, (_, variable) => constants[basic.indexOf(variable)] ?? zero)
  const prices = Array.from({ length: rows }, (_, row) => negated(goal[free.indexOf(columns + row)] ?? zero))
  return { point, value, prices }
}

function argLeast(values: readonly Fraction[]): number {
  let least = -1
  values.forEach((value, index) => {
    if (least < 0 || isLess(value, values[least] ?? zero)) least = index
  })
  return least
}

function negated({ numerator, denominator }: Fraction): Fraction {
  return { numerator: -numerator, denominator }
}
