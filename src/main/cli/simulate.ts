import { type Command, InvalidArgumentError } from 'commander'
import { readConfig } from '#main/config/config.ts'
import { shortPlanning } from '#main/simulation/planning.ts'
import { type SeedsSummary, simulateSeeds } from '#main/simulation/simulate-seeds.ts'
import type { SeedFailure } from '#main/simulation/world.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'

interface SimulateFlags {
  readonly seeds: number
  readonly from: number
  readonly replay?: number
  readonly json?: boolean
}

/** Adds `parley simulate` to the command line: the desk on virtual time, under faults, held against its invariants. */
export function simulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('run the desk on virtual time under faults, and check what must be true at all times')
    .option('--seeds <n>', 'how many seeds', wholeNumber, 200)
    .option('--from <seed>', 'the first seed', wholeNumber, 1)
    .option('--replay <seed>', 'one seed alone, as a failure names it', wholeNumber)
    .option('--json', 'the summary as JSON')
    .action(async ({ seeds, from, replay, json }: SimulateFlags) => {
      const planning = shortPlanning(readConfig('planning.yaml', planningConfigSchema, undefined).value)
      const range = replay === undefined ? { from, seeds } : { from: replay, seeds: 1 }
      const summary = await simulateSeeds({ ...range, planning })
      console.log(json === true ? JSON.stringify(summary, null, 2) : describeSeeds(summary))
      if (summary.failures.length > 0) process.exitCode = 1
    })
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.')
  return Number(text)
}

/** The summary for people: what happened, and for each failure what broke, when, and how to see it again. */
export function describeSeeds(summary: SeedsSummary): string {
  const { from, seeds, digest, steps, virtualSeconds, counts, failures } = summary
  const range = seeds === 1 ? `Seed ${from}` : `${seeds} seeds, ${from} to ${from + seeds - 1}`
  return [
    ...failures.map(describeFailure),
    `${range}: ${(virtualSeconds / 3600).toFixed(1)} virtual hours in ${steps} steps.`,
    ...Object.entries(counts).map(([what, times]) => `${String(times).padStart(9)}  ${what}`),
    `Digest of the journals: ${digest}`,
    failures.length === 0 ? 'Every invariant held.' : `${failures.length} of ${seeds} seeds broke an invariant.`,
  ].join('\n')
}

function describeFailure({ seed, invariant, what, step, at, records }: SeedFailure): string {
  const lines = records.map(({ seq, at: when, kind, data }) => {
    return `  ${seq} ${new Date(when).toISOString()} ${kind} ${JSON.stringify(data)}`
  })
  return [
    `Seed ${seed} broke ${invariant} at step ${step}, ${at}: ${what}.`,
    'The last records:',
    ...lines,
    `Replay it: npm run parley -- simulate --replay ${seed}`,
    '',
  ].join('\n')
}
