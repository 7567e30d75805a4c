import { gunzipSync } from 'node:zlib'
import { createScheduleProblem, type ScheduleProblem } from '#engine/planning/schedule/problem.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { readInput, readInputBytes } from './input-file.ts'

/** The text of one scheduling problem, and where it came from. */
export interface ScheduleFile {
  readonly file: string
  readonly text: string
}

/** Reads the problems at the paths; a `.tar.gz` stands for all the `.sm` and `.rcp` files in it. */
export function* readScheduleFiles(paths: Iterable<string>): Generator<ScheduleFile> {
  for (const path of paths) {
    if (path.endsWith('.tar.gz')) yield* readArchive(unzip(path))
    else yield { file: path, text: readInput(path) }
  }
}

function unzip(path: string): Buffer {
  const bytes = readInputBytes(path)
  try {
    return gunzipSync(bytes)
  } catch {
    throw unreadable(path, 'it is not a gzip archive')
  }
}

/** The members of a tar archive: blocks of 512 bytes, a header with name and octal size before each (POSIX ustar). */
function* readArchive(bytes: Buffer): Generator<ScheduleFile> {
  let at = 0
  while (at + 512 <= bytes.length && bytes[at] !== 0) {
    const field = (from: number, length: number) =>
      bytes.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '')
    const file = field(0, 100)
    const size = Number.parseInt(field(124, 12), 8) || 0
    if (/\.(sm|rcp)$/.test(file)) yield { file, text: bytes.toString('utf8', at + 512, at + 512 + size) }
    at += 512 + Math.ceil(size / 512) * 512
  }
}

/**
 * Reads a scheduling problem from the text of a file: PSPLIB's single-mode `.sm` (Kolisch and Sprecher 1996), or `.rcp`
 * with consumed and produced resources (Kone, Artigues, Lopez and Mongeau 2013). The dummy source and sink stay steps;
 * what they consume and produce is ignored. Throws SCHEDULE_UNREADABLE.
 */
export function readScheduleFile(name: string, text: string): ScheduleProblem {
  return text.includes('PRECEDENCE RELATIONS') ? readPsplib(name, text) : readConsumeProduce(name, text)
}

function readPsplib(name: string, text: string): ScheduleProblem {
  const relations = rowsAfter(name, text, 'PRECEDENCE RELATIONS', 2)
  const requests = rowsAfter(name, text, 'REQUESTS/DURATIONS', 3)
  const capacities = rowsAfter(name, text, 'RESOURCEAVAILABILITIES', 2)[0] ?? []
  if (relations.length === 0 || relations.length !== requests.length) {
    throw unreadable(name, `it has ${relations.length} rows of precedences and ${requests.length} of requests`)
  }
  return createScheduleProblem({
    durations: requests.map((row) => row[2] ?? Number.NaN),
    demands: requests.map((row) => row.slice(3)),
    capacities,
    successors: relations.map((row) => row.slice(3).map((job) => job - 1)),
  })
}

/** The rows of numbers after a heading, from `skip` lines on, up to the first line that is not numbers. */
function rowsAfter(name: string, text: string, heading: string, skip: number): number[][] {
  const lines = text.split(/\r?\n/)
  const at = lines.findIndex((line) => line.includes(heading))
  if (at < 0) throw unreadable(name, `the section ${heading} is missing`)
  const rows: number[][] = []
  for (const line of lines.slice(at + skip)) {
    if (!/^[\s\d]*\d[\s\d]*$/.test(line)) {
      if (rows.length > 0 || !/^-+$/.test(line.trim())) break
      continue
    }
    rows.push(line.trim().split(/\s+/).map(Number))
  }
  return rows
}

function readConsumeProduce(name: string, text: string): ScheduleProblem {
  const numbers = text.trim().split(/\s+/).map(Number)
  if (numbers.some((number) => !Number.isInteger(number))) throw unreadable(name, 'not everything in it is a number')
  let at = 0
  const take = () => {
    const number = numbers[at++]
    if (number === undefined) throw unreadable(name, 'it ends too early')
    return number
  }
  const takeRow = (length: number) => Array.from({ length }, take)
  const [count, width, stocks] = [take(), take(), take()]
  const capacities = takeRow(width)
  const levels = takeRow(stocks)
  const durations: number[] = []
  const demands: number[][] = []
  const atStart: number[][] = []
  const atEnd: number[][] = []
  const successors: number[][] = []
  for (let step = 0; step < count; step++) {
    durations.push(take())
    demands.push(takeRow(width))
    const changes = takeRow(2 * stocks)
    const isDummy = step === 0 || step === count - 1
    atStart.push(changes.filter((_, column) => column % 2 === 0).map((amount) => (isDummy ? 0 : -amount)))
    atEnd.push(changes.filter((_, column) => column % 2 === 1).map((amount) => (isDummy ? 0 : amount)))
    successors.push(takeRow(take()).map((job) => job - 1))
  }
  return createScheduleProblem({ durations, demands, capacities, stocks: levels, atStart, atEnd, successors })
}

function unreadable(name: string, why: string): ParleyError {
  return new ParleyError('SCHEDULE_UNREADABLE', `${name} is not a schedule problem: ${why}.`, {
    details: { name },
    wayOut: 'Give a PSPLIB .sm file or an .rcp file with consumed and produced resources.',
  })
}
