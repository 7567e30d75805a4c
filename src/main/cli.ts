import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { analyzeCommand } from './cli/analyze.ts'
import { converseCommands } from './cli/converse-command.ts'
import { deskCommands } from './cli/desk-commands.ts'
import { reportFailure } from './cli/failure.ts'
import { importCommand } from './cli/import-command.ts'
import { journalCommands } from './cli/journal-command.ts'
import { labCommand } from './cli/lab.ts'
import { memoryCommands } from './cli/memory-command.ts'
import { ordersCommands } from './cli/orders-command.ts'
import { planCommand } from './cli/plan.ts'
import { plansCommands } from './cli/plans-command.ts'
import { reviewCommands } from './cli/review-command.ts'
import { runCommands } from './cli/run-command.ts'
import { simulateCommand } from './cli/simulate.ts'
import { tallyCommand } from './cli/tally-command.ts'
import { voteCommand } from './cli/vote-command.ts'
import { resourcesFolder } from './config/config.ts'

// The command line: npm run parley -- <command>, or parley <command> where it is installed.

const commands: readonly ((program: Command) => void)[] = [
  analyzeCommand,
  deskCommands,
  converseCommands,
  memoryCommands,
  importCommand,
  ordersCommands,
  journalCommands,
  planCommand,
  runCommands,
  plansCommands,
  voteCommand,
  reviewCommands,
  simulateCommand,
  tallyCommand,
  labCommand,
]

function version(): string {
  const { version } = JSON.parse(readFileSync(join(resourcesFolder(), '../package.json'), 'utf8')) as {
    version: string
  }
  return version
}

// Whoever reads the output may stop reading: that is the end, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

const program = new Command('parley')
  .description('A desk of agents that researches, argues, votes and trades on paper, with the trader in command')
  .version(version())
  .exitOverride()
  .configureOutput({ outputError: () => undefined })
  .showSuggestionAfterError()
for (const add of commands) add(program)

try {
  await program.parseAsync()
} catch (error) {
  reportFailure(error, process.argv.includes('--json'))
}
