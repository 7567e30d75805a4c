import { readFileSync } from 'node:fs'
import { describeScheduleLine, labSchedule } from '../src/main/cli/lab-schedule.ts'
import { readScheduleFiles, type ScheduleFile } from '../src/main/cli/schedule-files.ts'

/** Which instances of the reference data, and how long. */
export interface ScheduleBenchOptions {
  /** Only this part: proof (all of j30, with proof), j30, j60, j90, j120 or cpr; default all of them. */
  readonly part?: string
  /** Folder with bounds.csv, cpr-bounds.csv and the archives; default ../shared/reference/rcpsp. */
  readonly directory?: string
  /** Takes every n-th instance; default 1. */
  readonly every?: number
  /** Seconds an instance for j30 with proof; default 60. */
  readonly proofSeconds?: number
  /** Seconds an instance with consumed and produced resources; default 10. */
  readonly stockSeconds?: number
  readonly seed?: number
  readonly print?: (line: string) => void
}

interface Reference {
  readonly criticalPath: number
  readonly lower: number
  readonly upper: number
}

/** Published mean deviations in percent, full sets: at 1,000 and 5,000 schedules; see the reference for their sources. */
const published: readonly (readonly [string, Readonly<Record<string, readonly [number, number]>>])[] = [
  ['random sampling, serial', row(1.44, 1.0, 15.94, 15.17, 49.25, 47.61)],
  ['random sampling, parallel', row(1.77, 1.48, 14.89, 14.3, 44.46, 43.05)],
  ['LFT sampling, serial', row(0.83, 0.53, 13.96, 13.53, 42.84, 41.84)],
  ['LFT sampling, parallel', row(1.4, 1.29, 13.59, 13.23, 39.6, 38.75)],
  ['GA on activity lists (Hartmann 1998)', row(0.54, 0.25, 12.68, 11.89, 39.37, 36.74)],
  ['self-adapting GA (Hartmann 2002)', row(0.38, 0.22, 12.21, 11.7, 37.19, 35.39)],
  ['HEDA (Wang, Fang 2011)', row(0.38, 0.14, 11.97, 11.43, 35.44, 33.61)],
  ['GA + FBI (Alcaraz et al. 2004)', row(0.25, 0.06, 11.89, 11.19, 36.53, 33.91)],
  ['scatter search + FBI (Debels et al. 2006)', row(0.27, 0.11, 11.73, 11.1, 35.22, 33.1)],
  ['hybrid GA (Valls et al. 2008)', row(0.27, 0.06, 11.56, 11.1, 34.07, 32.54)],
  ['decomposition GA (Debels, Vanhoucke 2007)', row(0.12, 0.04, 11.31, 10.95, 33.55, 32.18)],
]

/** Mean deviation of the best known makespans from the critical path, full sets. */
const fullSets: Readonly<Record<string, number>> = { j60: 10.37, j90: 9.42, j120: 28.93 }

function row(...means: readonly number[]): Record<string, readonly [number, number]> {
  const pair = (at: number): readonly [number, number] => [means[at] ?? Number.NaN, means[at + 1] ?? Number.NaN]
  return { j30: pair(0), j60: pair(2), j120: pair(4) }
}

/**
 * Measures the scheduler on the PSPLIB sets and on the instances with consumed and produced resources, and prints the
 * means beside the published ones. The sets at hand may be samples of the published ones: what can be compared is how many
 * points a mean lies over that of the best known makespans of the same instances, which is printed with each.
 */
export function benchSchedule(options: ScheduleBenchOptions = {}): void {
  const print = options.print ?? console.log
  const directory = options.directory ?? '../shared/reference/rcpsp'
  const references = readReferences(`${directory}/bounds.csv`)
  const parts: Record<string, () => void> = { proof: () => proveSmall(options, directory, references, print) }
  for (const set of ['j30', 'j60', 'j90', 'j120'])
    parts[set] = () => compareSet(set, options, instances(options, `${directory}/${set}.sm.tar.gz`), references, print)
  parts['cpr'] = () => solveStocks(options, directory, print)
  const asked = options.part === undefined ? Object.keys(parts) : [options.part]
  for (const part of asked) {
    const run = parts[part]
    if (run === undefined)
      throw new Error(`The scheduler has no part "${part}", only ${Object.keys(parts).join(', ')}.`)
    run()
  }
}

