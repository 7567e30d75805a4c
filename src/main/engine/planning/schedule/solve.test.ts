import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { evolveSchedule } from './evolution.ts'
import { createScheduleProblem, earliestStarts, makespanOf, type ScheduleProblem } from './problem.ts'
import { type ScheduleAnswer, solveSchedule } from './solve.ts'

const rowsOf = (steps: number, columns: number, max: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max }), { minLength: columns, maxLength: columns }), {
    minLength: steps,
    maxLength: steps,
  })

/** Problems with `steps` steps, two reusable resources and, on request, one stock. */
function problems(steps: number, withStock: boolean): fc.Arbitrary<ScheduleProblem> {
  return fc
    .record({
      durations: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: steps, maxLength: steps }),
      demands: rowsOf(steps, 2, 3),
      capacities: fc.array(fc.integer({ min: 3, max: 4 }), { minLength: 2, maxLength: 2 }),
      links: fc.array(fc.tuple(fc.nat(steps - 1), fc.nat(steps - 1)), { maxLength: steps }),
      stock: fc.integer({ min: 0, max: 2 }),
      taken: rowsOf(steps, 1, 2),
      given: rowsOf(steps, 1, 2),
    })
    .map(({ durations, demands, capacities, links, stock, taken, given }) =>
      createScheduleProblem({
        durations,
        demands,
        capacities,
        successors: durations.map((_, step) => links.filter(([a, b]) => a < b && a === step).map(([, b]) => b)),
        ...(withStock
          ? { stocks: [stock], atStart: taken.map((row) => row.map((amount) => 0 - amount)), atEnd: given }
          : {}),
      }),
    )
}

/** Checks a schedule moment by moment, in another way than the solver does. */
function breaksRules(problem: ScheduleProblem, starts: ArrayLike<number>): boolean {
  const { count, durations, demands, capacities, successors, stocks, atStart, atEnd } = problem
  const start = (step: number) => starts[step] ?? 0
  const end = (step: number) => start(step) + (durations[step] ?? 0)
  const steps = Array.from({ length: count }, (_, step) => step)
  for (const step of steps) {
    if (start(step) < 0) return true
    for (const next of successors.list.slice(successors.first[step], successors.first[step + 1])) {
      if (start(next) < end(step)) return true
    }
  }
  const horizon = Math.max(0, ...steps.map(end))
  for (let moment = 0; moment <= horizon; moment++) {
    for (const [column, capacity] of capacities.entries()) {
      const running = steps.filter((step) => start(step) <= moment && moment < end(step))
      const used = running.reduce((sum, step) => sum + (demands[step * capacities.length + column] ?? 0), 0)
      if (used > capacity) return true
    }
    for (const [column, initial] of stocks.entries()) {
      let level = initial
      for (const step of steps) {
        if (start(step) <= moment) level += atStart[step * stocks.length + column] ?? 0
        if (end(step) <= moment) level += atEnd[step * stocks.length + column] ?? 0
      }
      if (level < 0) return true
    }
  }
  return false
}

/** The shortest makespan by trying every start of every step; Infinity when none works. */
function bruteForce(problem: ScheduleProblem): number {
  const horizon = problem.durations.reduce((sum, duration) => sum + duration, 0)
  const starts = new Int32Array(problem.count)
  let best = Number.POSITIVE_INFINITY
  const assign = (step: number) => {
    if (step === problem.count) {
      const makespan = makespanOf(problem, starts)
      if (makespan < best && !breaksRules(problem, starts)) best = makespan
      return
    }
    for (let time = 0; time <= horizon - (problem.durations[step] ?? 0); time++) {
      starts[step] = time
      assign(step + 1)
    }
  }
  assign(0)
  return best
}

function solve(problem: ScheduleProblem, schedules: number, conflicts: number): ScheduleAnswer {
  return solveSchedule(problem, { random: createRandom(7), schedules, conflicts })
}

