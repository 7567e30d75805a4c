import type { Random } from '#shared/lib/random.ts'
import { evolveSchedule } from './evolution.ts'
import { longestTails, type ScheduleProblem } from './problem.ts'
import { ScheduleProof } from './proof.ts'

/** Conflicts spent on each guess when the lower bound is raised by refuting short makespans. */
const BOUND_CONFLICTS = 60
/** Conflicts within which it shows whether a schedule is easily proved to be the shortest. */
const EASY_CONFLICTS = 20
const FIRST_SCHEDULES = 1_000
const FIRST_CONFLICTS = 1_000
const SMALL = 60

/** How much work a schedule may take. Without `stop`, the answer depends on the problem, the budgets and the seed alone. */
export interface ScheduleBudget {
  readonly random: Random
  /** How many schedules the metaheuristic may generate. */
  readonly schedules: number
  /** How many conflicts the exact search may take; 0 leaves only the lower bound to it. */
  readonly conflicts: number
  /** True when the time is up; asked every few milliseconds. */
  readonly stop?: () => boolean
}

/** The best schedule found and how far from optimal it can be. Times in the problem's units. */
export interface ScheduleAnswer {
  /** 'unknown' when the budget ended before a schedule or a proof that there is none; only stocks can cause it. */
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown'
  /** Start of each step; all zero without a schedule. */
  readonly starts: Int32Array
  /** Infinity without a schedule. */
  readonly makespan: number
  /** No schedule is shorter; Infinity when there is none. */
  readonly lowerBound: number
  /** Schedules generated and conflicts met on the way. */
  readonly schedules: number
  readonly conflicts: number
}

/**
 * Solves a resource-constrained project scheduling problem within a budget: a two-population genetic search for a short
 * schedule, destructive lower bounds (Klein and Scholl 1999), and lazy clause generation to close the gap from both
 * sides, in turns of growing length. A pure function of its arguments, fit for a worker thread.
 */
export function solveSchedule(problem: ScheduleProblem, budget: ScheduleBudget): ScheduleAnswer {
  const stop = budget.stop ?? (() => false)
  let best: { starts: Int32Array; makespan: number } = {
    starts: new Int32Array(problem.count),
    makespan: Number.POSITIVE_INFINITY,
  }
  let schedules = 0
  let conflicts = 0
  const total = problem.durations.reduce((sum, duration) => sum + duration, 0)
  // What the rules find for a small problem is often the shortest, and that is soon proved.
  const isSmall = problem.count <= SMALL && budget.conflicts > 0
  let shortest = longestTails(problem).reduce((most, tail) => Math.max(most, tail), 0)
  const isShortest = (makespan: number) => {
    const proof = new ScheduleProof(problem, makespan)
    const outcome = proof.search(makespan - 1, EASY_CONFLICTS, stop)
    conflicts += proof.conflicts
    if (outcome === 'impossible') shortest = makespan
    return outcome === 'impossible'
  }
  const evolve = (limit: number, target: number) => {
    if (limit <= 0) return
    const random = budget.random.fork(`evolution ${schedules}`)
    const found = evolveSchedule(problem, { schedules: limit, random, target, stop, ...(isSmall && { isShortest }) })
    schedules += found.schedules
    if (found.makespan < best.makespan) best = found
  }
  evolve(Math.min(budget.schedules, budget.conflicts > 0 ? FIRST_SCHEDULES : budget.schedules), shortest)
  // As short as its longest chain, or proved already.
  if (best.makespan <= shortest) {
    const { starts, makespan } = best
    return { status: 'optimal', starts, makespan, lowerBound: makespan, schedules, conflicts }
  }

  const proof = new ScheduleProof(problem, Math.min(best.makespan, total))
  const search = (limit: number, most: number) => {
    if (best.makespan < Number.POSITIVE_INFINITY) proof.lean(best.starts)
    const outcome = proof.search(limit, most, stop)
    if (outcome === 'found') best = { starts: proof.starts.slice(), makespan: proof.makespan }
    return outcome
  }
  raiseLowerBound(proof, Math.min(best.makespan, total), stop)

  let turn = 1
  while (proof.lowerBound < best.makespan && proof.conflicts < budget.conflicts && !stop()) {
    const most = Math.min(FIRST_CONFLICTS * turn, budget.conflicts - proof.conflicts)
    const limit = Math.min(best.makespan - 1, total)
    if (search(limit, most) !== 'undecided') continue
    // Small problems are better left to the exact search alone.
    if (problem.count > SMALL) evolve(Math.min(FIRST_SCHEDULES * turn, budget.schedules - schedules), proof.lowerBound)
    turn *= 2
  }
  const isOptimal = proof.lowerBound >= best.makespan && best.makespan < Number.POSITIVE_INFINITY
  return {
    status: isOptimal ? 'optimal' : best.makespan < Number.POSITIVE_INFINITY ? 'feasible' : noSchedule(proof),
    starts: best.starts,
    makespan: best.makespan,
    lowerBound: Math.min(best.makespan, proof.lowerBound),
    schedules,
    conflicts: conflicts + proof.conflicts,
  }
}

function noSchedule(proof: ScheduleProof): 'infeasible' | 'unknown' {
  return proof.lowerBound === Number.POSITIVE_INFINITY ? 'infeasible' : 'unknown'
}

/** Halves the gap between the bound and a known makespan as long as short makespans are refuted at once. */
function raiseLowerBound(proof: ScheduleProof, makespan: number, stop: () => boolean): void {
  let high = makespan - 1
  while (proof.lowerBound <= high && !stop()) {
    const middle = Math.floor((proof.lowerBound + high) / 2)
    if (proof.search(middle, BOUND_CONFLICTS, stop) !== 'impossible') high = middle - 1
  }
}
