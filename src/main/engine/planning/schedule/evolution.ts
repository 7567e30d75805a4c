import type { Random } from '#shared/lib/random.ts'
import { Genes } from './genes.ts'
import { earliestStarts, type ScheduleProblem } from './problem.ts'
import { priorityRules } from './rules.ts'

/** Shares of the makespan between which the window of a crossover may lie, and how many windows are compared. */
const NARROWEST = 0.1
const WIDEST = 0.5
const WINDOWS = 6
const CHILDREN = 2
const MUTATION = 0.05
/** A population is renewed after count / STAGNATION generations without a better schedule. */
const STAGNATION = 4
const LARGEST_POPULATION = 60
const NO_SCHEDULE = 0x3fffffff

export interface EvolutionOptions {
  /** How many schedules may be generated; one pass of a generator, forward or backward, is one schedule. */
  readonly schedules: number
  readonly random: Random
  /** A makespan that cannot be beaten; reaching it ends the search. */
  readonly target: number
  /** Asked once, when the priority rules have been tried: true when no schedule is shorter, which ends the search. */
  readonly isShortest?: (makespan: number) => boolean
  /** Asked once a generation; true ends the search. */
  readonly stop?: () => boolean
}

export interface Evolution {
  readonly starts: Int32Array
  /** Infinity when no schedule was found, which only stocks can cause. */
  readonly makespan: number
  /** Schedules generated. */
  readonly schedules: number
}

/** One side of the population: schedules pushed to the left, or to the right. */
interface Side {
  readonly rows: Int32Array[]
  readonly fitness: Float64Array
}

/**
 * Looks for a short schedule with two populations, one of left-justified and one of right-justified schedules, that
 * breed each other: every child is scheduled against the direction of its parents, so that each pass is forward-backward
 * improvement as well (Debels and Vanhoucke 2005, "A bi-population based genetic algorithm for the RCPSP"). A child
 * takes a busy window of time from one parent and the order before and after it from the other (Valls, Ballestin and
 * Quintanilla 2008). Among equal makespans the schedule whose work lies further from its open end is fitter. The first
 * population comes from priority rules, plain at first, then with chance.
 */
export function evolveSchedule(problem: ScheduleProblem, options: EvolutionOptions): Evolution {
  const { random, isShortest, stop } = options
  const size = populationSize(problem.count, options.schedules)
  const genes = new Genes(problem, random)
  const sides: readonly [Side, Side] = [createSide(problem, size), createSide(problem, size)]
  const best = new Int32Array(problem.count)
  const child = new Int32Array(problem.count)
  const fittest = new Int32Array(problem.count)
  let { target } = options
  let makespan = NO_SCHEDULE
  let schedules = 0
  const isOver = () => schedules >= options.schedules || makespan <= target

  const goesOn = () => !isOver() && makespan < NO_SCHEDULE && stop?.() !== true

  const keep = (fitness: number, starts: Int32Array) => {
    schedules++
    if (Math.floor(fitness) < makespan) {
      makespan = Math.floor(fitness)
      best.set(starts)
    }
  }

  const rules = priorityRules(problem)
  const [left] = sides
  const populate = () => {
    for (let index = 0; index < size && !isOver(); index++) {
      const row = left.rows[index] as Int32Array
      const isPlain = schedules < rules.length
      if (schedules === rules.length && makespan < NO_SCHEDULE && isShortest?.(makespan) === true) {
        target = makespan
        return
      }
      const rule = (isPlain ? rules[schedules] : random.pick(rules)) ?? rules[0]
      const fitness = genes.sample(rule, isPlain ? 0 : random.int(1, 2), row)
      keep(fitness, row)
      left.fitness[index] = fitness
      if (fitness >= NO_SCHEDULE) row.set(earliestStarts(problem))
    }
  }
  populate()
  let isFresh = true
  let record = makespan
  let recordAt = 0
  for (let generation = 1; goesOn(); generation++) {
    const backward = generation % 2 === 1
    const from = backward ? sides[0] : sides[1]
    const to = backward ? sides[1] : sides[0]
    const leader = fittestOf(from.fitness)
    for (let index = 0; index < size && !isOver(); index++) {
      let least = NO_SCHEDULE
      for (let kid = 0; kid < CHILDREN && !isOver(); kid++) {
        if (isFresh || (index === leader && kid === 0)) genes.justify(from.rows[index] as Int32Array, backward)
        else cross(genes, from, index, backward, random)
        const fitness = genes.build(backward, child)
        keep(fitness, child)
        if (fitness < least) {
          least = fitness
          fittest.set(child)
        }
        if (isFresh) break
      }
      ;(to.rows[index] as Int32Array).set(least < NO_SCHEDULE ? fittest : (from.rows[index] as Int32Array))
      to.fitness[index] = least < NO_SCHEDULE ? least : (from.fitness[index] as number)
    }
    isFresh = false
    if (makespan < record) {
      record = makespan
      recordAt = generation
    }
    // A population that has found nothing better for long is let go; the best schedule is kept.
    if (!backward && (generation - recordAt) * STAGNATION >= problem.count) {
      populate()
      isFresh = true
      recordAt = generation
    }
  }
  return { starts: best, makespan: makespan < NO_SCHEDULE ? makespan : Number.POSITIVE_INFINITY, schedules }
}

/** Small for a small budget and for many steps, so that there is time for enough generations. */
function populationSize(count: number, schedules: number): number {
  const size = 20 * (schedules / 1000) ** 0.68 * (120 / Math.max(1, count)) ** 0.6
  const most = LARGEST_POPULATION * Math.max(1, schedules / 5000) ** 0.4
  return Math.max(4, Math.min(Math.round(Math.min(size, most)), Math.floor(schedules / 6)))
}

function createSide(problem: ScheduleProblem, size: number): Side {
  return {
    rows: Array.from({ length: size }, () => new Int32Array(problem.count)),
    fitness: new Float64Array(size).fill(NO_SCHEDULE),
  }
}

function fittestOf(fitness: Float64Array): number {
  let best = 0
  for (let index = 1; index < fitness.length; index++)
    if ((fitness[index] as number) < (fitness[best] as number)) best = index
  return best
}

/** Crosses a member with the fitter of two others; either may give the window. */
function cross(genes: Genes, side: Side, index: number, backward: boolean, random: Random): void {
  const { rows, fitness } = side
  const size = rows.length
  const one = random.int(0, size - 1)
  const two = random.int(0, size - 1)
  let partner = one === index || (two !== index && (fitness[two] as number) < (fitness[one] as number)) ? two : one
  if (partner === index) partner = (index + 1) % size
  const swap = random.chance(0.5)
  const giver = swap ? partner : index
  genes.cross(
    rows[giver] as Int32Array,
    fitness[giver] as number,
    rows[swap ? index : partner] as Int32Array,
    backward,
    {
      narrowest: NARROWEST,
      widest: WIDEST,
      windows: WINDOWS,
      mutation: MUTATION,
    },
  )
}