describe('solving a scheduling problem', () => {
  test('the answer with a proof is the one that trying everything gives', () => {
    fc.assert(
      fc.property(problems(4, false), (problem) => {
        const answer = solve(problem, 4, 10_000)
        expect(answer.status).toBe('optimal')
        expect(answer.makespan).toBe(bruteForce(problem))
        expect(breaksRules(problem, answer.starts)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test('with stocks too, and what cannot be done is proved to be so', () => {
    fc.assert(
      fc.property(problems(4, true), (problem) => {
        const answer = solve(problem, 4, 10_000)
        const best = bruteForce(problem)
        expect(answer.status).toBe(best === Number.POSITIVE_INFINITY ? 'infeasible' : 'optimal')
        expect(answer.makespan).toBe(best)
        if (Number.isFinite(best)) expect(breaksRules(problem, answer.starts)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test('no schedule breaks a rule, and no lower bound is above a schedule, however small the budget', () => {
    fc.assert(
      fc.property(problems(14, true), fc.integer({ min: 1, max: 60 }), (problem, schedules) => {
        const quick = solve(problem, schedules, 0)
        const thorough = solve(problem, schedules, 20_000)
        for (const answer of [quick, thorough]) {
          if (Number.isFinite(answer.makespan)) expect(breaksRules(problem, answer.starts)).toBe(false)
        }
        expect(quick.lowerBound).toBeLessThanOrEqual(thorough.makespan)
        expect(thorough.makespan).toBeLessThanOrEqual(quick.makespan)
      }),
      { numRuns: 60 },
    )
  })

  test('the metaheuristic keeps to its budget of schedules and to the rules', () => {
    fc.assert(
      fc.property(problems(20, false), fc.integer({ min: 1, max: 80 }), (problem, schedules) => {
        const target = makespanOf(problem, earliestStarts(problem))
        const found = evolveSchedule(problem, { schedules, random: createRandom(3), target })
        expect(found.schedules).toBeLessThanOrEqual(schedules)
        expect(found.makespan).toBe(makespanOf(problem, found.starts))
        expect(found.makespan).toBeGreaterThanOrEqual(target)
        expect(breaksRules(problem, found.starts)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test('a schedule of the rules that is known to be the shortest ends the search, and is what a longer one would give', () => {
    fc.assert(
      fc.property(problems(12, false), (problem) => {
        const asked: number[] = []
        const search = (isShortest?: (makespan: number) => boolean) =>
          evolveSchedule(problem, {
            schedules: 200,
            random: createRandom(3),
            target: 0,
            ...(isShortest && { isShortest }),
          })
        const whole = search()
        const ended = search((makespan) => {
          asked.push(makespan)
          return makespan === whole.makespan
        })
        expect(asked).toHaveLength(1)
        expect(ended.starts).toEqual(whole.starts)
        expect(ended.schedules).toBe(asked[0] === whole.makespan ? 4 : whole.schedules)
      }),
      { numRuns: 40 },
    )
  })

  test('the same seed gives the same schedule', () => {
    fc.assert(
      fc.property(problems(14, false), (problem) => {
        expect(solve(problem, 60, 500)).toEqual(solve(problem, 60, 500))
      }),
      { numRuns: 20 },
    )
  })

  test('a step that needs more than there is makes the problem infeasible', () => {
    const problem = createScheduleProblem({ durations: [2], demands: [[3]], capacities: [2], successors: [[]] })
    expect(solve(problem, 10, 100).status).toBe('infeasible')
  })

  test('durations of very many units are solved like small ones', () => {
    const durations = [300_000, 200_000, 150_000, 200_000, 150_000, 250_000]
    const problem = createScheduleProblem({
      durations,
      demands: durations.map(() => [1]),
      capacities: [3],
      successors: [[], [], [5], [], [], []],
    })
    expect(solve(problem, 50, 5_000)).toMatchObject({ status: 'optimal', makespan: 450_000 })
  })
})
