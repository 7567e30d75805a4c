import { Argument, type Command, InvalidArgumentError } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import { type Action, actionSchema } from '#shared/domain/proposal.ts'
import type { KeptBallot } from '#shared/domain/trader-ballot.ts'
import { anyNumber, homeOption, jsonOption } from './options.ts'
import { requireDesk } from './running-desk.ts'
import { print, printJson } from './terminal.ts'

interface Flags {
  readonly reason: string[]
  readonly confidence: number
  readonly condition?: string[]
  readonly ranking?: Action[][]
  readonly home?: string
  readonly json?: boolean
}

const choices = ['approve', 'reject', 'abstain', 'rank', 'buy', 'sell', 'hold']

/** `parley vote PLAN CHOICE`: the trader's ballot by hand. */
export function voteCommand(program: Command): void {
  program
    .command('vote')
    .argument('<plan>', 'the id of a plan that is being voted on')
    .addArgument(new Argument('<choice>', 'what you vote for').choices(choices))
    .description('cast your ballot; you can vote again until the deadline, and the last ballot counts')
    .requiredOption('--reason <text...>', 'why')
    .option('--confidence <share>', 'your confidence, 0 to 1', anyNumber(), 1)
    .option('--condition <text...>', 'only on these conditions')
    .option('--ranking <actions>', 'for rank: best first, those that are level with "=": sell,hold=buy', readRanking)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, choice: string, { home, json, reason, condition, ...rest }: Flags) => {
      const ballot = { choice, reasons: reason, ...rest, ...(condition !== undefined && { conditions: condition }) }
      const kept = await requireDesk(resolveHome(home)).call<KeptBallot>('POST', `/plans/${planId}/ballots`, { ballot })
      if (json === true) printJson(kept)
      else print(kept.note)
    })
}

function readRanking(text: string): Action[][] {
  const groups = text.split(',').map((group) => group.split('=').map((name) => actionSchema.safeParse(name.trim())))
  const ranking = groups.map((group) => group.flatMap((each) => (each.success ? [each.data] : [])))
  if (groups.every((group, index) => group.length === ranking[index]?.length)) return ranking
  throw new InvalidArgumentError('Give buy, sell and hold, best first, as in sell,hold=buy.')
}
