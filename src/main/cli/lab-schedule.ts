import { solveSchedule } from '#engine/planning/schedule/solve.ts'
import { createRandom } from '#shared/lib/random.ts'
import { readScheduleFile, type ScheduleFile } from './schedule-files.ts'

const DEFAULT_SECONDS = 60

/** What to solve and how long to try. With `schedules`, only the metaheuristic and the lower bound work. */
export interface LabScheduleOptions {
  readonly seed?: number
  /** Limit of generated schedules a file; passes of forward-backward improvement count. */
  readonly schedules?: number
  /** Limit of time a file; default 60 when `schedules` is not given. */
  readonly seconds?: number
  /** Milliseconds that never run backwards. */
  readonly now: () => number
}

/** One line of `parley lab schedule --json`. Times are in the file's units; dummy source and sink are steps. */
export interface LabScheduleLine {
  readonly file: string
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown'
  readonly makespan: number | null
  readonly lowerBound: number | null
  readonly start: readonly number[]
  readonly schedules: number
  readonly ms: number
}

/** Solves scheduling problems from files, one after another. Throws SCHEDULE_UNREADABLE for a file that is not one. */
export function* labSchedule(files: Iterable<ScheduleFile>, options: LabScheduleOptions): Generator<LabScheduleLine> {
  for (const { file, text } of files) {
    const problem = readScheduleFile(file, text)
    const begin = options.now()
    const seconds = options.seconds ?? (options.schedules === undefined ? DEFAULT_SECONDS : Number.POSITIVE_INFINITY)
    const answer = solveSchedule(problem, {
      random: createRandom(options.seed ?? 1),
      schedules: options.schedules ?? Number.POSITIVE_INFINITY,
      conflicts: options.schedules === undefined ? Number.POSITIVE_INFINITY : 0,
      stop: () => options.now() - begin >= seconds * 1000,
    })
    yield {
      file,
      status: answer.status,
      makespan: finiteOrNull(answer.makespan),
      lowerBound: finiteOrNull(answer.lowerBound),
      start: Number.isFinite(answer.makespan) ? Array.from(answer.starts) : [],
      schedules: answer.schedules,
      ms: Math.round(options.now() - begin),
    }
  }
}

/** The line for people: what was reached and how far from optimal it can be. */
export function describeScheduleLine(line: LabScheduleLine): string {
  const effort = `${line.schedules} schedules, ${line.ms} ms`
  if (line.makespan === null) return `${line.file}: ${line.status} (${effort})`
  const gap = line.lowerBound === null || line.lowerBound === 0 ? 0 : (line.makespan / line.lowerBound - 1) * 100
  const quality = line.status === 'optimal' ? 'optimal' : `at most ${gap.toFixed(1)} % over the optimum`
  return `${line.file}: makespan ${line.makespan}, ${quality} (lower bound ${line.lowerBound}, ${effort})`
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