function compareSet(
  set: string,
  options: ScheduleBenchOptions,
  files: readonly ScheduleFile[],
  references: ReadonlyMap<string, Reference>,
  print: (line: string) => void,
): void {
  const known = files.map(({ file }) => references.get(stem(file)))
  const base = (reference: Reference | undefined) => (set === 'j30' ? reference?.upper : reference?.criticalPath) ?? 1
  const best = mean(known.map((reference) => ((reference?.upper ?? 0) / base(reference) - 1) * 100))
  print(
    `${set}: ${files.length} instances; best known ${best.toFixed(2)} % here, ${fullSets[set] ?? 0} % on the full set`,
  )
  for (const [place, schedules] of [1_000, 5_000].entries()) {
    const begin = performance.now()
    const lines = [...labSchedule(files, { schedules, seed: options.seed ?? 1, now: () => performance.now() })]
    const deviation = mean(lines.map((line, index) => ((line.makespan ?? 0) / base(known[index]) - 1) * 100))
    const gap = mean(lines.map((line) => ((line.makespan ?? 0) / (line.lowerBound || 1) - 1) * 100))
    const reached = lines.filter((line, index) => line.makespan === known[index]?.upper).length
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    print(`  ${schedules} schedules, over the ${set === 'j30' ? 'optimum' : 'critical path'} and over the best known:`)
    print(
      `    ${deviation.toFixed(2)} %, ${(deviation - best).toFixed(2)}: Parley; ${reached} at the best known, ${gap.toFixed(2)} % over its own lower bound, ${seconds} s`,
    )
    for (const [method, means] of published) {
      const mean = means[set]?.[place]
      if (mean === undefined) continue
      print(`    ${mean.toFixed(2)} %, ${(mean - (fullSets[set] ?? 0)).toFixed(2)}: ${method}, full set`)
    }
  }
}

function proveSmall(
  options: ScheduleBenchOptions,
  directory: string,
  references: ReadonlyMap<string, Reference>,
  print: (line: string) => void,
): void {
  const files = instances(options, `${directory}/j30.sm.tar.gz`)
  const begin = performance.now()
  let proved = 0
  let reached = 0
  let slowest = 0
  const limits = { seconds: options.proofSeconds ?? 60, seed: options.seed ?? 1, now: () => performance.now() }
  for (const line of labSchedule(files, limits)) {
    if (line.status === 'optimal') proved++
    if (line.makespan === references.get(stem(line.file))?.upper) reached++
    else print(`  not the known optimum: ${describeScheduleLine(line)}`)
    slowest = Math.max(slowest, line.ms)
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  print(`j30 exact: ${files.length} instances, ${reached} at the known optimum, ${proved} proved, ${seconds} s`)
  print(`  slowest ${slowest} ms`)
}

function solveStocks(options: ScheduleBenchOptions, directory: string, print: (line: string) => void): void {
  const files = instances(options, `${directory}/cpr.tar.gz`)
  const expected = new Map(rowsOf(`${directory}/cpr-bounds.csv`).map((row) => [row[0], row]))
  const begin = performance.now()
  const limits = { seconds: options.stockSeconds ?? 10, seed: options.seed ?? 1, now: () => performance.now() }
  let settled = 0
  let agreeing = 0
  for (const line of labSchedule(files, limits)) {
    const [, status, , upper] = expected.get(line.file) ?? []
    if (status === 'open') continue
    settled++
    if (line.status === status && (status === 'infeasible' || line.makespan === Number(upper))) agreeing++
    else print(`  expected ${status} ${upper}: ${describeScheduleLine(line)}`)
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  print(`consumed and produced: ${agreeing} of ${settled} with the known status and makespan, ${seconds} s`)
}

function instances(options: ScheduleBenchOptions, archive: string) {
  return [...readScheduleFiles([archive])].filter((_, index) => index % (options.every ?? 1) === 0)
}

function readReferences(path: string): Map<string, Reference> {
  return new Map(
    rowsOf(path).map((row) => [
      row[0] ?? '',
      { criticalPath: Number(row[2]), lower: Number(row[7]), upper: Number(row[8]) },
    ]),
  )
}

function rowsOf(path: string): string[][] {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => line.trim().split(','))
}

function stem(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.[a-z]+$/, '')
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
